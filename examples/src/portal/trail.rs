//! Who has looked: what was done on behalf of a party, and what somebody wanted to do and might not.

use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::TrailEntry;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use minijinja::{Value, context};
use serde::Deserialize;
use uuid::Uuid;

use super::app::App;
use super::pages::seconds;
use super::trouble::Trouble;
use super::visitor::Member;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/lookup/trail", get(list))
}

#[derive(Deserialize)]
struct Asked {
    /// The line that the page before ended with: its time in microseconds, a full stop, its id.
    before: Option<String>,
}

async fn list(member: Member, Query(asked): Query<Asked>) -> Response {
    let before = asked.before.as_deref().and_then(place);
    let trail = member.app().altinn.trail();
    let Ok(page) = trail.of(&member.actor, member.party.id, before).await else {
        return member.trouble(Trouble::NotFound);
    };
    let mut lines = Vec::new();
    for entry in &page.entries {
        lines.push(line(&member, entry).await);
    }
    let next = page.before.map(|(at, id)| format!("{}.{id}", at.timestamp_micros()));
    member.page("trail.html", context! { lines => lines, next => next, is_first => before.is_none() })
}

/// A place in the trail, as an address says it.
fn place(text: &str) -> Option<(DateTime<Utc>, Uuid)> {
    let (at, id) = text.split_once('.')?;
    Some((DateTime::from_timestamp_micros(at.parse().ok()?)?, id.parse().ok()?))
}

async fn line(member: &Member, entry: &TrailEntry) -> Value {
    context! {
        at => seconds(entry.at),
        who => name_of(member.app(), &entry.actor).await,
        level => entry.level,
        action => member.action(&entry.action),
        service => service(member, &entry.resource),
        purpose => entry.purpose.as_deref(),
        permitted => entry.permitted,
        refusal => (!entry.permitted).then(|| refusal(member, &entry.code)),
        times => entry.times,
    }
}

/// Why somebody was refused, in plain words; nothing where there is no more to say than that.
fn refusal(member: &Member, code: &str) -> String {
    member.visitor.text(match code {
        "AUTH-DENIED-NOT-GRANTED" => "trail.refused.right",
        "AUTH-DENIED-LEVEL" => "trail.refused.level",
        "AUTH-DENIED-FORBIDDEN" | "AUTH-DENIED-ACCESS-LIST" | "AUTH-DENIED-ORGANIZATIONS-ONLY" => {
            "trail.refused.rule"
        }
        _ => "trail.refused.other",
    })
}

/// What the resource is called that the trail names.
fn service(member: &Member, resource: &str) -> String {
    match resource {
        "trail" => member.visitor.text("trail.title"),
        "accessmanagement" => member.visitor.text("menu.access"),
        other => {
            let app = other.strip_prefix("app_").and_then(|app| app.split_once('_'));
            let id = app.map_or_else(|| other.to_owned(), |(org, name)| format!("{org}/{name}"));
            member.app().services.title(&id, member.language())
        }
    }
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
