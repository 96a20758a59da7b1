//! What a correspondence is answered as.

use std::collections::BTreeMap;

use altinn_auth::register::PartyRegister as _;
use altinn_core::{Digest, Language, Party, PartyId, PartyIdentifier, Text};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::request::ReferenceName;
use crate::correspondence::{
    Attachment, CorrespondenceOverview, CorrespondenceStatus, ReferenceType, ReplyOption, StatusEntry,
};
use crate::http::Api;
use crate::http::error::ApiError;

/// How a correspondence stands, and what it says.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "CorrespondenceOverview")]
pub(super) struct OverviewAnswer {
    correspondence_id: Uuid,
    resource_id: String,
    /// `urn:altinn:organization:identifier-no:` and the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<String>,
    senders_reference: String,
    /// From whom it is, by name.
    message_sender: String,
    /// `urn:altinn:organization:identifier-no:` or `urn:altinn:person:identifier-no:` and the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient: Option<String>,
    content: ContentAnswer,
    created: DateTime<Utc>,
    // The highest status that it has reached, but `Fetched`.
    #[schema(inline, value_type = StatusName)]
    status: CorrespondenceStatus,
    status_text: &'static str,
    /// When it last came to a status.
    status_changed: DateTime<Utc>,
    requested_publish_time: DateTime<Utc>,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_date_time: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    allow_system_delete_after: Option<DateTime<Utc>>,
    is_confirmation_needed: bool,
    ignore_reservation: bool,
    allow_forwarding: bool,
    external_references: Vec<ReferenceAnswer>,
    property_list: BTreeMap<String, String>,
    reply_options: Vec<ReplyAnswer>,
}

/// How a correspondence stands, what it says, and what it has been through.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "CorrespondenceDetails")]
pub(super) struct DetailsAnswer {
    #[serde(flatten)]
    overview: OverviewAnswer,
    status_history: Vec<CorrespondenceStatusEvent>,
}

/// A status of a correspondence.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CorrespondenceStatusEvent {
    #[schema(inline, value_type = StatusName)]
    status: CorrespondenceStatus,
    status_text: &'static str,
    status_changed: DateTime<Utc>,
}

/// What a correspondence says.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "CorrespondenceContent")]
struct ContentAnswer {
    /// The language that it is shown in: the one that was asked for, where it is there.
    language: &'static str,
    message_title: String,
    message_summary: String,
    /// Markdown.
    message_body: String,
    attachments: Vec<AttachmentAnswer>,
}

/// A file of a correspondence.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "CorrespondenceAttachment")]
struct AttachmentAnswer {
    id: Uuid,
    file_name: String,
    /// The media type.
    data_type: String,
    /// Bytes.
    size: u64,
    #[schema(value_type = String, pattern = "^[0-9a-f]{64}$")]
    sha256: Digest,
    #[schema(inline, value_type = AttachmentStatusName)]
    status: &'static str,
}

/// Something elsewhere that a correspondence belongs to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "ExternalReference")]
struct ReferenceAnswer {
    #[schema(inline, value_type = ReferenceName)]
    reference_type: ReferenceType,
    reference_value: String,
}

/// An answer that a recipient is offered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "ReplyOption")]
pub(super) struct ReplyAnswer {
    #[serde(rename = "linkURL")]
    link_url: String,
    link_text: String,
}

/// The statuses, as Altinn names them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `CorrespondenceStatus`")]
pub(super) enum StatusName {
    Initialized,
    ReadyForPublish,
    Published,
    Fetched,
    Read,
    Replied,
    Confirmed,
    PurgedByRecipient,
    PurgedByAltinn,
    Archived,
    Reserved,
    Failed,
    AttachmentsDownloaded,
    Forwarded,
}

/// The statuses of files, as Altinn names them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes a constant")]
enum AttachmentStatusName {
    Published,
}

