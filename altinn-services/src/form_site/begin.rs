//! What a form is, and beginning it.

use std::collections::BTreeMap;

use altinn_auth::decision::AccessRequest;
use altinn_auth::register::PartyRegister as _;
use axum::extract::{Path, Query, Request};
use axum::response::Response;

use super::answer::{address, hidden, page, posted, redirect, refuse};
use super::refused::words;
use super::stateless;
use super::token::FORM_TOKEN;
use super::visitor::{FormGuest, FormTrouble, FormVisitor};
use crate::form_page::{Press, escaped};
use crate::submission::{Service, StatelessFor, opens_to_anyone};

fn service(visitor: &impl FormGuest, org: &str, app: &str) -> Option<Service> {
    visitor.altinn().service(&format!("{org}/{app}").parse().ok()?)
}

pub(super) async fn explain<G: FormGuest, V: FormVisitor>(
    guest: G,
    visitor: Result<V, Response>,
    Path((org, app)): Path<(String, String)>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    let service = service(&guest, &org, &app);
    let visitor = match (visitor, &service) {
        (Ok(visitor), _) => visitor,
        (Err(_), Some(service)) if opens_to_anyone(service) => {
            return stateless::show(&guest, StatelessFor::Anyone, service, asked).await;
        }
        (Err(refused), _) => return refused,
    };
    let Some(service) = service else { return visitor.trouble(FormTrouble::NotFound) };
    if service.definition().metadata().is_stateless() {
        return stateless::show(&visitor, of(&visitor, &service).await, &service, asked).await;
    }
    let party = visitor.altinn().register().party(visitor.party()).await.ok().flatten();
    let name = party.map(|party| party.name).unwrap_or_default();
    let description = service.definition().metadata().raw().pointer("/description");
    let description =
        description.and_then(|by_language| by_language.get(visitor.language().code())?.as_str());
    let description = description.map(|text| format!("<p class=\"lead\">{}</p>\n", escaped(text)));
    let words = words(&visitor);
    let body = format!(
        "{}<p>{} <strong>{}</strong>. {}</p>\n<form method=\"post\" action=\"/forms/{}\">\n{}<button>{}</button>\n</form>\n",
        description.unwrap_or_default(),
        words.for_whom(),
        escaped(&name),
        words.fill_in(),
        escaped(&service.id().to_string()),
        hidden(FORM_TOKEN, visitor.form_token()),
        words.begin()
    );
    page(&visitor, &service, "", "", &body)
}

/// Whom a stateless service is opened for by somebody who has logged in: the party that they act for; anyone where they may not
/// for that one, and the service is open to anyone.
async fn of<'v>(visitor: &'v impl FormVisitor, service: &Service) -> StatelessFor<'v> {
    let asked = AccessRequest::new("read", service.id().clone(), visitor.party());
    let (authorizer, actor) = (visitor.altinn().authorizer(), visitor.actor());
    if opens_to_anyone(service) && authorizer.decide(actor, &asked).await.is_err() {
        return StatelessFor::Anyone;
    }
    StatelessFor::Party(actor, visitor.party())
}

pub(super) async fn start<G: FormGuest, V: FormVisitor>(
    guest: G,
    visitor: Result<V, Response>,
    Path((org, app)): Path<(String, String)>,
    request: Request,
) -> Response {
    let service = service(&guest, &org, &app);
    let visitor = match visitor {
        Err(refused) if !service.as_ref().is_some_and(opens_to_anyone) => return refused,
        visitor => visitor,
    };
    let post = match &visitor {
        Ok(visitor) => posted(visitor, request.into_body()).await,
        Err(_) => posted(&guest, request.into_body()).await,
    };
    let post = match post {
        Ok(post) => post,
        Err(refused) => return refused,
    };
    let Some(service) = service else { return guest.trouble(FormTrouble::NotFound) };
    let visitor = match visitor {
        Ok(visitor) => visitor,
        // What is begun is somebody's.
        Err(refused) if matches!(post.press(), Press::Begin(_)) => return refused,
        Err(_) => return stateless::fill_in(&guest, StatelessFor::Anyone, &service, &post).await,
    };
    if service.definition().metadata().is_stateless() {
        let of = of(&visitor, &service).await;
        return match post.press() {
            Press::Begin(button) => stateless::begin(&visitor, of, &service, &post, button).await,
            _ => stateless::fill_in(&visitor, of, &service, &post).await,
        };
    }
    match visitor.altinn().submissions().start(visitor.actor(), &service, visitor.party()).await {
        Ok(instance) => redirect(&address(instance.id())),
        Err(error) => refuse(&visitor, error),
    }
}
