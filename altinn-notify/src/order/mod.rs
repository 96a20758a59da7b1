//! Orders: who is to be told what, and when.

mod error;
mod id;
mod plan;

use std::fmt;
use std::sync::Arc;

use altinn_core::Language;
use chrono::{DateTime, Utc};

pub use error::OrderError;
pub use id::{NotificationId, OrderId};
pub(crate) use plan::{Plan, PlannedNotification};

use crate::{EmailAddress, Template, Variables};

/// An order of a notification (varslingsbestilling): a value, which [`Notifier::order`](crate::Notifier::order) puts
/// into the batch of its cause.
///
/// The idempotency id names the order for good: ordered twice, it is one order. It should say what the notification
/// is about, as in `submission/50001/1c3a/receipt`, and holds no personal data.
///
/// ```
/// use altinn_notify::{Content, Order, Recipient};
///
/// let order = Order::new(
///     "permit/4711/granted",
///     Recipient::Email("ola@example.com".parse()?),
///     Content::text("Your permit", "It is granted."),
/// )
/// .with_senders_reference("4711")
/// .with_requested_send_time("2026-12-01T08:00:00Z".parse()?);
/// assert_eq!(order.idempotency_id(), "permit/4711/granted");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    idempotency_id: String,
    senders_reference: Option<String>,
    requested_send_time: Option<DateTime<Utc>>,
    language: Language,
    sender: Option<EmailAddress>,
    recipient: Recipient,
    content: Content,
}

/// Who is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recipient {
    /// Whoever reads the mail at an address that the agency gives itself (`recipientEmail`).
    Email(EmailAddress),
}

/// What they are to be told. `Debug` hides it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Content {
    /// Subject and body as they are to be sent.
    Text {
        /// The subject, one line.
        subject: String,
        /// The body, plain text.
        body: String,
    },
    /// A template and its variables, filled in when the order is placed.
    Template {
        /// The template.
        template: Arc<Template>,
        /// Its variables.
        variables: Variables,
    },
}

impl Content {
    /// Subject and body as they are to be sent, plain text.
    pub fn text(subject: impl Into<String>, body: impl Into<String>) -> Self {
        Self::Text { subject: subject.into(), body: body.into() }
    }

    /// A template and its variables.
    pub fn template(template: impl Into<Arc<Template>>, variables: Variables) -> Self {
        Self::Template { template: template.into(), variables }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { .. } => f.write_str("Text"),
            Self::Template { template, .. } => {
                write!(f, "Template({} {})", template.id(), template.version())
            }
        }
    }
}

impl Order {
    /// The most bytes of an idempotency id and of a sender's reference.
    pub const MAX_REFERENCE_BYTES: usize = 200;
    /// The most bytes of a subject.
    pub const MAX_SUBJECT_BYTES: usize = 500;
    /// The most bytes of a body, and of a template's variables as JSON: 1 MiB.
    pub const MAX_BODY_BYTES: usize = 1024 * 1024;

    /// An order in bokmål, to be sent as soon as it is committed.
    pub fn new(idempotency_id: impl Into<String>, recipient: Recipient, content: Content) -> Self {
        Self {
            idempotency_id: idempotency_id.into(),
            senders_reference: None,
            requested_send_time: None,
            language: Language::Nb,
            sender: None,
            recipient,
            content,
        }
    }

    /// The same order with the agency's own reference (`sendersReference`), shown with its status.
    #[must_use]
    pub fn with_senders_reference(mut self, reference: impl Into<String>) -> Self {
        self.senders_reference = Some(reference.into());
        self
    }

    /// The same order, to be sent at this time (`requestedSendTime`); a time that has passed means at once.
    #[must_use]
    pub fn with_requested_send_time(mut self, time: DateTime<Utc>) -> Self {
        self.requested_send_time = Some(time);
        self
    }

    /// The same order in this language, if its template has it.
    #[must_use]
    pub fn with_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }

    /// The same order with another sender of its mail (`senderEmailAddress`) than the notifier's.
    #[must_use]
    pub fn with_sender(mut self, sender: EmailAddress) -> Self {
        self.sender = Some(sender);
        self
    }

    /// The idempotency id.
    pub fn idempotency_id(&self) -> &str {
        &self.idempotency_id
    }

    /// The order's id, the same wherever and however often it is asked for.
    pub fn id(&self) -> OrderId {
        OrderId::of(&self.idempotency_id)
    }
}
