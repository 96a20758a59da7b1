//! A correspondence that is to be sent.

use std::collections::BTreeMap;

use altinn_core::Digest;
use altinn_core::canonical_json;
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::attachment::{NewAttachment, content_type};
use super::message::Content;
use super::{Attachment, ExternalReference, Message, Notification, Recipients, ReplyOption};

/// A correspondence that is to be sent, to any number of recipients.
///
/// ```
/// use altinn_core::{Language, SyntheticNumbers};
/// use altinn_services::correspondence::{Message, NewAttachment, NewCorrespondence, Notification, Recipient};
///
/// let baker = Recipient::parse("0192:312345005", SyntheticNumbers::Accepted)?;
/// let decision = NewCorrespondence::new("2026/17", baker, Message::new(Language::Nb, "Vedtak", "Innvilget."))
///     .with_attachment(NewAttachment::new("vedtak.pdf", b"%PDF-1.7".to_vec()))
///     .confirmed_by("2026-12-24T12:00:00Z".parse()?)
///     .notified(Notification::generic().with_reminder(7))
///     .once("decision-2026-17");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct NewCorrespondence {
    pub(super) senders_reference: String,
    pub(super) recipients: Recipients,
    pub(super) message: Message,
    pub(super) message_sender: Option<String>,
    pub(super) attachments: Vec<NewAttachment>,
    pub(super) existing_attachments: Vec<Uuid>,
    pub(super) reply_options: Vec<ReplyOption>,
    pub(super) external_references: Vec<ExternalReference>,
    pub(super) properties: BTreeMap<String, String>,
    pub(super) requested_publish_time: Option<DateTime<Utc>>,
    pub(super) due_date_time: Option<DateTime<Utc>>,
    pub(super) allow_system_delete_after: Option<DateTime<Utc>>,
    pub(super) is_confirmation_needed: bool,
    pub(super) ignore_reservation: bool,
    pub(super) allow_forwarding: bool,
    pub(super) notification: Option<Notification>,
    pub(super) idempotency_key: Option<String>,
}

impl NewCorrespondence {
    /// A message to somebody under the sender's own reference (`sendersReference`), to be seen at once.
    pub fn new(
        senders_reference: impl Into<String>,
        recipients: impl Into<Recipients>,
        message: Message,
    ) -> Self {
        Self {
            senders_reference: senders_reference.into(),
            recipients: recipients.into(),
            message,
            message_sender: None,
            attachments: Vec::new(),
            existing_attachments: Vec::new(),
            reply_options: Vec::new(),
            external_references: Vec::new(),
            properties: BTreeMap::new(),
            requested_publish_time: None,
            due_date_time: None,
            allow_system_delete_after: None,
            is_confirmation_needed: false,
            ignore_reservation: false,
            allow_forwarding: false,
            notification: None,
            idempotency_key: None,
        }
    }

    /// The same under another name of its sender (`messageSender`) than the register has.
    pub fn from_sender_named(mut self, name: impl Into<String>) -> Self {
        self.message_sender = Some(name.into());
        self
    }

    /// The same with one more file.
    pub fn with_attachment(mut self, attachment: NewAttachment) -> Self {
        self.attachments.push(attachment);
        self
    }

    /// The same with one more file that is there already (`existingAttachments`), by the id that
    /// [`initialize_attachment`](super::Correspondences::initialize_attachment) gave.
    pub fn with_existing_attachment(mut self, id: Uuid) -> Self {
        if !self.existing_attachments.contains(&id) {
            self.existing_attachments.push(id);
        }
        self
    }

    /// The same with one more link that its recipient may follow as an answer (`replyOptions`).
    pub fn with_reply_option(mut self, option: ReplyOption) -> Self {
        self.reply_options.push(option);
        self
    }

    /// The same with one more reference to something elsewhere (`externalReferences`).
    pub fn with_external_reference(mut self, reference: ExternalReference) -> Self {
        self.external_references.push(reference);
        self
    }