impl OverviewAnswer {
    /// What is answered in a language.
    pub(super) async fn of(
        api: &Api,
        overview: CorrespondenceOverview,
        language: Language,
    ) -> Result<Self, ApiError> {
        let (stands, content) = (overview.stands, overview.content);
        let recipient = match stands.correspondence {
            Some(instance) => party_name(api, instance.owner).await?,
            None => None,
        };
        let published = overview.history.iter().find(|entry| entry.status == CorrespondenceStatus::Published);
        let said = |text: &Text| text.in_language(language).to_owned();
        let attachments = content.attachments.into_iter().enumerate();
        let attachments =
            attachments.map(|(index, file)| AttachmentAnswer::of(overview.mailing, index, file));
        Ok(Self {
            correspondence_id: stands.id,
            resource_id: overview.service.to_string(),
            sender: party_name(api, overview.sender).await?,
            senders_reference: overview.senders_reference,
            message_sender: overview.message_sender,
            recipient,
            content: ContentAnswer {
                language: shown_in(content.message.title(), language).code(),
                message_title: said(content.message.title()),
                message_summary: said(content.message.summary()),
                message_body: said(content.message.body()),
                attachments: attachments.collect(),
            },
            created: overview.created,
            status: stands.status,
            status_text: stands.status.name(),
            status_changed: stands.changed,
            requested_publish_time: overview.publish_at,
            published: published.map(|entry| entry.at),
            due_date_time: overview.due_date_time,
            allow_system_delete_after: overview.allow_system_delete_after,
            is_confirmation_needed: overview.is_confirmation_needed,
            ignore_reservation: overview.ignore_reservation,
            allow_forwarding: overview.allow_forwarding,
            external_references: (content.external_references.into_iter())
                .map(|reference| ReferenceAnswer {
                    reference_type: reference.reference_type,
                    reference_value: reference.reference_value,
                })
                .collect(),
            property_list: content.property_list,
            reply_options: (content.reply_options.into_iter())
                .map(|option| ReplyAnswer::of(option, language))
                .collect(),
        })
    }
}

impl ReplyAnswer {
    /// An answer in a language.
    pub(super) fn of(option: ReplyOption, language: Language) -> Self {
        Self { link_text: option.link_text.in_language(language).to_owned(), link_url: option.link_url }
    }
}

impl DetailsAnswer {
    /// What is answered in a language.
    pub(super) async fn of(
        api: &Api,
        overview: CorrespondenceOverview,
        language: Language,
    ) -> Result<Self, ApiError> {
        let event = |entry: &StatusEntry| CorrespondenceStatusEvent {
            status: entry.status,
            status_text: entry.status.name(),
            status_changed: entry.at,
        };
        let status_history = overview.history.iter().map(event).collect();
        Ok(Self { status_history, overview: OverviewAnswer::of(api, overview, language).await? })
    }
}

impl AttachmentAnswer {
    fn of(mailing: Uuid, index: usize, file: Attachment) -> Self {
        Self {
            id: file.id.unwrap_or_else(|| attachment_id(mailing, index)),
            file_name: file.file_name,
            data_type: file.content_type,
            size: file.size,
            sha256: file.sha256,
            status: "Published",
        }
    }
}

/// The id of a file, by its mailing and its place among the files.
pub(super) fn attachment_id(mailing: Uuid, index: usize) -> Uuid {
    let digest = Digest::of(format!("attachment {index} of {mailing}").as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest.as_bytes()).for_each(|(byte, digested)| *byte = *digested);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// How Altinn's bodies name a party; nothing for somebody self-identified.
pub(super) fn recipient_name(party: &Party) -> Option<String> {
    match &party.identifier {
        PartyIdentifier::Organization(number) => {
            Some(format!("urn:altinn:organization:identifier-no:{number}"))
        }
        PartyIdentifier::Person(number) => {
            Some(format!("urn:altinn:person:identifier-no:{}", number.expose()))
        }
        PartyIdentifier::SelfIdentified(_) => None,
    }
}

async fn party_name(api: &Api, party: PartyId) -> Result<Option<String>, ApiError> {
    Ok(api.altinn().register().party(party).await?.and_then(|party| recipient_name(&party)))
}

/// The language that a text is shown in to somebody who asks for one.
fn shown_in(text: &Text, asked: Language) -> Language {
    let shown = text.in_language(asked);
    let mut languages = text.languages().filter(|language| text.get(*language) == Some(shown));
    if text.get(asked).is_some() { asked } else { languages.next().unwrap_or(asked) }
}
