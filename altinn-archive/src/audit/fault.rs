//! What is not as it was archived.

use altinn_core::store::StoreError;
use thiserror::Error;
use uuid::Uuid;

use crate::content::ContentError;
use crate::entry::EntryId;
use crate::error::ArchiveError;
use crate::keys::{KeyGeneration, KeyProviderError};

/// Something that is not as it was archived. Places in the log are counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// An entry does not say what was archived.
    #[error("entry `{entry}` at place {index} was altered: {what}")]
    Altered {
        /// Its place in the log.
        index: u64,
        /// Which entry.
        entry: EntryId,
        /// What of it.
        what: String,
    },
    /// An entry that waits to be put into the log does not say what was archived.
    #[error("entry `{entry}`, which waits for the log, was altered: {what}")]
    AlteredWaiting {
        /// Which entry.
        entry: EntryId,
        /// What of it.
        what: String,
    },
    /// An entry is gone.
    #[error("the entry at place {index} was removed")]
    Removed {
        /// Its place in the log.
        index: u64,
    },
    /// An entry stands at another place than the log says.
    #[error("entry `{entry}` was put to place {index}; it belongs to place {belongs_at}")]
    Reordered {
        /// The place where it is.
        index: u64,
        /// Which entry.
        entry: EntryId,
        /// The place where it belongs.
        belongs_at: u64,
    },
    /// One of these entries is not what the log has signed, and so is the log's own copy.
    #[error("an entry from place {first} to {last} was altered, and the log's tiles with it")]
    AlteredAmong {
        /// The first place.
        first: u64,
        /// The last place.
        last: u64,
    },
    /// An entry or its content is there, but neither in the log nor waiting for it.
    #[error("entry `{entry}` was added to the archive past the log, or taken out of the log")]
    Unlogged {
        /// Which entry.
        entry: EntryId,
    },
    /// A tile of the log does not follow from the entries, which are as the log has signed them.
    #[error("tile {index} of level {level} was altered or removed")]
    Tile {
        /// The tile's level.
        level: u8,
        /// Its place in the level.
        index: u64,
    },
    /// A checkpoint is gone, or is not the one that was signed.
    #[error("the checkpoint of size {size} was altered or removed")]
    Checkpoint {
        /// The number of leaves that it covers.
        size: u64,
    },
    /// A cosignature was altered, stands beneath no checkpoint of the log, or is of a witness that the audit was not told
    /// of.
    #[error(
        "the cosignature of `{witness}` beneath the checkpoint of size {size} was altered or is of nobody known"
    )]
    Cosignature {
        /// The number of leaves that the checkpoint covers.
        size: u64,
        /// The name and the key id of the witness, as the row has them.
        witness: String,
    },
    /// A key that wraps those of entries is not the one that was kept, or is said to be another party's.
    #[error("the wrapping key `{key}` was altered")]
    Key {
        /// Which key.
        key: Uuid,
    },
    /// What the archive keeps under a generation of the agency's key was altered.
    #[error("what is kept under the agency's key `{generation}` was altered")]
    Generation {
        /// Which generation.
        generation: KeyGeneration,
    },
    /// What is noted of an erasure is not what the log's key has signed, or an object in use is noted for removal.
    #[error("what is noted of the erasure of entry `{entry}`, or of an object of it, was altered")]
    Erasure {
        /// Which entry.
        entry: EntryId,
    },
    /// The row with the log's state is not the one that was signed last.
    #[error("the log's state was altered or put back")]
    Head,
    /// The log has fewer leaves than the anchor says.
    #[error("the archive was put back: it had {anchored} entries, and has {found}")]
    RolledBack {
        /// The number of leaves according to the anchor.
        anchored: u64,
        /// The number of leaves that there are.
        found: u64,
    },
    /// The first leaves are not those that the anchor says.
    #[error("the first {size} entries are not those that the anchor commits to")]
    Rewritten {
        /// The number of leaves according to the anchor.
        size: u64,
    },
}

impl Fault {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Altered { .. } => "AUDIT-ALTERED",
            Self::AlteredWaiting { .. } => "AUDIT-ALTERED-WAITING",
            Self::Removed { .. } => "AUDIT-REMOVED",
            Self::Reordered { .. } => "AUDIT-REORDERED",
            Self::AlteredAmong { .. } => "AUDIT-ALTERED-AMONG",
            Self::Unlogged { .. } => "AUDIT-UNLOGGED",
            Self::Tile { .. } => "AUDIT-TILE",
            Self::Checkpoint { .. } => "AUDIT-CHECKPOINT",
            Self::Cosignature { .. } => "AUDIT-COSIGNATURE",
            Self::Key { .. } => "AUDIT-KEY",
            Self::Generation { .. } => "AUDIT-GENERATION",
            Self::Erasure { .. } => "AUDIT-ERASURE",
            Self::Head => "AUDIT-HEAD",
            Self::RolledBack { .. } => "AUDIT-ROLLED-BACK",
            Self::Rewritten { .. } => "AUDIT-REWRITTEN",
        }
    }
}

/// Why an audit stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// It has found something.
    Fault(Fault),
    /// It cannot read on.
    Error(ArchiveError),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<E: Into<ArchiveError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// What was read, or a fault when it is there and not of the right form, or is not there.
pub(super) fn or_fault<T, E: Into<ArchiveError>>(
    read: Result<T, E>,
    fault: impl FnOnce() -> Fault,
) -> Result<T, Stop> {
    read.map_err(|error| match error.into() {
        ArchiveError::Damaged { .. }
        | ArchiveError::Erased { .. }
        | ArchiveError::NotFound { .. }
        | ArchiveError::NoElement { .. }
        | ArchiveError::Store(StoreError::Decode { .. } | StoreError::NotFound { .. })
        | ArchiveError::Key(KeyProviderError::Refused { .. } | KeyProviderError::NoSuchKey { .. })
        | ArchiveError::Content(ContentError::Missing | ContentError::Altered) => fault().into(),
        error => Stop::Error(error),
    })
}
