//! One key that seals: AES-256-GCM with random nonces.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use super::SealError;

/// A key that seals bytes for a place, which open there and nowhere else (AES-256-GCM, the place as additional data).
///
/// Nonces are random, so one key is good for 2^32 seals (NIST SP 800-38D, 8.3).
///
/// ```
/// use altinn_core::key::SealingKey;
///
/// let key = SealingKey::new(&[7; 32])?;
/// let sealed = key.seal(b"row 1", b"what it says")?;
/// assert_eq!(key.open(b"row 1", sealed.clone())?, b"what it says");
/// assert!(key.open(b"row 2", sealed).is_err());
/// # Ok::<(), altinn_core::key::SealError>(())
/// ```
pub struct SealingKey(LessSafeKey);

impl SealingKey {
    /// The key of 32 bytes.
    ///
    /// # Errors
    /// [`SealError::Refused`] when there are not as many.
    pub fn new(key: &[u8]) -> Result<Self, SealError> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| SealError::Refused)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals bytes for a place: a random nonce, the bytes encrypted, the tag; 28 bytes more than they are.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend(nonce);
        sealed.extend(plain);
        let (_, body) = sealed.split_at_mut(NONCE_LEN);
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::from(place), body);
        sealed.extend(tag.map_err(|_| SealError::Refused)?.as_ref());
        Ok(sealed)
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// [`SealError::Refused`] when it was not, or not under this key.
    pub fn open(&self, place: &[u8], mut sealed: Vec<u8>) -> Result<Vec<u8>, SealError> {
        let nonce = *sealed.first_chunk::<NONCE_LEN>().ok_or(SealError::Refused)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.0.open_within(nonce, Aad::from(place), &mut sealed, NONCE_LEN..);
        let length = opened.map_err(|_| SealError::Refused)?.len();
        sealed.truncate(length);
        Ok(sealed)
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(***)")
    }
}
