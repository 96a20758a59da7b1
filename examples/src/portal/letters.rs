//! Letters from the agency: read, confirmed and deleted.

use altinn_core::{InstanceId, Language, Text};
use altinn_services::correspondence::{CorrespondenceError, CorrespondenceStatus, Received};
use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use futures_util::TryStreamExt as _;
use minijinja::{Value, context};
use uuid::Uuid;

use super::app::App;
use super::pages::seconds;
use super::posted::Posted;
use super::trouble::{Trouble, encoded};
use super::visitor::Member;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/letters/{id}", get(show))
        .route("/letters/{id}/files/{index}", get(file))
        .route("/letters/{id}/confirm", post(confirm))
        .route("/letters/{id}/delete", post(delete))
}

fn address(member: &Member, id: Uuid) -> InstanceId {
    InstanceId::new(member.party.id, id)
}

/// Opens a letter, which is reading it.
async fn show(Path(id): Path<Uuid>, member: Member) -> Response {
    let app = member.app();
    let letters = app.altinn.correspondences();
    match letters.read(&member.actor, &app.services.decisions, &address(&member, id)).await {
        Ok(letter) => {
            member.has_seen(id).await;
            member.page("letter.html", values_of(&member, &letter))
        }
        Err(error) => member.trouble(error),
    }
}

fn values_of(member: &Member, letter: &Received) -> Value {
    let language = nearest(letter.content.message.title(), member.language());
    let message = &letter.content.message;
    let files: Vec<Value> = letter
        .content
        .attachments
        .iter()
        .map(|file| context! { name => file.file_name.as_str(), size => file.size })
        .collect();
    let replies: Vec<Value> = letter
        .content
        .reply_options
        .iter()
        .map(|reply| {
            context! { url => reply.link_url.as_str(), text => reply.link_text.in_language(member.language()) }
        })
        .collect();
    context! {
        id => letter.id.guid.to_string(),
        from => letter.message_sender.as_str(),
        title => message.title().in_language(language),
        written_in => language.code(),
        // What is written is cleaned by an allow-list of tags.
        body => Value::from_safe_string(message.html(language)),
        published => seconds(letter.published),
        due => letter.due_date_time.map(seconds),
        files => files,
        replies => replies,
        confirms => letter.is_confirmation_needed && letter.status != CorrespondenceStatus::Confirmed,
        is_confirmed => letter.status == CorrespondenceStatus::Confirmed,
    }
}

/// The language of a text that is shown to somebody who reads another: their own, if it has it.
fn nearest(text: &Text, language: Language) -> Language {
    let has = |language| text.get(language).is_some();
    if has(language) { language } else { text.languages().next().unwrap_or(Language::Nb) }
}

async fn file(Path((id, index)): Path<(Uuid, usize)>, member: Member) -> Response {
    let app = member.app();
    let id = address(&member, id);
    match app.altinn.correspondences().attachment(&member.actor, &app.services.decisions, &id, index).await {
        Ok(file) => {
            let name = encoded(&file.attachment.file_name);
            let headers = [
                (CONTENT_TYPE, file.attachment.content_type.clone()),
                (CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
            ];
            let bytes = file.content.into_stream().map_err(|error| std::io::Error::other(error.code()));
            (headers, Body::from_stream(bytes)).into_response()
        }
        Err(error) => member.trouble(error),
    }
}

async fn confirm(Path(id): Path<Uuid>, Posted { member, .. }: Posted) -> Response {
    let app = member.app();
    let letter = address(&member, id);
    match app.altinn.correspondences().confirm(&member.actor, &app.services.decisions, &letter).await {
        Ok(_) => Redirect::to(&format!("/letters/{id}")).into_response(),
        Err(error) => member.trouble(error),
    }
}

async fn delete(Path(id): Path<Uuid>, Posted { member, .. }: Posted) -> Response {
    let app = member.app();
    let letter = address(&member, id);
    match app.altinn.correspondences().purge(&member.actor, &app.services.decisions, &letter).await {
        Ok(_) => Redirect::to("/inbox").into_response(),
        Err(error) => member.trouble(error),
    }
}

impl From<CorrespondenceError> for Trouble {
    fn from(error: CorrespondenceError) -> Self {
        match error {
            CorrespondenceError::NotFound => Self::NotFound,
            CorrespondenceError::Access(error) => error.into(),
            CorrespondenceError::Invalid(_) => Self::Wrong("agency.send.wrong"),
            CorrespondenceError::Refused(_) => Self::Late("letter.refused"),
            CorrespondenceError::Changed => Self::Late("trouble.late.rights"),
            other => Self::Unavailable(other.code()),
        }
    }
}
