//! Why something cannot be sealed or opened.

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
            Self::NoSuchKey { .. } => "SEAL-NO-SUCH-KEY",
            Self::Refused => "SEAL-REFUSED",
            Self::NoRandomness => "SEAL-NO-RANDOMNESS",
        }
    }
}
