//! Why an order is refused.

use thiserror::Error;

use crate::{SealError, TemplateError};

/// Why an order is refused; nothing of it is in the batch. What was to be told, and to whom, never appears in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OrderError {
    /// A field that must say something is empty.
    #[error("the order's {field} is empty")]
    Empty {
        /// `idempotency id`, `subject`, `body`, `sms` and so on.
        field: &'static str,
    },
    /// A field is larger than it may be.
    #[error("the order's {field} has {found} bytes, at most {limit}")]
    TooLarge {
        /// `idempotency id`, `sender's reference`, `subject`, `body`, `sms`, `variables` and so on.
        field: &'static str,
        /// How many bytes there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A field holds a control character: in a subject a line break could begin another header.
    #[error("the order's {field} holds the control character U+{found:04X}")]
    ControlCharacter {
        /// `idempotency id`, `sender's reference`, `subject`, `body` and so on.
        field: &'static str,
        /// The character's number.
        found: u32,
    },
    /// There is nobody to tell.
    #[error("the order has no recipient")]
    NoRecipient,
    /// A recipient may be told by a channel that there is no text for.
    #[error("the order has no text for {channel}, which its recipients may be told by")]
    NoText {
        /// `e-mail` or `SMS`.
        channel: &'static str,
    },
    /// SMS may go out, and neither the order nor the notifier says who it is from.
    #[error("the order has no sender of SMS, and the notifier has none either")]
    NoSmsSender,
    /// The address of the condition is no absolute one of HTTP.
    #[error("the order's condition endpoint is no absolute `http` or `https` address")]
    ConditionEndpoint,
    /// The requested time is further away than a store of microseconds can hold.
    #[error("the order's requested send time is out of range")]
    SendTimeOutOfRange,
    /// The order lives for no time at all.
    #[error("the order's time to live is zero or too long")]
    TimeToLive,
    /// A reminder is not later than the order.
    #[error("a reminder must come at least a day, or at a time, after its order")]
    ReminderDelay,
    /// More reminders than an order may have.
    #[error("the order has {found} reminders, at most {limit}")]
    TooManyReminders {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// More attachments than a mail may have.
    #[error("the order has {found} attachments, at most {limit}")]
    TooManyAttachments {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Attachments that are larger together than they may be.
    #[error("the order's attachments have {found} bytes together, at most {limit}")]
    AttachmentsTooLarge {
        /// How many bytes.
        found: u64,
        /// How many there may be.
        limit: u64,
    },
    /// The name or the media type of an attachment cannot stand in a mail.
    #[error("attachment {number} has a name or a media type that cannot stand in a mail")]
    BadAttachment {
        /// Its place among the attachments, from 1.
        number: usize,
    },
    /// A recipient is not on the list of the team key.
    #[error("the team key lets nobody be told who is not on its list")]
    NotInTeam,
    /// The template cannot be filled in.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The order cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl OrderError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "NOTIFY-ORDER-EMPTY",
            Self::TooLarge { .. } => "NOTIFY-ORDER-TOO-LARGE",
            Self::ControlCharacter { .. } => "NOTIFY-ORDER-CONTROL-CHARACTER",
            Self::NoRecipient => "NOTIFY-ORDER-NO-RECIPIENT",
            Self::NoText { .. } => "NOTIFY-ORDER-NO-TEXT",
            Self::NoSmsSender => "NOTIFY-ORDER-NO-SMS-SENDER",
            Self::ConditionEndpoint => "NOTIFY-ORDER-CONDITION-ENDPOINT",
            Self::SendTimeOutOfRange => "NOTIFY-ORDER-SEND-TIME",
            Self::TimeToLive => "NOTIFY-ORDER-TIME-TO-LIVE",
            Self::ReminderDelay => "NOTIFY-ORDER-REMINDER-DELAY",
            Self::TooManyReminders { .. } => "NOTIFY-ORDER-TOO-MANY-REMINDERS",
            Self::TooManyAttachments { .. } => "NOTIFY-ORDER-TOO-MANY-ATTACHMENTS",
            Self::AttachmentsTooLarge { .. } => "NOTIFY-ORDER-ATTACHMENTS-TOO-LARGE",
            Self::BadAttachment { .. } => "NOTIFY-ORDER-BAD-ATTACHMENT",
            Self::NotInTeam => "NOTIFY-ORDER-NOT-IN-TEAM",
            Self::Template(error) => error.code(),
            Self::Seal(error) => error.code(),
        }
    }
}
