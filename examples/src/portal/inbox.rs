//! The inbox: all that has come to a party, whatever the type of its service.

use altinn_services::inbox::{
    ElementKind, InboxCursor, InboxError, InboxItem, InboxQuery, LabelChange, Place,
};
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use minijinja::{Value, context};
use serde::Deserialize;
use uuid::Uuid;

use super::app::App;
use super::pages::seconds;
use super::posted::Posted;
use super::trouble::Trouble;
use super::visitor::Member;

/// How many elements a page shows.
const SHOWN: u32 = 20;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/inbox", get(list)).route("/inbox/{id}", post(move_to))
}

#[derive(Deserialize)]
struct Asked {
    place: Option<String>,
    title: Option<String>,
    after: Option<String>,
}

async fn list(member: Member, Query(asked): Query<Asked>) -> Response {
    let place = asked.place.as_deref().and_then(Place::named).unwrap_or(Place::Default);
    let title = asked.title.unwrap_or_default();
    let mut query = InboxQuery::new().of(member.party.id).place(place).title(&title).limit(SHOWN);
    if let Some(after) = asked.after.and_then(|after| after.parse::<InboxCursor>().ok()) {
        query = query.after(after);
    }
    let page = match member.app().altinn.inbox().list(&member.actor, &query).await {
        Ok(page) => page,
        Err(error) => return member.trouble(error),
    };
    let places: Vec<Value> = Place::ALL
        .into_iter()
        .map(|other| {
            context! {
                name => other.as_str(),
                title => other.title().in_language(member.language()),
                is_shown => other == place,
            }
        })
        .collect();
    let values = context! {
        items => page.items.iter().map(|item| shown(&member, item)).collect::<Vec<_>>(),
        next => page.next.map(|cursor| cursor.to_string()),
        places => places,
        place => place.as_str(),
        title => title,
    };
    member.page("inbox.html", values)
}

fn shown(member: &Member, item: &InboxItem) -> Value {
    let language = member.language();
    context! {
        id => item.id.to_string(),
        title => item.title.in_language(language),
        kind => item.kind.title().in_language(language),
        service => member.app().services.title(&item.service.to_string(), language),
        status => item.status.title().in_language(language),
        is_unread => item.is_unread,
        at => seconds(item.changed),
        due => item.due.map(seconds),
        address => address(item),
    }
}

/// The page of an element, by its type.
fn address(item: &InboxItem) -> String {
    match item.kind {
        ElementKind::Correspondence => format!("/letters/{}", item.id),
        ElementKind::Broker => format!("/files/{}", item.id),
        ElementKind::Collaboration => format!("/cases/{}", item.id),
        ElementKind::Lookup => {
            item.entry.map_or("/lookup/trail".to_owned(), |entry| format!("/archive/{entry}"))
        }
        _ => super::forms::address(&item.instance_id()),
    }
}

/// Moves an element to another place.
async fn move_to(Path(id): Path<Uuid>, Posted { member, fields }: Posted) -> Response {
    let Some(place) = Place::named(fields.get("place")) else { return member.trouble(Trouble::NotFound) };
    let change = LabelChange::Move(place);
    match member.app().altinn.inbox().label(&member.actor, member.party.id, id, &change).await {
        Ok(()) => Redirect::to("/inbox").into_response(),
        Err(error) => member.trouble(error),
    }
}

impl From<InboxError> for Trouble {
    fn from(error: InboxError) -> Self {
        match error {
            InboxError::NotFound => Self::NotFound,
            InboxError::Access(error) => error.into(),
            other => Self::Unavailable(other.code()),
        }
    }
}
