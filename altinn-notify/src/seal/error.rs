//! Why something cannot be sealed or opened.

use altinn_core::key::{self, KeyError};
use altinn_core::store::StoreError;
use thiserror::Error;

/// Why something cannot be sealed or opened. What it is about never appears in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SealError {
    /// It is sealed under a key that the keyring does not hold.
    #[error("the key `{key}` that it is sealed under is not in the keyring")]
    NoSuchKey {
        /// The key's name, as [`Keyring::name`](super::Keyring::name) gives it.
        key: String,
    },
    /// It is not what was sealed in this place: it was changed, or moved here from elsewhere.
    #[error("what is kept is not what was sealed in this place")]
    Refused,
    /// The machine gives no random numbers.
    #[error("no random numbers are to be had")]
    NoRandomness,
}

impl SealError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchKey { .. } => "NOTIFY-SEAL-NO-SUCH-KEY",
            Self::Refused => "NOTIFY-SEAL-REFUSED",
            Self::NoRandomness => "NOTIFY-SEAL-NO-RANDOMNESS",
        }
    }
}

impl From<key::SealError> for SealError {
    fn from(error: key::SealError) -> Self {
        match error {
            key::SealError::NoSuchKey { key } => Self::NoSuchKey { key },
            key::SealError::NoRandomness => Self::NoRandomness,
            _ => Self::Refused,
        }
    }
}

impl From<KeyError> for SealError {
    fn from(_: KeyError) -> Self {
        Self::NoRandomness
    }
}

/// Why what is sealed in the store is not read or sealed anew.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keyring does not open it.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl KeyringError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Seal(error) => error.code(),
        }
    }
}
