//! Letters from the agency: read, confirmed, forwarded and deleted.

use altinn_core::{InstanceId, Language, Text};
use altinn_services::correspondence::{
    CorrespondenceError, CorrespondenceService, CorrespondenceStatus, ForwardingRefusal, NewForwarding,
    Received,
};
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
use super::posted::{Fields, Posted, Wrong};
use super::trouble::{Trouble, encoded};
use super::visitor::Member;

const ADDRESS: &str = "address";
const NOTE: &str = "note";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/letters/{id}", get(show))
        .route("/letters/{id}/files/{index}", get(file))
        .route("/letters/{id}/confirm", post(confirm))
        .route("/letters/{id}/forward", post(forward))
        .route("/letters/{id}/delete", post(delete))
}

fn address(member: &Member, id: Uuid) -> InstanceId {
    InstanceId::new(member.party.id, id)
}

/// The service of a letter that the party has to do with.
async fn service_of(member: &Member, id: Uuid) -> Result<CorrespondenceService, CorrespondenceError> {
    let found = member.app().altinn.correspondences().service_of(member.party.id, id).await?;
    found.map(|(service, _)| service).ok_or(CorrespondenceError::NotFound)
}

/// Opens a letter, which is reading it.
async fn show(Path(id): Path<Uuid>, member: Member) -> Response {
    page(&member, id, &Fields::default(), &Wrong::default(), None).await
}

async fn page(member: &Member, id: Uuid, fields: &Fields, wrong: &Wrong, sent_to: Option<&str>) -> Response {
    match read(member, id).await {
        Ok(letter) => {
            member.has_seen(id).await;
            let forwarding = context! {
                address => fields.get(ADDRESS), note => fields.get(NOTE), wrong => wrong.values(), sent_to => sent_to,
            };
            member.page("letter.html", context! { ..values_of(member, &letter), ..forwarding })
        }
        Err(error) => member.trouble(error),
    }
}

async fn read(member: &Member, id: Uuid) -> Result<Received, CorrespondenceError> {
    let service = service_of(member, id).await?;
    member.app().altinn.correspondences().read(&member.actor, &service, &address(member, id)).await
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
        forwards => letter.allow_forwarding,
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
    let download = async {
        let service = service_of(&member, id).await?;
        let letters = member.app().altinn.correspondences();
        letters.attachment(&member.actor, &service, &address(&member, id), index).await
    };
    match download.await {
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
    let confirmed = async {
        let service = service_of(&member, id).await?;
        member.app().altinn.correspondences().confirm(&member.actor, &service, &address(&member, id)).await
    };
    match confirmed.await {
        Ok(_) => Redirect::to(&format!("/letters/{id}")).into_response(),
        Err(error) => member.trouble(error),
    }
}

async fn delete(Path(id): Path<Uuid>, Posted { member, .. }: Posted) -> Response {
    let deleted = async {
        let service = service_of(&member, id).await?;
        member.app().altinn.correspondences().purge(&member.actor, &service, &address(&member, id)).await
    };
    match deleted.await {
        Ok(_) => Redirect::to("/inbox").into_response(),
        Err(error) => member.trouble(error),
    }
}

/// Forwards a letter by mail; what is wrong is said at its field.
async fn forward(Path(id): Path<Uuid>, Posted { member, fields }: Posted) -> Response {
    let (to, note) = (fields.get(ADDRESS), fields.get(NOTE));
    let forwarded = async {
        let service = service_of(&member, id).await?;
        let new = NewForwarding::to(to).saying(note).written_in(member.language());
        member
            .app()
            .altinn
            .correspondences()
            .forward(&member.actor, &service, &address(&member, id), &new)
            .await
    };
    let mut wrong = Wrong::default();
    let (field, key) = match forwarded.await {
        Ok(_) => return page(&member, id, &Fields::default(), &wrong, Some(to)).await,
        Err(CorrespondenceError::Forwarding { reason }) => match reason {
            ForwardingRefusal::Address => (ADDRESS, "letter.forward.address.wrong"),
            ForwardingRefusal::Repeated => (ADDRESS, "letter.forward.repeated"),
            ForwardingRefusal::TextTooLong | ForwardingRefusal::TextNotPlain => {
                (NOTE, "letter.forward.note.wrong")
            }
            _ => return member.trouble(Trouble::Late("letter.refused")),
        },
        Err(error) => return member.trouble(error),
    };
    wrong.add(field, member.visitor.text(key));
    page(&member, id, &fields, &wrong, None).await
}

impl From<CorrespondenceError> for Trouble {
    fn from(error: CorrespondenceError) -> Self {
        match error {
            CorrespondenceError::NotFound => Self::NotFound,
            CorrespondenceError::Access(error) => error.into(),
            CorrespondenceError::Invalid(_) => Self::Wrong("agency.send.wrong"),
            CorrespondenceError::Refused(_) | CorrespondenceError::Forwarding { .. } => {
                Self::Late("letter.refused")
            }
            CorrespondenceError::Changed => Self::Late("trouble.late.rights"),
            other => Self::Unavailable(other.code()),
        }
    }
}
