//! Attachments, by reference.

use serde::{Deserialize, Serialize};

use super::check::check_line;
use super::{Order, OrderError};

/// A file that goes with a mail. The order holds a reference; the bytes are read when the mail is sent, by the
/// [`AttachmentSource`](crate::channel::AttachmentSource) that the notifier was given.
///
/// ```
/// use altinn_notify::Attachment;
///
/// let letter = Attachment::new("archive/4711/letter", "vedtak.pdf", "application/pdf", 84_213);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attachment {
    /// What the source finds the bytes by.
    pub reference: String,
    /// The name that the recipient sees.
    pub file_name: String,
    /// The media type, as `application/pdf`.
    pub content_type: String,
    /// How many bytes it has. One that turns out larger is not sent.
    pub size: u64,
}

impl Attachment {
    /// An attachment of so many bytes.
    pub fn new(
        reference: impl Into<String>,
        file_name: impl Into<String>,
        content_type: impl Into<String>,
        size: u64,
    ) -> Self {
        let (reference, file_name) = (reference.into(), file_name.into());
        Self { reference, file_name, content_type: content_type.into(), size }
    }

    /// Checks all attachments of an order.
    pub(crate) fn check_all(attachments: &[Self]) -> Result<(), OrderError> {
        if attachments.len() > Order::MAX_ATTACHMENTS {
            let (found, limit) = (attachments.len(), Order::MAX_ATTACHMENTS);
            return Err(OrderError::TooManyAttachments { found, limit });
        }
        attachments.iter().zip(1..).try_for_each(|(attachment, number)| attachment.check(number))?;
        let found = attachments.iter().fold(0_u64, |sum, attachment| sum.saturating_add(attachment.size));
        let limit = Order::MAX_ATTACHMENT_BYTES;
        if found > limit { Err(OrderError::AttachmentsTooLarge { found, limit }) } else { Ok(()) }
    }

    fn check(&self, number: usize) -> Result<(), OrderError> {
        check_line("attachment's reference", &self.reference, Order::MAX_REFERENCE_BYTES)?;
        check_line("attachment's file name", &self.file_name, Order::MAX_FILE_NAME_BYTES)?;
        let is_token = |part: &str| {
            let is_token_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
            !part.is_empty() && part.bytes().all(is_token_byte)
        };
        let is_media_type =
            self.content_type.split_once('/').is_some_and(|(kind, name)| is_token(kind) && is_token(name));
        if self.file_name.contains(['/', '\\', '"']) || !is_media_type {
            return Err(OrderError::BadAttachment { number });
        }
        Ok(())
    }
}
