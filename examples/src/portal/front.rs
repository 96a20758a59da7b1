//! The front page, the way to the login, and the choice of language.

use altinn_auth::login::ReturnPath;
use altinn_core::{Language, Text};
use axum::extract::{Path, Query, State};
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use minijinja::{Value, context};
use serde::Deserialize;

use super::app::App;
use super::settings::offered;
use super::trouble::Trouble;
use super::visitor::{LANGUAGE, Visitor, set_cookie};

/// A path of the portal to go to afterwards.
#[derive(Deserialize)]
pub(super) struct Onwards {
    to: Option<String>,
}

impl Onwards {
    /// The path; the front page for one that leads elsewhere.
    fn path(self) -> ReturnPath {
        self.to.and_then(|to| to.parse().ok()).unwrap_or_else(ReturnPath::root)
    }
}

pub(super) async fn front(State(app): State<App>, visitor: Visitor) -> Response {
    let services = &app.services;
    let title = |title: &Text| title.in_language(visitor.language).to_owned();
    let link = |title: String, path: &str| context! { title => title, path => path };
    let forms: Vec<Value> = services
        .forms
        .iter()
        .map(|form| link(form.title(visitor.language).to_owned(), &format!("/forms/{}", form.id())))
        .collect();
    let kinds = [
        ("front.submission", "front.submission.what", forms),
        (
            "front.correspondence",
            "front.correspondence.what",
            vec![
                link(title(services.decisions.title()), "/inbox"),
                link(title(services.circulars.title()), "/inbox"),
            ],
        ),
        ("front.lookup", "front.lookup.what", vec![link(title(services.lookup.title()), "/lookup")]),
        ("front.link", "front.link.what", vec![link(title(services.link.title()), "/link")]),
        ("front.broker", "front.broker.what", vec![link(title(services.broker.title()), "/files")]),
        (
            "front.collaboration",
            "front.collaboration.what",
            vec![link(title(services.opening.title()), "/cases")],
        ),
    ];
    let kinds: Vec<Value> = kinds
        .into_iter()
        .map(|(heading, what, services)| {
            context! { heading => visitor.text(heading), what => visitor.text(what), services => services }
        })
        .collect();
    visitor.page("front.html", context! { kinds => kinds })
}

/// Explains the login before it begins: who there is, and which level to choose.
pub(super) async fn log_in(State(app): State<App>, visitor: Visitor, onwards: Query<Onwards>) -> Response {
    let world = &app.world;
    let roles =
        ["login.kari", "login.ola", "login.ingrid", "login.per", "login.nora"].map(|key| visitor.text(key));
    let people: Vec<Value> = world
        .people()
        .into_iter()
        .zip(roles)
        .map(|(person, role)| context! { name => person.name.as_str(), role => role })
        .collect();
    let to = onwards.0.path();
    visitor.page("login.html", context! { people => people, to => to.as_str() })
}

pub(super) async fn choose_language(
    Path(code): Path<String>,
    visitor: Visitor,
    onwards: Query<Onwards>,
) -> Response {
    match offered(&code) {
        Some(language) => {
            let cookie = set_cookie(LANGUAGE, Language::code(language));
            let headers = AppendHeaders([(SET_COOKIE, cookie)]);
            (headers, Redirect::to(onwards.0.path().as_str())).into_response()
        }
        None => Trouble::NotFound.page(&visitor),
    }
}
