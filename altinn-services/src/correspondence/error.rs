//! Why something could not be done with a correspondence.

use altinn_archive::ArchiveError;
use altinn_auth::decision::AccessError;
use altinn_auth::register::RegisterError;
use altinn_core::IdempotencyError;
use altinn_core::store::StoreError;
use altinn_notify::contact::ContactError;
use altinn_notify::{OrderError, TemplateError};
use thiserror::Error;

use super::{AttachmentRefusal, Fault, ForwardingRefusal, Refusal};
use crate::event::EventError;

/// Why something could not be done with a correspondence.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CorrespondenceError {
    /// There is no such party or correspondence, or the caller has nothing to do with it.
    #[error("there is no such correspondence")]
    NotFound,
    /// The caller represents the party, and may not do this.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// What is to be sent is not in order: where and why.
    #[error("the correspondence has {} faults, the first at {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Invalid(Vec<Fault>),
    /// It cannot happen to the correspondence as it stands.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It cannot be done with a file.
    #[error("{reason}")]
    Attachment {
        /// Why not.
        reason: AttachmentRefusal,
    },
    /// It cannot be forwarded, or not so.
    #[error("{reason}")]
    Forwarding {
        /// Why not.
        reason: ForwardingRefusal,
    },
    /// There is no such reply option, attachment or receipt.
    #[error("the correspondence has no such {0}")]
    Nothing(&'static str),
    /// Somebody else changed it, or the rights to it, again and again.
    #[error("the correspondence, or the rights to it, changed meanwhile")]
    Changed,
    /// The idempotency key was used for another correspondence, or is not in order.
    #[error(transparent)]
    Idempotency(#[from] IdempotencyError),
    /// The register of parties.
    #[error(transparent)]
    Parties(#[from] RegisterError),
    /// The contact and reservation register does not say who is reserved.
    #[error(transparent)]
    Contacts(#[from] ContactError),
    /// The words of a notification.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A notification.
    #[error(transparent)]
    Notification(#[from] OrderError),
    /// An event.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The store.
    #[error(transparent)]
    Store(StoreError),
    /// What is stored is not what it must be.
    #[error("the column `{column}` does not hold what it must")]
    Stored {
        /// The column.
        column: &'static str,
    },
}

impl CorrespondenceError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "CORRESPONDENCE-NOT-FOUND",
            Self::Access(error) => error.code(),
            Self::Invalid(_) => "CORRESPONDENCE-INVALID",
            Self::Refused(refusal) => refusal.code(),
            Self::Attachment { reason } => reason.code(),
            Self::Forwarding { reason } => reason.code(),
            Self::Nothing(_) => "CORRESPONDENCE-NOTHING",
            Self::Changed => "CORRESPONDENCE-CHANGED",
            Self::Idempotency(error) => error.code(),
            Self::Parties(error) => error.code(),
            Self::Contacts(error) => error.code(),
            Self::Template(error) => error.code(),
            Self::Notification(error) => error.code(),
            Self::Event(error) => error.code(),
            Self::Archive(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Stored { .. } => "CORRESPONDENCE-STORED",
        }
    }
}

impl CorrespondenceError {
    /// Whether what was to be read is erased: it does not come back, however often it is tried.
    pub(super) fn is_erased(&self) -> bool {
        matches!(self, Self::Archive(ArchiveError::Erased { .. }))
    }
}

impl From<StoreError> for CorrespondenceError {
    fn from(error: StoreError) -> Self {
        if error.is_conflict() { Self::Changed } else { Self::Store(error) }
    }
}
