//! Why content cannot be kept or read.

use altinn_core::store::StoreError;
use thiserror::Error;

use crate::cipher::NotAuthentic;

/// Why content cannot be kept or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ContentError {
    /// The object store refuses or does not answer.
    #[error("the object store is unavailable: {reason}")]
    Objects {
        /// What it said.
        reason: String,
    },
    /// The address of the object store is wrong, or the program was built without what it needs.
    #[error("the objects' address cannot be used: {reason}")]
    Address {
        /// Why not; the address, which may hold a key, is not repeated.
        reason: String,
    },
    /// The object that holds the content is gone.
    #[error("the object that holds the content is missing")]
    Missing,
    /// The bytes are not those that were archived.
    #[error("the content is not what was archived")]
    Altered,
    /// The content is larger than the caller wants.
    #[error("the content has {size} bytes, more than the {limit} that were asked for")]
    TooLarge {
        /// How many bytes it has.
        size: u64,
        /// How many may be read.
        limit: u64,
    },
    /// The content was written so long ago, without being archived, that it has been removed.
    #[error("the content was written too long ago without being archived")]
    Expired,
    /// The store, where the object's name is noted before it is written, could not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ContentError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Objects { .. } => "CONTENT-OBJECTS",
            Self::Address { .. } => "CONTENT-ADDRESS",
            Self::Missing => "CONTENT-MISSING",
            Self::Altered => "CONTENT-ALTERED",
            Self::TooLarge { .. } => "CONTENT-TOO-LARGE",
            Self::Expired => "CONTENT-EXPIRED",
            Self::Store(error) => error.code(),
        }
    }
}

impl From<object_store::Error> for ContentError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            other => Self::Objects { reason: other.to_string() },
        }
    }
}

impl From<NotAuthentic> for ContentError {
    fn from(_: NotAuthentic) -> Self {
        Self::Altered
    }
}
