//! What a form is, and beginning it.

use std::collections::BTreeMap;

use altinn_auth::register::PartyRegister as _;
use axum::extract::{Path, Query, Request};
use axum::response::Response;

use super::answer::{address, hidden, page, posted, redirect, refuse};
use super::refused::words;
use super::stateless;
use super::token::FORM_TOKEN;
use super::visitor::{FormTrouble, FormVisitor};
use crate::form_page::escaped;
use crate::submission::Service;

fn service(visitor: &impl FormVisitor, org: &str, app: &str) -> Option<Service> {
    visitor.altinn().service(&format!("{org}/{app}").parse().ok()?)
}

pub(super) async fn explain<V: FormVisitor>(
    visitor: V,
    Path((org, app)): Path<(String, String)>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    let Some(service) = service(&visitor, &org, &app) else { return visitor.trouble(FormTrouble::NotFound) };
    if service.definition().metadata().is_stateless() {
        return stateless::show(&visitor, &service, asked).await;
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

pub(super) async fn start<V: FormVisitor>(
    visitor: V,
    Path((org, app)): Path<(String, String)>,
    request: Request,
) -> Response {
    let post = match posted(&visitor, request.into_body()).await {
        Ok(post) => post,
        Err(refused) => return refused,
    };
    let Some(service) = service(&visitor, &org, &app) else { return visitor.trouble(FormTrouble::NotFound) };
    if service.definition().metadata().is_stateless() {
        return stateless::fill_in(&visitor, &service, &post).await;
    }
    match visitor.altinn().submissions().start(visitor.actor(), &service, visitor.party()).await {
        Ok(instance) => redirect(&address(instance.id())),
        Err(error) => refuse(&visitor, error),
    }
}
