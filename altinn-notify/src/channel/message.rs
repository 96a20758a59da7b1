//! What a channel is to send.

use std::fmt;

use altinn_core::Language;
use chrono::{DateTime, Utc};

use super::SenderId;
use crate::{ContentType, EmailAddress, PhoneNumber};

/// What a channel is to send.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// A mail.
    Email(Email),
    /// An SMS.
    Sms(Sms),
}

/// A mail. `Debug` hides who gets it and what it says.
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
    /// How the body is written.
    pub content_type: ContentType,
    /// What goes with it.
    pub attachments: Vec<EmailAttachment>,
}

/// A file that goes with a mail. `Debug` hides what it holds.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmailAttachment {
    /// The name that the recipient sees.
    pub file_name: String,
    /// The media type.
    pub content_type: String,
    /// What it holds.
    pub content: Vec<u8>,
}

/// An SMS. `Debug` hides who gets it and what it says.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sms {
    /// The message's own id, the same at every attempt: a gateway can tell by it that it has the message already.
    pub message_id: String,
    /// Who it is from.
    pub from: SenderId,
    /// Who it is for.
    pub to: PhoneNumber,
    /// The language of the text.
    pub language: Language,
    /// The text.
    pub text: String,
    /// When it is no longer worth delivering.
    pub expires_at: DateTime<Utc>,
}

impl Message {
    /// The message's own id, the same at every attempt.
    pub fn id(&self) -> &str {
        match self {
            Self::Email(mail) => &mail.message_id,
            Self::Sms(sms) => &sms.message_id,
        }
    }
}

impl EmailAttachment {
    /// A file.
    pub fn new(file_name: impl Into<String>, content_type: impl Into<String>, content: Vec<u8>) -> Self {
        Self { file_name: file_name.into(), content_type: content_type.into(), content }
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for EmailAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAttachment({} bytes)", self.content.len())
    }
}

impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sms").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}
