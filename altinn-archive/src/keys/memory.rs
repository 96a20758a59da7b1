//! Keys that end with the program.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use altinn_core::key::{KeyError, SecretKey};
use async_trait::async_trait;

use super::{KeyGeneration, KeyProvider, KeyProviderError};
use crate::cipher::{Cipher, unwrap_key, wrap_key};

/// Keys that end with the program: for tests.
pub struct MemoryKeys(Mutex<BTreeMap<u32, Kept>>);

/// A generation, and its key unless that was destroyed.
struct Kept {
    generation: KeyGeneration,
    key: Option<SecretKey>,
}

impl MemoryKeys {
    /// One generation, with a new key.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn generate() -> Result<Self, KeyError> {
        let keys = Self(Mutex::default());
        keys.rotate()?;
        Ok(keys)
    }

    /// Makes the next generation, which is then the current one.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn rotate(&self) -> Result<KeyGeneration, KeyError> {
        let key = SecretKey::generate()?;
        let mut all = self.lock();
        let number = all.last_key_value().map_or(1, |(last, _)| last + 1);
        let generation = KeyGeneration::of(number, &key);
        all.insert(number, Kept { generation: generation.clone(), key: Some(key) });
        Ok(generation)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cipher(&self, generation: &KeyGeneration) -> Result<Cipher, KeyProviderError> {
        let all = self.lock();
        let kept = all.values().find(|kept| kept.generation == *generation);
        let kept = kept.ok_or_else(|| KeyProviderError::NoSuchKey { generation: generation.clone() })?;
        let destroyed = || KeyProviderError::Destroyed { generation: generation.clone() };
        cipher(generation, kept.key.as_ref().ok_or_else(destroyed)?)
    }
}

/// A key, ready to wrap others.
pub(super) fn cipher(generation: &KeyGeneration, key: &SecretKey) -> Result<Cipher, KeyProviderError> {
    Cipher::new(key).map_err(|_| KeyProviderError::Refused { generation: generation.clone() })
}

/// Wraps a key with the key of a generation.
pub(super) fn wrap(with: &Cipher, key: &SecretKey, bound_to: &[u8]) -> Result<Vec<u8>, KeyProviderError> {
    wrap_key(with, key, bound_to).map_err(|error| KeyProviderError::Unavailable { reason: error.to_string() })
}

/// Unwraps a key with the key of a generation.
pub(super) fn unwrap(
    with: &Cipher,
    generation: &KeyGeneration,
    wrapped: &[u8],
    bound_to: &[u8],
) -> Result<SecretKey, KeyProviderError> {
    unwrap_key(with, wrapped, bound_to)
        .map_err(|_| KeyProviderError::Refused { generation: generation.clone() })
}

#[async_trait]
impl KeyProvider for MemoryKeys {
    async fn current(&self) -> Result<KeyGeneration, KeyProviderError> {
        let all = self.lock();
        let none = || KeyProviderError::Unavailable { reason: "there are none".to_owned() };
        Ok(all.last_key_value().ok_or_else(none)?.1.generation.clone())
    }

    async fn wrap_key(
        &self,
        generation: &KeyGeneration,
        key: &SecretKey,
        bound_to: &[u8],
    ) -> Result<Vec<u8>, KeyProviderError> {
        wrap(&self.cipher(generation)?, key, bound_to)
    }

    async fn unwrap_key(
        &self,
        generation: &KeyGeneration,
        wrapped: &[u8],
        bound_to: &[u8],
    ) -> Result<SecretKey, KeyProviderError> {
        unwrap(&self.cipher(generation)?, generation, wrapped, bound_to)
    }

    async fn destroy(&self, generation: &KeyGeneration) -> Result<(), KeyProviderError> {
        if self.current().await? == *generation {
            return Err(KeyProviderError::Current { generation: generation.clone() });
        }
        let mut all = self.lock();
        let kept = all.values_mut().find(|kept| kept.generation == *generation);
        kept.ok_or_else(|| KeyProviderError::NoSuchKey { generation: generation.clone() })?.key = None;
        Ok(())
    }
}

impl fmt::Debug for MemoryKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryKeys({} generations)", self.lock().len())
    }
}
