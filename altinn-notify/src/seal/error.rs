//! Why what is sealed cannot be read.

use altinn_core::key::SealError;
use altinn_core::store::StoreError;
use thiserror::Error;

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