    /// The same with something that the sender's own programs say of it (`propertyList`): at most 10 names of at most 50
    /// characters, with values of at most 300.
    pub fn with_property(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.properties.insert(name.into(), value.into());
        self
    }

    /// The same, to be seen from a time on (`requestedPublishTime`); a time that has passed means at once.
    pub fn visible_from(mut self, time: DateTime<Utc>) -> Self {
        self.requested_publish_time = Some(time);
        self
    }

    /// The same, to be read by a time (`dueDateTime`): the sender is told who has not.
    pub fn read_by(mut self, time: DateTime<Utc>) -> Self {
        self.due_date_time = Some(time);
        self
    }

    /// The same, to be read and confirmed by a time (`isConfirmationNeeded`, `dueDateTime`).
    pub fn confirmed_by(mut self, time: DateTime<Utc>) -> Self {
        self.is_confirmation_needed = true;
        self.read_by(time)
    }

    /// The same with or without the need to be confirmed (`isConfirmationNeeded`), which takes a due date.
    pub fn with_confirmation_needed(mut self, needed: bool) -> Self {
        self.is_confirmation_needed = needed;
        self
    }

    /// The same, gone for its recipients after a time (`allowSystemDeleteAfter`).
    pub fn deleted_after(mut self, time: DateTime<Utc>) -> Self {
        self.allow_system_delete_after = Some(time);
        self
    }

    /// The same, also to those who have reserved against digital communication (`ignoreReservation`): for what the law
    /// lets an agency send all the same.
    pub fn ignoring_reservation(mut self) -> Self {
        self.ignore_reservation = true;
        self
    }

    /// The same, which its recipients may forward by mail once they have read it (`allowForwarding`): where the service
    /// asks for no level of authentication, and its files have at most 10 MiB together.
    pub fn allowing_forwarding(mut self) -> Self {
        self.allow_forwarding = true;
        self
    }

    /// The same, of which its recipients are told by mail or SMS when it is published.
    pub fn notified(mut self, notification: Notification) -> Self {
        self.notification = Some(notification);
        self
    }

    /// The same under an idempotency key (`idempotentKey`): sent twice with one key it is one correspondence,
    /// whatever the number of recipients.
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// What recipients will be shown: the files of its own, then those that are there already.
    pub(super) fn content(&self, existing: &[Attachment]) -> Content {
        let attachment = |attachment: &NewAttachment| Attachment {
            file_name: attachment.file_name.clone(),
            content_type: content_type(&attachment.file_name)
                .unwrap_or("application/octet-stream")
                .to_owned(),
            size: attachment.content.size(),
            sha256: attachment.content.sha256(),
            id: None,
            entry: None,
        };
        Content {
            message: self.message.clone(),
            attachments: self.attachments.iter().map(attachment).chain(existing.iter().cloned()).collect(),
            reply_options: self.reply_options.clone(),
            external_references: self.external_references.clone(),
            property_list: self.properties.clone(),
        }
    }

    /// What tells this request from others, in one canonical form.
    pub(super) fn canonical(&self, service: &str) -> Vec<u8> {
        let recipients: Digest = self.recipients.digest();
        let mut request = json!({
            "service": service,
            "sendersReference": self.senders_reference,
            "recipients": recipients.to_string(),
            "content": self.content(&[]),
            "messageSender": self.message_sender,
            "requestedPublishTime": self.requested_publish_time,
            "dueDateTime": self.due_date_time,
            "allowSystemDeleteAfter": self.allow_system_delete_after,
            "isConfirmationNeeded": self.is_confirmation_needed,
            "ignoreReservation": self.ignore_reservation,
            "notification": self.notification,
        });
        if let Some(request) = request.as_object_mut() {
            if !self.existing_attachments.is_empty() {
                request.insert("existingAttachments".to_owned(), json!(self.existing_attachments));
            }
            if self.allow_forwarding {
                request.insert("allowForwarding".to_owned(), json!(true));
            }
        }
        canonical_json(&request)
    }
}
