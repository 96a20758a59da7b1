//! Where the bytes of attachments come from.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use thiserror::Error;

use super::EmailAttachment;
use crate::Attachment;

/// Gives the bytes of attachments by their references; an agency's archive or file store.
#[async_trait]
pub trait AttachmentSource: fmt::Debug + Send + Sync {
    /// The bytes that a reference stands for, at most `limit`: a source stops reading there, and says
    /// [`AttachmentError::TooLarge`].
    async fn read(&self, reference: &str, limit: u64) -> Result<Vec<u8>, AttachmentError>;
}

/// Why an attachment cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AttachmentError {
    /// There is nothing under the reference, and there will not be.
    #[error("an attachment is not there")]
    NotFound,
    /// It has more bytes than the order said.
    #[error("an attachment is larger than the order said")]
    TooLarge,
    /// It cannot be had now.
    #[error("an attachment cannot be read now: {reason}")]
    Unavailable {
        /// Why.
        reason: String,
    },
}

impl AttachmentError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "NOTIFY-ATTACHMENT-NOT-FOUND",
            Self::TooLarge => "NOTIFY-ATTACHMENT-TOO-LARGE",
            Self::Unavailable { .. } => "NOTIFY-ATTACHMENT-UNAVAILABLE",
        }
    }
}

/// The sources of a notifier, each with the beginning of the references that it answers for.
#[derive(Debug, Clone, Default)]
pub(crate) struct AttachmentSources(Vec<(String, Arc<dyn AttachmentSource>)>);

impl AttachmentSources {
    /// Has a source answer for references that begin so, in the place of the one that did.
    pub(crate) fn set(&mut self, beginning: String, source: Arc<dyn AttachmentSource>) {
        self.0.retain(|(known, _)| *known != beginning);
        self.0.push((beginning, source));
    }

    /// The source with the longest beginning that a reference has.
    fn of(&self, reference: &str) -> Option<&dyn AttachmentSource> {
        let fitting = self.0.iter().filter(|(beginning, _)| reference.starts_with(beginning.as_str()));
        fitting.max_by_key(|(beginning, _)| beginning.len()).map(|(_, source)| source.as_ref())
    }

    /// Reads all attachments of a mail.
    pub(crate) async fn read_all(
        &self,
        attachments: &[Attachment],
    ) -> Result<Vec<EmailAttachment>, AttachmentError> {
        let mut read = Vec::with_capacity(attachments.len());
        for attachment in attachments {
            let source = self.of(&attachment.reference).ok_or_else(|| AttachmentError::Unavailable {
                reason: "the notifier was given no source of attachments".to_owned(),
            })?;
            let content = source.read(&attachment.reference, attachment.size).await?;
            if content.len() as u64 > attachment.size {
                return Err(AttachmentError::TooLarge);
            }
            read.push(EmailAttachment::new(&*attachment.file_name, &*attachment.content_type, content));
        }
        Ok(read)
    }
}
