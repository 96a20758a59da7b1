//! Channels: how a notification leaves the house.

#[cfg(feature = "testing")]
mod capture;
#[cfg(feature = "smtp")]
mod smtp;

use std::fmt;
use std::sync::Arc;

use altinn_core::Language;
use async_trait::async_trait;
use chrono::{DateTime, Utc};

#[cfg(feature = "testing")]
pub use capture::Capture;
#[cfg(feature = "smtp")]
pub use smtp::{Smtp, SmtpError, SmtpSettings, TlsMode};

use crate::{EmailAddress, Reason};

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

/// What a channel is to send.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// A mail.
    Email(Email),
}

/// A mail in plain text. `Debug` hides who gets it and what it says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Email {
    /// The Message-ID with its angle brackets, the same at every attempt.
    pub message_id: String,
    /// When it was to be sent, the same at every attempt.
    pub date: DateTime<Utc>,
    /// The sender.
    pub from: EmailAddress,
    /// The recipient.
    pub to: EmailAddress,
    /// The language of subject and body.
    pub language: Language,
    /// The subject, one line.
    pub subject: String,
    /// The body, with line feeds between its lines.
    pub body: String,
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email").field("message_id", &self.message_id).finish_non_exhaustive()
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
    /// Anything else: no such mailbox, not allowed, and so on.
    Refused,
}
