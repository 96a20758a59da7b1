//! The solution that the link leads to: a small one of another agency, on a port of its own.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use altinn_auth::hand_over::{HandOver, HandOverError, HandOverVerifier, MIGRATIONS, StoredReplays};
use altinn_auth::token::StaticKeys;
use altinn_core::store::Store;
use altinn_core::{Language, SystemClock};
use altinn_services::link::HandOverForm;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::post;
use axum::{Form, Router};
use minijinja::{Value, context};
use tokio::net::TcpListener;

use super::PortalError;
use super::open::FOLDER;
use super::pages::{self, Pages};
use super::texts::Texts;

/// The name by which hand-overs are meant for it.
const NAME: &str = "https://tax-card.example.no";

/// The target, for as long as the program runs.
pub(super) struct Target {
    address: String,
}

/// All that the target knows of the portal: its name and its keys.
struct Solution {
    verifier: HandOverVerifier,
    pages: Pages,
    portal: String,
}

impl Target {
    /// Serves it for the portal at an address, whose hand-overs these keys verify.
    pub(super) async fn serve(portal: &str, jwks: &str, texts: Arc<Texts>) -> Result<Self, PortalError> {
        let (store, clock) = (Store::open("sqlite::memory:").await?, Arc::new(SystemClock));
        store.migrate(&[MIGRATIONS]).await?;
        let keys = Arc::new(StaticKeys::from_jwks(jwks)?);
        let replays = Arc::new(StoredReplays::new(store, clock.clone()));
        let verifier = HandOverVerifier::new(portal, NAME, keys, replays, clock);
        let solution =
            Solution { verifier, pages: Pages::read(Path::new(FOLDER), texts)?, portal: portal.to_owned() };
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let router =
            Router::new().route("/start", post(start)).with_state(Arc::new(solution)).merge(pages::assets());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address })
    }

    /// Its address.
    pub(super) fn address(&self) -> &str {
        &self.address
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.address).finish()
    }
}

async fn start(State(solution): State<Arc<Solution>>, Form(fields): Form<Vec<(String, String)>>) -> Response {
    let token = fields.into_iter().find(|(name, _)| name == HandOverForm::FIELD).unwrap_or_default().1;
    let (status, language, come) = match solution.verifier.verify(&token).await {
        Ok(hand_over) => (StatusCode::OK, hand_over.language, come(&hand_over)),
        Err(error) => (StatusCode::FORBIDDEN, Language::Nb, refused(&error)),
    };
    let values = context! { language => language.code(), portal => solution.portal.as_str(), ..come };
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ];
    match solution.pages.render("target.html", &values) {
        Ok(html) => (status, headers, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What the target knows of who has come: a pseudonym, and how surely they were identified.
fn come(hand_over: &HandOver) -> Value {
    context! {
        is_let_in => true,
        was_used => false,
        subject => hand_over.subject.as_str(),
        level => hand_over.level.to_string(),
    }
}

fn refused(error: &HandOverError) -> Value {
    context! { is_let_in => false, was_used => matches!(error, HandOverError::UsedAlready) }
}
