//! Orders: who is to be told what, when, and on which condition.

mod attachment;
mod check;
mod condition;
mod content;
mod error;
mod id;
mod open;
mod plan;
mod reminder;
mod request;
mod spec;

use altinn_core::Language;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use attachment::Attachment;
pub use condition::Condition;
pub use content::Content;
pub(crate) use content::{LocalText, Texts};
pub use error::OrderError;
pub use id::{NotificationId, OrderId};
pub(crate) use open::OpenOrder;
pub(crate) use plan::{Defaults, Plan, Shipment};
pub use reminder::Reminder;
pub use request::{OrderRequest, OrderRequestError};
pub(crate) use spec::Spec;

use crate::channel::SenderId;
use crate::rules::SendingTimePolicy;
use crate::{EmailAddress, Recipients};

/// An order of a notification (varslingsbestilling): a value, which [`Notifier::order`](crate::Notifier::order) puts
/// into the batch of its cause.
///
/// The idempotency id names the order for good: ordered twice, it is one order. It should say what the notification
/// is about, as in `submission/50001/1c3a/receipt`, and holds no personal data.
///
/// ```
/// use altinn_notify::{Condition, Content, Order, Recipient, Reminder};
///
/// let order = Order::new(
///     "permit/4711/granted",
///     Recipient::Email("ola@example.com".parse()?),
///     Content::text("Your permit", "It is granted."),
/// )
/// .with_senders_reference("4711")
/// .with_requested_send_time("2026-12-01T08:00:00Z".parse()?)
/// .with_reminder(Reminder::after_days(7).with_condition(Condition::named("still-unread")));
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
    sms_sender: Option<SenderId>,
    recipients: Recipients,
    content: Content,
    attachments: Vec<Attachment>,
    condition: Option<Condition>,
    reminders: Vec<Reminder>,
    email_policy: SendingTimePolicy,
    sms_policy: SendingTimePolicy,
    time_to_live: Option<TimeDelta>,
    fallback: Fallback,
}

/// What follows when a notification could not be brought to its recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Fallback {
    /// Nothing.
    None,
    /// The other channel, where the channel schema names one that is preferred.
    #[default]
    NextChannel,
    /// The other channel, and at last paper: also for those who are reserved, or whom the register does not know. The
    /// agency fetches it from the [print queue](crate::Notifier::print_queue).
    Print,
}

impl Order {
    /// The most bytes of an idempotency id and of a sender's reference.
    pub const MAX_REFERENCE_BYTES: usize = 200;
    /// The most bytes of a subject.
    pub const MAX_SUBJECT_BYTES: usize = 500;
    /// The most bytes of a body, and of a template's variables as JSON: 1 MiB.
    pub const MAX_BODY_BYTES: usize = 1024 * 1024;
    /// The most bytes of an SMS: as many letters as Altinn takes, in two bytes each.
    pub const MAX_SMS_BYTES: usize = 2 * 2144;
    /// The most reminders.
    pub const MAX_REMINDERS: usize = 20;
    /// The most attachments: as many as a correspondence of Altinn's may have.
    pub const MAX_ATTACHMENTS: usize = 100;
    /// The most bytes of an attachment's file name: as much as file systems take.
    pub const MAX_FILE_NAME_BYTES: usize = 255;
    /// The most bytes of all attachments together: 15 MiB, so that a mail stays under the 25 MB that most servers take.
    pub const MAX_ATTACHMENT_BYTES: u64 = 15 * 1024 * 1024;

    /// An order in bokmål, to be sent as soon as it is committed: mail at any hour, SMS in the sending window.
    pub fn new(
        idempotency_id: impl Into<String>,
        recipients: impl Into<Recipients>,
        content: Content,
    ) -> Self {
        Self {
            idempotency_id: idempotency_id.into(),
            senders_reference: None,
            requested_send_time: None,
            language: Language::Nb,
            sender: None,
            sms_sender: None,
            recipients: recipients.into(),
            content,
            attachments: Vec::new(),
            condition: None,
            reminders: Vec::new(),
            email_policy: SendingTimePolicy::Anytime,
            sms_policy: SendingTimePolicy::Daytime,
            time_to_live: None,
            fallback: Fallback::default(),
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

    /// The same order in this language, if its template has it. A person whose language the register knows is told in
    /// that one.
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

    /// The same order with another sender of its SMS than the notifier's.
    #[must_use]
    pub fn with_sms_sender(mut self, sender: SenderId) -> Self {
        self.sms_sender = Some(sender);
        self
    }

    /// The same order with an attachment more, for mail; SMS goes without.
    #[must_use]
    pub fn with_attachment(mut self, attachment: Attachment) -> Self {
        self.attachments.push(attachment);
        self
    }

    /// The same order, sent only when this is met (`conditionEndpoint`).
    #[must_use]
    pub fn with_condition(mut self, condition: Condition) -> Self {
        self.condition = Some(condition);
        self
    }

    /// The same order with a reminder more.
    #[must_use]
    pub fn with_reminder(mut self, reminder: Reminder) -> Self {
        self.reminders.push(reminder);
        self
    }

    /// The same order, whose mail goes at these hours (`emailSettings.sendingTimePolicy`).
    #[must_use]
    pub fn with_email_policy(mut self, policy: SendingTimePolicy) -> Self {
        self.email_policy = policy;
        self
    }

    /// The same order, whose SMS goes at these hours (`smsSettings.sendingTimePolicy`).
    #[must_use]
    pub fn with_sms_policy(mut self, policy: SendingTimePolicy) -> Self {
        self.sms_policy = policy;
        self
    }

    /// The same order, given up so long after it could first be sent: 48 hours if nothing is said.
    #[must_use]
    pub fn with_time_to_live(mut self, time: TimeDelta) -> Self {
        self.time_to_live = Some(time);
        self
    }

    /// The same order with another answer to what cannot be brought to its recipient.
    #[must_use]
    pub fn with_fallback(mut self, fallback: Fallback) -> Self {
        self.fallback = fallback;
        self
    }

    /// The idempotency id.
    pub fn idempotency_id(&self) -> &str {
        &self.idempotency_id
    }

    /// Who is to be told.
    pub fn recipients(&self) -> &Recipients {
        &self.recipients
    }

    /// The order's id, the same wherever and however often it is asked for.
    pub fn id(&self) -> OrderId {
        OrderId::of(&self.idempotency_id)
    }
}
