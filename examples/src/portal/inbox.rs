//! The inbox: what has come to a party.

use altinn_services::correspondence::CorrespondenceStatus;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use minijinja::{Value, context};

use super::app::App;
use super::pages::seconds;
use super::visitor::Member;

/// How many letters are shown.
const SHOWN: u32 = 50;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/inbox", get(list))
}

async fn list(member: Member) -> Response {
    let app = member.app();
    let (letters, service) = (app.altinn.correspondences(), &app.services.decisions);
    let overviews = match letters.list(&member.actor, service, member.party.id, None, SHOWN).await {
        Ok(overviews) => overviews,
        Err(error) => return member.trouble(error),
    };
    let mut shown: Vec<Value> = Vec::new();
    for overview in overviews {
        let Some(id) = overview.correspondence else { continue };
        let Ok(letter) = letters.fetch(&member.actor, service, &id).await else { continue };
        shown.push(context! {
            id => id.guid.to_string(),
            title => letter.content.message.title().in_language(member.language()),
            at => seconds(letter.published),
            is_unread => letter.status.number() < CorrespondenceStatus::Read.number(),
            is_confirmed => letter.status == CorrespondenceStatus::Confirmed,
        });
    }
    member.page("inbox.html", context! { letters => shown })
}
