//! Channels: how a notification leaves the house.

pub(crate) mod attachments;
mod bounce;
mod breaker;
#[cfg(feature = "testing")]
mod capture;
mod lane;
mod message;
mod rate_limit;
mod sms;
#[cfg(feature = "smtp")]
mod smtp;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

pub(crate) use attachments::AttachmentSources;
pub use attachments::{AttachmentError, AttachmentSource};
pub use bounce::{Bounce, BounceAction, BounceError};
pub use breaker::{Breaker, BreakerSettings};
#[cfg(feature = "testing")]
pub use capture::Capture;
pub(crate) use lane::Lane;
pub use message::{Email, EmailAttachment, Message, Sms};
pub use rate_limit::RateLimit;
pub(crate) use rate_limit::Tokens;
#[cfg(feature = "http")]
pub use sms::{GatewayRequest, HttpSms, HttpSmsError, JsonGateway, SmsGateway};
pub use sms::{SenderId, SenderIdError, SmsEncoding, SmsSegments};
#[cfg(feature = "smtp")]
pub use smtp::{DkimError, DkimKey, Smtp, SmtpError, SmtpSettings, TlsMode};

use crate::Reason;

/// The channels there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ChannelKind {
    /// Mail.
    Email,
    /// SMS.
    Sms,
    /// Paper, which the agency prints and sends.
    Print,
}

impl ChannelKind {
    /// The name that it is stored under: `email`, `sms` or `print`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Print => "print",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Email, Self::Sms, Self::Print].into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for ChannelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What becomes of an attempt whose end nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownOutcome {
    /// It goes once more, bearing the same message id: what mail does if nothing is said. After five such ends it is
    /// parked.
    SendAgain,
    /// It is parked, for somebody to look at: what SMS does if nothing is said, since nothing in an SMS shows that it is
    /// the same one.
    Park,
}

/// A way out for messages: SMTP is there, and an agency can bring its own.
///
/// # Contract
/// - `send` says what is known when it ends, and nothing more: [`Outcome::Transient`] only when the message was
///   certainly not taken over, [`Outcome::Unknown`] when it may have been.
/// - It bounds its own waiting. A dispatcher that has waited half its lease drops the future and takes the outcome
///   as unknown; a future dropped at any point leaves nothing behind that sends later.
/// - A message may come again with the same [`message_id`](Email::message_id), after an unknown outcome.
///
/// ```
/// use altinn_notify::Reason;
/// use altinn_notify::channel::{Channel, Message, Outcome, Rejection};
/// use async_trait::async_trait;
///
/// /// Puts mail into the agency's own outbox.
/// #[derive(Debug)]
/// struct Outbox;
///
/// #[async_trait]
/// impl Channel for Outbox {
///     async fn send(&self, message: &Message) -> Outcome {
///         match message {
///             Message::Email(mail) if !mail.body.is_empty() => {
///                 Outcome::Accepted { reference: Reason::new("put into the outbox") }
///             }
///             _ => Outcome::Rejected {
///                 rejection: Rejection::Refused,
///                 reason: Reason::new("the outbox takes mail only"),
///             },
///         }
///     }
/// }
/// ```
#[async_trait]
pub trait Channel: fmt::Debug + Send + Sync {
    /// Tries once to send a message.
    async fn send(&self, message: &Message) -> Outcome;
}

#[async_trait]
impl<C: Channel + ?Sized> Channel for Arc<C> {
    async fn send(&self, message: &Message) -> Outcome {
        (**self).send(message).await
    }
}

/// How an attempt ended. Exhaustive: whoever handles it must think of every end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The next one on the way has taken the message over.
    Accepted {
        /// What it said, mostly the name that it gave the message.
        reference: Reason,
    },
    /// The message was refused and would be again.
    Rejected {
        /// What it was refused for.
        rejection: Rejection,
        /// What was said.
        reason: Reason,
    },
    /// The message was not taken over, but may be later.
    Transient {
        /// What was said, or what failed.
        reason: Reason,
    },
    /// Nobody knows whether the message was taken over.
    Unknown {
        /// What failed.
        reason: Reason,
    },
}

/// What a message was refused for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The address is not one, as the other side sees it.
    InvalidAddress,
    /// The message is larger than the other side takes.
    TooLarge,
    /// The recipient does not want or may not get messages of this kind.
    Barred,
    /// Anything else: no such mailbox, not allowed, and so on.
    Refused,
}
