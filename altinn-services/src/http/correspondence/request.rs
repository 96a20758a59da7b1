//! What is to be sent, as Altinn's bodies say it.

use std::collections::BTreeMap;

use altinn_core::{Language, SyntheticNumbers, Text, ValidationError};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::notification::NotificationRequest;
use crate::correspondence::{
    CorrespondenceError, ExternalReference, FaultRule, Message, NewCorrespondence, Recipient, Recipients,
    ReferenceType, ReplyOption,
};
use crate::http::error::ApiError;
use crate::http::language::LanguageName;

/// A correspondence that is to be sent, to one or many.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InitializeCorrespondences {
    pub(super) correspondence: CorrespondenceRequest,
    /// To whom: `urn:altinn:organization:identifier-no:` or `urn:altinn:person:identifier-no:` and the number, or `0192:` and an
    /// organization's number.
    #[schema(min_items = 1, max_items = 1_000_000)]
    pub(super) recipients: Vec<String>,
    /// Files that were uploaded before.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub(super) existing_attachments: Vec<Uuid>,
    /// The same key twice is one correspondence, whatever the number of recipients; `Idempotency-Key` says the same.
    pub(super) idempotent_key: Option<Uuid>,
}

/// What is to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CorrespondenceRequest {
    /// The correspondence service: `mattilsynet/decisions`.
    pub(super) resource_id: String,
    /// The organization that sends, `0192:` and its number: the caller's own, and so where it is left out.
    pub(super) sender: Option<String>,
    /// The sender's own reference.
    #[schema(min_length = 1, max_length = 4096)]
    senders_reference: String,
    /// Another name of the sender than the register has.
    #[schema(max_length = 255)]
    message_sender: Option<String>,
    content: ContentRequest,
    /// From when on it can be seen; at once where it is left out.
    requested_publish_time: Option<DateTime<Utc>>,
    /// By when it is to be read, and confirmed where that is needed.
    due_date_time: Option<DateTime<Utc>>,
    /// After when it is gone.
    allow_system_delete_after: Option<DateTime<Utc>>,
    /// What it belongs to.
    #[serde(default)]
    #[schema(max_items = 10)]
    external_references: Vec<ReferenceRequest>,
    /// What the sender's own programs say of it.
    #[serde(default)]
    property_list: BTreeMap<String, String>,
    /// What its recipient may answer.
    #[serde(default)]
    #[schema(max_items = 5)]
    reply_options: Vec<ReplyRequest>,
    /// That its recipients are told of it by mail or SMS.
    notification: Option<NotificationRequest>,
    /// Whether it is sent to those as well who have reserved against digital communication.
    #[serde(default)]
    ignore_reservation: bool,
    /// Whether it must be confirmed, which takes a `dueDateTime`.
    #[serde(default)]
    is_confirmation_needed: bool,
    /// Whether its recipients may forward it by mail: where the service asks for no level of authentication, and its files have
    /// at most 10 MiB together.
    #[serde(default)]
    allow_forwarding: bool,
    /// Refused where it is true: who may read something is said by the policy of the service.
    #[serde(default)]
    is_confidential: bool,
}

/// What a correspondence says.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "InitializeCorrespondenceContent")]
struct ContentRequest {
    /// The language; bokmål where it is left out.
    #[schema(inline)]
    language: Option<LanguageName>,
    /// Plain text.
    #[schema(min_length = 1, max_length = 255)]
    message_title: String,
    /// Plain text.
    #[schema(max_length = 255)]
    message_summary: Option<String>,
    /// Markdown.
    #[schema(min_length = 1, max_length = 30000)]
    message_body: String,
}

/// Something elsewhere that a correspondence belongs to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "InitializeExternalReference")]
struct ReferenceRequest {
    #[schema(inline, value_type = ReferenceName)]
    reference_type: ReferenceType,
    #[schema(min_length = 1, max_length = 255)]
    reference_value: String,
}

