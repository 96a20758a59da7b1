//! Why an inbox cannot be read.

use altinn_auth::decision::AccessError;
use altinn_auth::delegation::DelegationError;
use altinn_core::store::StoreError;

/// Why an inbox cannot be read, or an element not labelled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InboxError {
    /// There is no such inbox or element, or the caller may not know of it.
    #[error("there is no such inbox or element")]
    NotFound,
    /// The caller represents more parties than one list takes together: the query names some of them.
    #[error("the caller represents {found} parties, and one list is of {limit} at the most")]
    TooManyParties {
        /// How many.
        found: usize,
        /// How many one list takes.
        limit: usize,
    },
    /// An element has as many labels of the caller's own as it may have.
    #[error("an element has {limit} labels of one's own at the most")]
    TooManyLabels {
        /// How many.
        limit: usize,
    },
    /// Whether the caller may see something cannot be decided now.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// Whom the caller represents cannot be told.
    #[error(transparent)]
    Parties(#[from] DelegationError),
    /// What the store holds cannot be read, or another key sealed it.
    #[error("stored `{column}` of an element cannot be read")]
    Stored {
        /// What it is.
        column: &'static str,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl InboxError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "INBOX-NOT-FOUND",
            Self::TooManyParties { .. } => "INBOX-TOO-MANY-PARTIES",
            Self::TooManyLabels { .. } => "INBOX-TOO-MANY-LABELS",
            Self::Access(error) => error.code(),
            Self::Parties(error) => error.code(),
            Self::Stored { .. } => "INBOX-STORED",
            Self::Store(error) => error.code(),
        }
    }
}
