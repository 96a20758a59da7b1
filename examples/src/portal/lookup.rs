//! The lookup.

use altinn_core::{Language, oslo};
use altinn_services::lookup::{LookupAnswer, LookupError, LookupFailure, LookupRequest};
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use minijinja::context;
use serde_json::json;

use super::app::App;
use super::pages::seconds;
use super::posted::{Fields, Posted, Wrong};
use super::trouble::Trouble;
use super::visitor::Member;

const NUMBER: &str = "number";
const PURPOSE: &str = "purpose";

pub(super) fn routes() -> Router<App> {
    Router::new().route("/lookup", get(form).post(ask))
}

async fn form(member: Member) -> Response {
    page(&member, &Fields::default(), &Wrong::default(), None)
}

fn page(member: &Member, fields: &Fields, wrong: &Wrong, answer: Option<&LookupAnswer>) -> Response {
    let answer = answer.map(|given| {
        let text =
            |pointer: &str| given.answer.pointer(pointer).and_then(|value| value.as_str()).map(str::to_owned);
        context! {
            name => text("/navn"),
            number => text("/organisasjonsnummer"),
            form => text("/organisasjonsform/beskrivelse"),
            registered => text("/registreringsdatoEnhetsregisteret").map(|day| in_words(&day, member.language())),
            is_bankrupt => given.answer.get("konkurs").and_then(serde_json::Value::as_bool),
            at => seconds(given.at),
            entry => given.entry.map(|entry| entry.to_string()),
        }
    });
    let values = context! {
        title => member.app().services.lookup.title().in_language(member.language()),
        number => fields.get(NUMBER),
        purpose => fields.get(PURPOSE),
        wrong => wrong.values(),
        answer => answer,
    };
    member.page("lookup.html", values)
}

/// A day as the visitor reads it; what is no day stays as the register has it.
fn in_words(day: &str, language: Language) -> String {
    day.parse().map_or_else(|_| day.to_owned(), |day| oslo::day_in_words(day, language))
}

async fn ask(Posted { member, fields }: Posted) -> Response {
    let mut wrong = Wrong::default();
    let number: String = fields.get(NUMBER).chars().filter(|character| !character.is_whitespace()).collect();
    if number.len() != 9 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        wrong.add(NUMBER, member.visitor.text("lookup.number.wrong"));
    }
    if fields.get(PURPOSE).is_empty() {
        wrong.add(PURPOSE, member.visitor.text("lookup.purpose.wrong"));
    }
    if !wrong.is_empty() {
        return page(&member, &fields, &wrong, None);
    }
    let request = LookupRequest::new(json!({"organisasjonsnummer": number})).because(fields.get(PURPOSE));
    let app = member.app();
    let answer =
        app.altinn.lookups().ask(&member.actor, &app.services.lookup, member.party.id, &request).await;
    match answer {
        Ok(answer) => page(&member, &fields, &wrong, Some(&answer)),
        Err(LookupError::Register(LookupFailure::NotFound)) => {
            wrong.add(NUMBER, member.visitor.text("lookup.number.unknown"));
            page(&member, &fields, &wrong, None)
        }
        Err(LookupError::Purpose { .. }) => {
            wrong.add(PURPOSE, member.visitor.text("lookup.purpose.wrong"));
            page(&member, &fields, &wrong, None)
        }
        Err(error) => member.trouble(error),
    }
}

impl From<LookupError> for Trouble {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::NotFound => Self::NotFound,
            LookupError::Access(error) => error.into(),
            LookupError::Query(_) => Self::Wrong("lookup.number.wrong"),
            LookupError::Changed => Self::Late("trouble.late.rights"),
            other => Self::Unavailable(other.code()),
        }
    }
}
