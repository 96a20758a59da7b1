//! Why a register does not answer.

use altinn_core::store::StoreError;
use thiserror::Error;

use crate::{KeyringError, SealError};

/// Why a contact register did not answer. Whom it was asked about never appears in it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ContactError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is kept in the store cannot be opened, or may be there under a key that is not in the keyring.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// What the register holds is not in order.
    #[error("the contact register holds {what} that cannot be used")]
    NotInOrder {
        /// What it is: an address, or a language.
        what: &'static str,
    },
    /// The register did not answer, or not in order.
    #[error("the contact register did not answer: {reason}")]
    Unavailable {
        /// What failed.
        reason: String,
    },
    /// The register does not let this program ask.
    #[error("the contact register refused to answer: {reason}")]
    Refused {
        /// What it said.
        reason: String,
    },
    /// More people at once than a register takes.
    #[error("{found} people were asked for at once, at most {limit}")]
    TooMany {
        /// How many.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
}

impl ContactError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::NotInOrder { .. } => "NOTIFY-CONTACT-NOT-IN-ORDER",
            Self::Unavailable { .. } => "NOTIFY-CONTACT-UNAVAILABLE",
            Self::Refused { .. } => "NOTIFY-CONTACT-REFUSED",
            Self::TooMany { .. } => "NOTIFY-CONTACT-TOO-MANY",
        }
    }
}

impl From<KeyringError> for ContactError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Store(error) => Self::Store(error),
            KeyringError::Seal(error) => Self::Seal(error),
        }
    }
}
