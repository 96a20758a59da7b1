//! What can go wrong in the archive.

use altinn_core::store::StoreError;
use thiserror::Error;

use crate::content::ContentError;
use crate::entry::{EntryError, EntryId, NoRandomNumbers};
use crate::keys::{KeyGeneration, KeyProviderError};
use crate::log::ProofError;
use crate::receipt::ReceiptError;

/// Why the archive could not do what it was asked. Personal data never appears in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArchiveError {
    /// The store could not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Content could not be kept or read.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The entry cannot be archived as it is.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// The agency's keys cannot be used.
    #[error(transparent)]
    Key(#[from] KeyProviderError),
    /// The entry was erased: what it said is gone, and the log proves that it was there.
    #[error("entry `{entry}` was erased, as entry `{by}` says")]
    Erased {
        /// Which entry.
        entry: EntryId,
        /// The entry that says so.
        by: EntryId,
    },
    /// A legal hold is on the entry.
    #[error("entry `{entry}` is held, and may not be erased")]
    Held {
        /// Which entry.
        entry: EntryId,
    },
    /// The entry is one of the archive's own, which say what was erased.
    #[error("entry `{entry}` says what was erased, and may not be erased itself")]
    OwnEntry {
        /// Which entry.
        entry: EntryId,
    },
    /// Keys beneath the generation are in use.
    #[error("keys are still wrapped with the agency's key `{generation}`")]
    KeyInUse {
        /// Which generation.
        generation: KeyGeneration,
    },
    /// The archive's log is signed with another key, and never with two.
    #[error("the archive's log is signed with key `{kept}` and not with `{given}`")]
    OtherKey {
        /// Origin and id of the key with which the log is signed.
        kept: String,
        /// Origin and id of the key that was given.
        given: String,
    },
    /// The archive has no such entry.
    #[error("the archive has no entry `{entry}`")]
    NotFound {
        /// Which entry.
        entry: EntryId,
    },
    /// The entry has no such element.
    #[error("entry `{entry}` has no element `{element}`")]
    NoElement {
        /// Which entry.
        entry: EntryId,
        /// Which element.
        element: String,
    },
    /// What is stored is not what was archived; `audit` says more.
    #[error("what is stored is damaged: {what}")]
    Damaged {
        /// What was found.
        what: String,
    },
    /// The entry is durable, but the log was too slow to prove it; ask for its receipt later.
    #[error("entry `{entry}` is archived, and not yet proved")]
    NotYetProved {
        /// Which entry.
        entry: EntryId,
    },
    /// The log has signed no checkpoint of this size.
    #[error("the log has no checkpoint of size {size}")]
    NoCheckpoint {
        /// How many leaves it was to cover.
        size: u64,
    },
    /// There is no such proof.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// What an audit was to be anchored to, or what was to be cosigned, is not of this log.
    #[error("the anchor: {0}")]
    Anchor(#[from] ReceiptError),
    /// The machine gives no random numbers.
    #[error(transparent)]
    NoRandomNumbers(#[from] NoRandomNumbers),
}

impl ArchiveError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Content(error) => error.code(),
            Self::Entry(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Erased { .. } => "ARCHIVE-ERASED",
            Self::Held { .. } => "ARCHIVE-HELD",
            Self::OwnEntry { .. } => "ARCHIVE-OWN-ENTRY",
            Self::KeyInUse { .. } => "ARCHIVE-KEY-IN-USE",
            Self::OtherKey { .. } => "ARCHIVE-OTHER-KEY",
            Self::NotFound { .. } => "ARCHIVE-NOT-FOUND",
            Self::NoElement { .. } => "ARCHIVE-NO-ELEMENT",
            Self::Damaged { .. } => "ARCHIVE-DAMAGED",
            Self::NotYetProved { .. } => "ARCHIVE-NOT-YET-PROVED",
            Self::NoCheckpoint { .. } => "ARCHIVE-NO-CHECKPOINT",
            Self::Proof(error) => error.code(),
            Self::Anchor(_) => "ARCHIVE-ANCHOR",
            Self::NoRandomNumbers(_) => "ARCHIVE-NO-RANDOM-NUMBERS",
        }
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}
