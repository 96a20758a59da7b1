//! What every page needs, and which address leads to which page.

use std::ops::Deref;
use std::sync::Arc;

use altinn_auth::login::{Callers, Login};
use altinn_core::Language;
use altinn_services::Altinn;
use altinn_services::form_site::{self, FormTokens};
use axum::Router;
use axum::extract::{FromRef, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;

use super::outbox::Outbox;
use super::pages::Pages;
use super::services::Services;
use super::target::Target;
use super::texts::Texts;
use super::world::World;
use super::{
    access, agency, archive, cases, files, forms, front, inbox, letters, link, lookup, pages, parties, sent,
    trail, trouble,
};

/// The portal: cheap to clone, and all clones are one.
#[derive(Debug, Clone)]
pub(super) struct App(pub(super) Arc<Inner>);

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) altinn: Altinn,
    pub(super) login: Login,
    pub(super) pages: Pages,
    pub(super) texts: Arc<Texts>,
    pub(super) services: Services,
    pub(super) outbox: Outbox,
    pub(super) world: World,
    pub(super) target: Target,
    pub(super) form_tokens: FormTokens,
    /// The address of the fake ID-porten.
    pub(super) id_porten: String,
    /// The language for those who have chosen none.
    pub(super) language: Language,
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl FromRef<App> for Callers {
    fn from_ref(app: &App) -> Self {
        Self::by_login(app.login.clone())
    }
}

impl App {
    /// All the pages.
    pub(super) fn router(&self) -> Router {
        Router::new()
            .route("/", get(front::front))
            .route("/login", get(front::log_in))
            .route("/language/{code}", get(front::choose_language))
            .route("/parties", get(parties::list).post(parties::choose))
            .route("/sent", get(sent::list))
            .merge(lookup::routes())
            .merge(trail::routes())
            .merge(link::routes())
            .merge(files::routes())
            .merge(cases::routes())
            .merge(forms::routes())
            .merge(inbox::routes())
            .merge(letters::routes())
            .merge(archive::routes())
            .merge(access::routes())
            .merge(agency::routes())
            .fallback(trouble::no_such_page)
            .layer(from_fn_with_state(self.clone(), with_headers))
            .merge(pages::assets())
            .with_state(self.clone())
            .merge(self.login.router())
    }
}

/// Forms lead to the portal, to ID-porten and to the target of the link alone.
async fn with_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    form_site::put_headers(response.headers_mut(), &[&app.id_porten, app.target.address()]);
    response
}
