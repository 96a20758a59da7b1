//! What the pages need, and which address leads to which page.

use std::fmt::Write as _;
use std::ops::Deref;
use std::sync::Arc;

use altinn_auth::login::{Callers, Login, ReturnPath};
use altinn_auth::register::Role;
use altinn_auth::testing::FakeIdPorten;
use altinn_core::{Language, Party, oslo};
use altinn_services::Altinn;
use altinn_services::form_site::{self, FormTokens};
use altinn_services::inbox::InboxQuery;
use altinn_services::submission::Service;
use axum::Router;
use axum::extract::{FromRef, Path, Query, Request, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::page::{escaped, page, said};
use super::visitor::{Guest, LANGUAGES, Visitor};

/// The form that is served: cheap to clone, and all clones are one.
#[derive(Debug, Clone)]
pub(super) struct Site(Arc<Parts>);

#[derive(Debug)]
pub(super) struct Parts {
    pub(super) altinn: Altinn,
    pub(super) login: Login,
    pub(super) form_tokens: FormTokens,
    pub(super) service: Service,
    /// Whom the form is filled in for.
    pub(super) owner: Party,
    /// Who may act, and by which role.
    pub(super) people: Vec<(Role, Party)>,
    pub(super) id_porten: FakeIdPorten,
    /// The language for those who have chosen none.
    pub(super) language: Language,
}

impl Deref for Site {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<Site> for Callers {
    fn from_ref(site: &Site) -> Self {
        Self::by_login(site.login.clone())
    }
}

impl Site {
    pub(super) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(super) fn router(&self) -> Router {
        let style = || async { ([(CONTENT_TYPE, "text/css")], form_site::STYLE) };
        Router::new()
            .route("/", get(front))
            .route("/language/{code}", get(choose_language))
            .merge(form_site::routes::<Visitor, Guest, Self>())
            .layer(from_fn_with_state(self.clone(), with_headers))
            .route("/form.css", get(style))
            .with_state(self.clone())
            .merge(self.login.router())
    }
}

async fn with_headers(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    form_site::put_headers(response.headers_mut(), &[site.id_porten.issuer()]);
    response
}

/// What the form is, who may act in it, and what has been begun. A form that is open to anyone is gone to at once by those
/// who have not logged in.
async fn front(guest: Guest, visitor: Result<Visitor, Response>) -> Response {
    let (site, language) = (&guest.site, guest.language);
    let visitor = match visitor {
        Ok(visitor) => visitor,
        Err(_) if site.service.definition().metadata().allows_anonymous() => {
            return Redirect::to(&format!("/forms/{}", site.service.id())).into_response();
        }
        Err(log_in) => return log_in,
    };
    let title = site.service.title(language);
    let mut main = format!(
        "<h1>{}</h1>\n<p class=\"actions\"><a class=\"button\" href=\"/forms/{}\">{}</a></p>\n",
        escaped(title),
        site.service.id(),
        said(language, "Gå til skjemaet", "Gå til skjemaet", "Go to the form")
    );
    let begun = site.altinn.inbox().list(&visitor.actor, &InboxQuery::new().of(site.owner.id)).await;
    let begun = begun.map(|page| page.items).unwrap_or_default();
    if !begun.is_empty() {
        let heading = said(language, "Påbegynt og sendt", "Byrja og sendt", "Begun and sent");
        let _ = writeln!(main, "<h2>{heading}</h2>\n<ul>");
        for item in begun {
            let (to, at) = (item.instance_id(), oslo::in_words(item.created, language));
            let _ = writeln!(main, "<li><a href=\"/instances/{to}\">{}</a> – {at}</li>", escaped(title));
        }
        main.push_str("</ul>\n");
    }
    let heading = said(language, "Hvem kan du være?", "Kven kan du vere?", "Whom can you be?");
    let _ = writeln!(main, "<h2>{heading}</h2>\n<dl class=\"rows\">");
    for (role, person) in &site.people {
        let role = role.name(language).unwrap_or(role.code());
        let _ = writeln!(main, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(&person.name), escaped(role));
    }
    main.push_str("</dl>\n");
    page(&visitor.guest, axum::http::StatusCode::OK, title, &main)
}

#[derive(Deserialize)]
struct Onwards {
    to: Option<String>,
}

async fn choose_language(Path(code): Path<String>, Query(onwards): Query<Onwards>) -> Response {
    let to = onwards.to.and_then(|to| to.parse().ok()).unwrap_or_else(ReturnPath::root);
    let chosen = LANGUAGES.into_iter().find(|language| language.code() == code);
    let cookie = chosen.map(|language| {
        (SET_COOKIE, format!("language={}; Path=/; HttpOnly; SameSite=Lax", language.code()))
    });
    (AppendHeaders(cookie), Redirect::to(to.as_str())).into_response()
}