/// What references refer to.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `ReferenceType`")]
pub(super) enum ReferenceName {
    Generic,
    AltinnAppInstance,
    AltinnBrokerFileTransfer,
    DialogportenDialogId,
    DialogportenProcessId,
    DialogportenTransmissionId,
    DialogportenTransmissionType,
}

/// An answer that a recipient is offered: a link to follow.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "InitializeReplyOption")]
struct ReplyRequest {
    /// Where it leads, by https.
    #[serde(rename = "linkURL")]
    #[schema(max_length = 255)]
    link_url: String,
    /// What it is called; the address where it is left out.
    #[schema(max_length = 255)]
    link_text: Option<String>,
}

impl InitializeCorrespondences {
    /// The correspondence, without its files.
    pub(super) fn read(
        self,
        key: Option<String>,
        synthetic: SyntheticNumbers,
    ) -> Result<NewCorrespondence, ApiError> {
        let recipients = recipients(&self.recipients, synthetic)?;
        let asked = self.correspondence;
        if asked.is_confidential {
            return Err(ApiError::new(
                "HTTP-BODY",
                "`isConfidential` is not known here: the policy says who reads",
            ));
        }
        let language = asked.content.language.map_or(Language::Nb, Language::from);
        let content = asked.content;
        let mut message = Message::new(language, content.message_title, content.message_body);
        if let Some(summary) = content.message_summary.filter(|summary| !summary.is_empty()) {
            message = message.with_summary(language, summary);
        }
        let mut new = NewCorrespondence::new(asked.senders_reference, recipients, message)
            .with_confirmation_needed(asked.is_confirmation_needed);
        if let Some(name) = asked.message_sender.filter(|name| !name.is_empty()) {
            new = new.from_sender_named(name);
        }
        for option in asked.reply_options {
            let text = option.link_text.unwrap_or_else(|| option.link_url.clone());
            new = new.with_reply_option(ReplyOption::new(option.link_url, Text::new(language, text)));
        }
        for reference in asked.external_references {
            let reference = ExternalReference::new(reference.reference_type, reference.reference_value);
            new = new.with_external_reference(reference);
        }
        new = asked.property_list.into_iter().fold(new, |new, (name, value)| new.with_property(name, value));
        new = self.existing_attachments.into_iter().fold(new, NewCorrespondence::with_existing_attachment);
        if let Some(time) = asked.requested_publish_time {
            new = new.visible_from(time);
        }
        if let Some(time) = asked.due_date_time {
            new = new.read_by(time);
        }
        if let Some(time) = asked.allow_system_delete_after {
            new = new.deleted_after(time);
        }
        if asked.allow_forwarding {
            new = new.allowing_forwarding();
        }
        if asked.ignore_reservation {
            new = new.ignoring_reservation();
        }
        if let Some(notification) = asked.notification {
            new = new.notified(notification.read(language)?);
        }
        Ok(match key.or_else(|| self.idempotent_key.map(|key| key.to_string())) {
            Some(key) => new.once(key),
            None => new,
        })
    }
}

/// The recipients; says which of them are none.
fn recipients(named: &[String], synthetic: SyntheticNumbers) -> Result<Recipients, ApiError> {
    let (mut recipients, mut faults) = (Vec::with_capacity(named.len()), Vec::new());
    for (index, text) in named.iter().enumerate() {
        match Recipient::parse(text, synthetic) {
            Ok(recipient) => recipients.push(recipient),
            Err(error) if faults.len() < MOST_FAULTS => {
                let fault = ValidationError::new(FaultRule::Recipient.code(), error.to_string());
                faults.push(fault.at(format!("/recipients/{index}")));
            }
            Err(_) => {}
        }
    }
    if faults.is_empty() {
        return Ok(recipients.into_iter().collect());
    }
    Err(ApiError::with_faults(CorrespondenceError::Invalid(Vec::new()).code(), faults))
}

/// The most recipients of which it is told at once that they are none.
const MOST_FAULTS: usize = 100;

impl std::fmt::Debug for InitializeCorrespondences {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InitializeCorrespondences({} recipients)", self.recipients.len())
    }
}
