//! Why a file is not brokered.

use altinn_archive::{ArchiveError, ContentError};
use altinn_auth::decision::AccessError;
use altinn_auth::register::RegisterError;
use altinn_core::IdempotencyError;
use altinn_core::store::StoreError;
use thiserror::Error;

use super::TransferStatus;
use crate::event::EventError;
use crate::refused::Refused;

/// Why a file is not brokered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// There is no such party or transfer, or the caller has nothing to do with it.
    #[error("there is no such file transfer")]
    NotFound,
    /// The caller represents the party, and may not do this.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// There are no recipients, or too many.
    #[error("a transfer has 1 to {limit} recipients, not {found}")]
    RecipientCount {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// A recipient is named twice, is not in the register, or is not on the service's access list (Altinn's error 28).
    #[error("recipient {position} cannot receive: {reason}")]
    Recipient {
        /// Which one, from 1.
        position: usize,
        /// Why not.
        reason: &'static str,
    },
    /// A text beside the file is too long, or there are too many of them.
    #[error("{what} is larger than the {limit} that are taken")]
    TooLong {
        /// What: `the reference`, `the properties`, a property's name or value.
        what: &'static str,
        /// How many characters or entries are taken.
        limit: usize,
    },
    /// The file is larger than the service takes, or than was announced.
    #[error("the file has more than {limit} bytes")]
    TooLarge {
        /// How many bytes it may have.
        limit: u64,
    },
    /// The upload does not go on where it stands (409 in tus).
    #[error("the upload stands at byte {expected}, not at {found}")]
    Offset {
        /// Where it stands.
        expected: u64,
        /// Where the caller wanted to go on.
        found: u64,
    },
    /// The sender's stream broke off; go on from where the upload stands.
    #[error("the upload broke off at byte {received}: {reason}")]
    Interrupted {
        /// Where it stands.
        received: u64,
        /// What the stream said.
        reason: String,
    },
    /// The file ended before all the bytes were there that were announced.
    #[error("{received} of {announced} bytes are there")]
    Incomplete {
        /// How many are there.
        received: u64,
        /// How many were announced.
        announced: u64,
    },
    /// The file is not what its sender said; the transfer has failed.
    #[error("the file does not have the checksum that was announced")]
    Checksum,
    /// The transfer's status does not allow it.
    #[error("the transfer is {}", .status.as_str())]
    Status {
        /// The status.
        status: TransferStatus,
    },
    /// A recipient confirms what it has not downloaded (Altinn's error 19).
    #[error("the file was not downloaded by this recipient")]
    NotDownloaded,
    /// It has not come so far that there is a receipt of it.
    #[error("there is no receipt of it yet")]
    NoReceipt,
    /// What it rests on was changed meanwhile, again and again.
    #[error("the transfer was changed by others meanwhile")]
    Changed,
    /// The idempotency key was used for another request, or is not in order.
    #[error(transparent)]
    Idempotency(#[from] IdempotencyError),
    /// An event cannot be told.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The register of parties.
    #[error(transparent)]
    Parties(#[from] RegisterError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The content.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refused> for BrokerError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Self::NotFound,
            Refused::Access(error) => Self::Access(error),
            Refused::Parties(error) => Self::Parties(error),
        }
    }
}

impl BrokerError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "BROKER-NOT-FOUND",
            Self::Access(error) => error.code(),
            Self::RecipientCount { .. } => "BROKER-RECIPIENT-COUNT",
            Self::Recipient { .. } => "BROKER-RECIPIENT",
            Self::TooLong { .. } => "BROKER-TOO-LONG",
            Self::TooLarge { .. } => "BROKER-TOO-LARGE",
            Self::Offset { .. } => "BROKER-OFFSET",
            Self::Interrupted { .. } => "BROKER-INTERRUPTED",
            Self::Incomplete { .. } => "BROKER-INCOMPLETE",
            Self::Checksum => "BROKER-CHECKSUM",
            Self::Status { .. } => "BROKER-STATUS",
            Self::NotDownloaded => "BROKER-NOT-DOWNLOADED",
            Self::NoReceipt => "BROKER-NO-RECEIPT",
            Self::Changed => "BROKER-CHANGED",
            Self::Idempotency(error) => error.code(),
            Self::Event(error) => error.code(),
            Self::Parties(error) => error.code(),
            Self::Archive(error) => error.code(),
            Self::Content(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }

    /// Whether trying again may succeed, since another writer was first.
    pub(super) fn is_conflict(&self) -> bool {
        match self {
            Self::Store(error) => error.is_conflict(),
            Self::Archive(ArchiveError::Store(error)) => error.is_conflict(),
            _ => false,
        }
    }
}
