//! Templates, and what they call.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use altinn_core::{Language, oslo};
use altinn_services::form_site;
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::IntoResponse;
use axum::routing::get;
use chrono::{DateTime, Utc};
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, State, UndefinedBehavior, Value};

use super::PortalError;
use super::texts::Texts;
use super::trouble::encoded;

/// The templates of the pages.
#[derive(Debug)]
pub(super) struct Pages(Environment<'static>);

impl Pages {
    /// All templates of the portal's folder, which take their words from these texts.
    pub(super) fn read(folder: &Path, texts: Arc<Texts>) -> Result<Self, PortalError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for file in fs::read_dir(folder.join("templates"))? {
            let path = file?.path();
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default().to_owned();
            environment.add_template_owned(name, fs::read_to_string(&path)?)?;
        }
        environment.add_function("t", move |state: &State, key: &str, places: Kwargs| {
            let language = language_of(state);
            places.args().try_fold(texts.get(language, key).to_owned(), |text, place| {
                Ok::<_, Error>(
                    text.replace(&format!("{{{place}}}"), &places.get::<Value>(place)?.to_string()),
                )
            })
        });
        environment.add_filter("encoded", |text: &str| encoded(text));
        environment.add_filter("time", |state: &State, seconds: i64| {
            let time = DateTime::from_timestamp(seconds, 0);
            time.map(|time| oslo::in_words(time, language_of(state))).unwrap_or_default()
        });
        environment.add_filter("size", |state: &State, bytes: u64| language_of(state).size(bytes));
        Ok(Self(environment))
    }

    /// A page.
    pub(super) fn render(&self, name: &str, context: &Value) -> Result<String, Error> {
        self.0.get_template(name)?.render(context)
    }
}

fn language_of(state: &State) -> Language {
    let code = state.lookup("language").map(|code| code.to_string()).unwrap_or_default();
    code.parse().unwrap_or(Language::Nb)
}

/// A time as templates take it.
pub(super) fn seconds(time: DateTime<Utc>) -> i64 {
    time.timestamp()
}

/// The looks, and what JavaScript adds: nothing works by it alone.
pub(super) fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/form.css", get(|| async { asset("text/css", form_site::STYLE) }))
        .route("/assets/portal.css", get(|| async { asset("text/css", include_str!("assets/portal.css")) }))
        .route(
            "/assets/portal.js",
            get(|| async { asset("text/javascript", include_str!("assets/portal.js")) }),
        )
        .route("/assets/mark.svg", get(|| async { asset("image/svg+xml", include_str!("assets/mark.svg")) }))
}

fn asset(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let headers =
        [(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=300"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];
    (headers, text)
}
