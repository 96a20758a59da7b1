//! Why a register cannot tell.

use std::time::Duration;

use altinn_core::store::StoreError;
use thiserror::Error;

/// Why a register cannot tell. A decision that needs it refuses.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The store cannot be read.
    #[error("the register's store: {0}")]
    Store(#[from] StoreError),
    /// A register outside of the store does not answer, or answers in a way that is not understood.
    #[error("the register is unavailable: {reason}")]
    Unavailable {
        /// What happened, without personal data.
        reason: String,
    },
    /// A register has not answered in time.
    #[error("the register has not answered within {patience:?}")]
    TooSlow {
        /// How long it was waited for.
        patience: Duration,
    },
    /// A stored identifier cannot be opened: the register's key is another than the one it was stored with, or the
    /// row has been changed.
    #[error("an identifier in the register cannot be opened with this key")]
    Sealed,
    /// The store's register is kept under another key.
    #[error("the register in the store is kept under another key")]
    OtherKey,
    /// The machine gives no random numbers.
    #[error("no random numbers are to be had")]
    Randomness,
    /// A row holds what no version of this program writes.
    #[error("column `{column}` of the register holds what it must not")]
    Corrupt {
        /// The column.
        column: &'static str,
    },
}

impl RegisterError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store(error) => error.code(),
            Self::Unavailable { .. } => "AUTH-REGISTER-UNAVAILABLE",
            Self::TooSlow { .. } => "AUTH-REGISTER-TOO-SLOW",
            Self::Sealed => "AUTH-REGISTER-SEALED",
            Self::OtherKey => "AUTH-REGISTER-OTHER-KEY",
            Self::Randomness => "AUTH-REGISTER-RANDOMNESS",
            Self::Corrupt { .. } => "AUTH-REGISTER-CORRUPT",
        }
    }
}
