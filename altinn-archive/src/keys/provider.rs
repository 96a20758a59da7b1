//! What the archive asks of whoever keeps the agency's keys.

use std::fmt::Debug;

use altinn_core::key::SecretKey;
use async_trait::async_trait;
use thiserror::Error;

use super::KeyGeneration;

/// Keeps the agency's keys, and wraps and unwraps others with them: a folder ([`KeyFolder`](super::KeyFolder)), or a
/// KMS or HSM that the agency puts in.
///
/// # Contract
/// - A key that was wrapped unwraps for the same generation and the same `bound_to`, and for no other; what was
///   altered does not unwrap ([`KeyProviderError::Refused`]).
/// - A generation that is unknown is never made anew ([`KeyProviderError::NoSuchKey`]).
/// - Once [`destroy`](KeyProvider::destroy) has answered, nobody unwraps with the generation again.
#[async_trait]
pub trait KeyProvider: Debug + Send + Sync {
    /// The generation that new keys are to be wrapped with.
    ///
    /// # Errors
    /// [`KeyProviderError::Unavailable`] when it cannot be asked.
    async fn current(&self) -> Result<KeyGeneration, KeyProviderError>;

    /// Wraps a key; `bound_to` is not secret and must be given again to unwrap it.
    ///
    /// # Errors
    /// A [`KeyProviderError`].
    async fn wrap_key(
        &self,
        generation: &KeyGeneration,
        key: &SecretKey,
        bound_to: &[u8],
    ) -> Result<Vec<u8>, KeyProviderError>;

    /// Unwraps a key.
    ///
    /// # Errors
    /// A [`KeyProviderError`].
    async fn unwrap_key(
        &self,
        generation: &KeyGeneration,
        wrapped: &[u8],
        bound_to: &[u8],
    ) -> Result<SecretKey, KeyProviderError>;

    /// Destroys a generation for ever. Destroying it again is no error.
    ///
    /// # Errors
    /// [`KeyProviderError::Current`] for the current one, and others.
    async fn destroy(&self, generation: &KeyGeneration) -> Result<(), KeyProviderError>;
}

/// Why the keeper of the keys did not do what it was asked. No key ever appears in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyProviderError {
    /// There is no such generation.
    #[error("the agency's key `{generation}` is not there")]
    NoSuchKey {
        /// Which one.
        generation: KeyGeneration,
    },
    /// The generation was destroyed.
    #[error("the agency's key `{generation}` was destroyed")]
    Destroyed {
        /// Which one.
        generation: KeyGeneration,
    },
    /// What was to be unwrapped is not what this generation wrapped.
    #[error("the agency's key `{generation}` does not open what is said to be wrapped with it")]
    Refused {
        /// Which one.
        generation: KeyGeneration,
    },
    /// The current generation cannot be destroyed.
    #[error("the agency's key `{generation}` is the current one")]
    Current {
        /// Which one.
        generation: KeyGeneration,
    },
    /// The keys cannot be reached.
    #[error("the agency's keys are unavailable: {reason}")]
    Unavailable {
        /// Why not.
        reason: String,
    },
}

impl KeyProviderError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSuchKey { .. } => "KEYS-NO-SUCH-KEY",
            Self::Destroyed { .. } => "KEYS-DESTROYED",
            Self::Refused { .. } => "KEYS-REFUSED",
            Self::Current { .. } => "KEYS-CURRENT",
            Self::Unavailable { .. } => "KEYS-UNAVAILABLE",
        }
    }
}
