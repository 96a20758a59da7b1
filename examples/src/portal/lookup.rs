//! The lookup, and who has looked.

use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::TrailEntry;
use altinn_services::lookup::{LookupAnswer, LookupError, LookupFailure, LookupRequest};
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use minijinja::{Value, context};
use serde_json::json;

use super::app::App;
use super::pages::seconds;
use super::posted::{Fields, Posted, Wrong};
use super::trouble::Trouble;
use super::visitor::Member;

const NUMBER: &str = "number";
const PURPOSE: &str = "purpose";

pub(super) fn routes() -> Router<App> {
    Router::new().route("/lookup", get(form).post(ask)).route("/lookup/trail", get(trail))
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
            registered => text("/registreringsdatoEnhetsregisteret"),
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

/// Who did what for the party that is represented.
async fn trail(member: Member) -> Response {
    let app = member.app();
    let Ok(page) = app.altinn.trail().of(&member.actor, member.party.id, None).await else {
        return member.trouble(Trouble::NotFound);
    };
    let mut lines = Vec::new();
    for entry in page.entries.iter().filter(|entry| entry.permitted) {
        lines.push(line(&member, entry).await);
    }
    member.page("trail.html", context! { lines => lines })
}

async fn line(member: &Member, entry: &TrailEntry) -> Value {
    context! {
        at => seconds(entry.at),
        who => name_of(member.app(), &entry.actor).await,
        level => entry.level,
        action => member.action(&entry.action),
        service => member.app().services.title(&service_of(&entry.resource), member.language()),
        purpose => entry.purpose.as_deref(),
    }
}

/// The service whose resource the trail names.
fn service_of(resource: &str) -> String {
    let app = resource.strip_prefix("app_").and_then(|app| app.split_once('_'));
    app.map_or_else(|| resource.to_owned(), |(org, name)| format!("{org}/{name}"))
}

/// The name of whom a trail names by a pseudonymous id; the id itself for those who are no party.
pub(super) async fn name_of(app: &App, reference: &str) -> String {
    let uuid = reference.rsplit(':').next().and_then(|uuid| uuid.parse().ok());
    let party = match uuid {
        Some(uuid) => app.altinn.register().party_by_uuid(uuid).await.ok().flatten(),
        None => None,
    };
    party.map_or_else(|| reference.to_owned(), |party| party.name)
}
