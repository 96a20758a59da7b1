//! From an order to what is stored of it: checking and rendering, without I/O.

use altinn_core::{Language, canonical_json};
use chrono::{DateTime, TimeDelta, Utc};
use ring::digest;
use serde_json::json;

use super::{Content, NotificationId, Order, OrderError, OrderId, Recipient};
use crate::EmailAddress;

/// How long after its time a mail is still worth sending: 48 hours, as in Altinn.
const EMAIL_EXPIRY: TimeDelta = TimeDelta::hours(48);

/// What is stored of an order.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) id: OrderId,
    pub(crate) order: &'a Order,
    pub(crate) digest: Vec<u8>,
    pub(crate) notifications: Vec<PlannedNotification<'a>>,
}

/// What is stored of one of its notifications.
#[derive(Debug)]
pub(crate) struct PlannedNotification<'a> {
    pub(crate) id: NotificationId,
    pub(crate) number: u32,
    pub(crate) send_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) message_id: String,
    pub(crate) sender: &'a EmailAddress,
    pub(crate) address: &'a EmailAddress,
    pub(crate) message: Message,
}

/// Subject and body, ready to be sent.
pub(crate) struct Message {
    pub(crate) language: Language,
    pub(crate) subject: String,
    pub(crate) body: String,
}

impl std::fmt::Debug for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Message").field("language", &self.language).finish_non_exhaustive()
    }
}

impl<'a> Plan<'a> {
    /// Checks an order and fills in its template.
    pub(crate) fn of(
        order: &'a Order,
        sender: &'a EmailAddress,
        now: DateTime<Utc>,
    ) -> Result<Self, OrderError> {
        check_line("idempotency id", &order.idempotency_id, Order::MAX_REFERENCE_BYTES)?;
        if let Some(reference) = &order.senders_reference {
            check_line("sender's reference", reference, Order::MAX_REFERENCE_BYTES)?;
        }
        let id = order.id();
        let notification = PlannedNotification::of(order, id.notification(0), sender, now)?;
        Ok(Self { id, order, digest: request_digest(order), notifications: vec![notification] })
    }

    pub(crate) fn senders_reference(&self) -> Option<&str> {
        self.order.senders_reference.as_deref()
    }

    pub(crate) fn requested_send_time(&self) -> Option<DateTime<Utc>> {
        self.order.requested_send_time
    }

    /// The template's id and version.
    pub(crate) fn template(&self) -> Option<(&str, &str)> {
        match &self.order.content {
            Content::Text { .. } => None,
            Content::Template { template, .. } => Some((template.id(), template.version())),
        }
    }
}

impl<'a> PlannedNotification<'a> {
    fn of(
        order: &'a Order,
        id: NotificationId,
        sender: &'a EmailAddress,
        now: DateTime<Utc>,
    ) -> Result<Self, OrderError> {
        let Recipient::Email(address) = &order.recipient;
        let sender = order.sender.as_ref().unwrap_or(sender);
        let send_at = order.requested_send_time.map_or(now, |requested| requested.max(now));
        let expires_at = send_at.checked_add_signed(EMAIL_EXPIRY).ok_or(OrderError::SendTimeOutOfRange)?;
        Ok(Self {
            id,
            number: 0,
            send_at,
            expires_at,
            message_id: format!("<{}@{}>", id.as_uuid().simple(), sender.domain()),
            sender,
            address,
            message: Message::of(order)?,
        })
    }
}

impl Message {
    fn of(order: &Order) -> Result<Self, OrderError> {
        let (language, subject, body) = match &order.content {
            Content::Text { subject, body } => (order.language, subject.clone(), body.clone()),
            Content::Template { template, variables } => {
                check_size("variables", json!(variables).to_string().len(), Order::MAX_BODY_BYTES)?;
                let rendered = template.render(order.language, variables)?;
                (rendered.language, rendered.subject, rendered.body)
            }
        };
        check_line("subject", &subject, Order::MAX_SUBJECT_BYTES)?;
        let body = check_body(&body)?;
        Ok(Self { language, subject, body })
    }
}

/// One line that says something.
fn check_line(field: &'static str, text: &str, limit: usize) -> Result<(), OrderError> {
    if text.trim().is_empty() {
        return Err(OrderError::Empty { field });
    }
    check_size(field, text.len(), limit)?;
    check_characters(field, text, "")
}

/// Text of any number of lines, with line feeds alone between them.
fn check_body(body: &str) -> Result<String, OrderError> {
    const FIELD: &str = "body";
    if body.trim().is_empty() {
        return Err(OrderError::Empty { field: FIELD });
    }
    check_size(FIELD, body.len(), Order::MAX_BODY_BYTES)?;
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    check_characters(FIELD, &body, "\n\t")?;
    Ok(body)
}

fn check_size(field: &'static str, found: usize, limit: usize) -> Result<(), OrderError> {
    if found > limit { Err(OrderError::TooLarge { field, found, limit }) } else { Ok(()) }
}

fn check_characters(field: &'static str, text: &str, allowed: &str) -> Result<(), OrderError> {
    let breaks_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    match text.chars().find(|c| breaks_line(*c) && !allowed.contains(*c)) {
        None => Ok(()),
        Some(found) => Err(OrderError::ControlCharacter { field, found: found.into() }),
    }
}

/// What tells an order from another one that bears the same idempotency id: all that the caller asked for. Not the
/// template's version, so that an order repeated after a template was mended is still the same order.
fn request_digest(order: &Order) -> Vec<u8> {
    let Recipient::Email(address) = &order.recipient;
    let content = match &order.content {
        Content::Text { subject, body } => json!({ "subject": subject, "body": body }),
        Content::Template { template, variables } => {
            json!({ "template": template.id(), "variables": variables })
        }
    };
    let request = json!({
        "idempotencyId": order.idempotency_id,
        "sendersReference": order.senders_reference,
        "requestedSendTime": order.requested_send_time.map(|time| time.timestamp_micros()),
        "language": order.language,
        "sender": order.sender.as_ref().map(EmailAddress::expose),
        "recipientEmail": address.expose(),
        "content": content,
    });
    digest::digest(&digest::SHA256, &canonical_json(&request)).as_ref().to_vec()
}
