//! AES-256-GCM with random nonces under one key.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};

use super::SealError;

/// Seals bytes for a place, which open there and nowhere else.
pub(super) struct Cipher(LessSafeKey);

impl Cipher {
    /// The cipher of a key of 32 bytes.
    pub(super) fn new(key: &[u8]) -> Result<Self, SealError> {
        let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| SealError::Refused)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals bytes for a place: a random nonce, the bytes encrypted, the tag.
    pub(super) fn seal(&self, place: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
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
    pub(super) fn open(&self, place: &[u8], mut sealed: Vec<u8>) -> Result<Vec<u8>, SealError> {
        let nonce = *sealed.first_chunk::<NONCE_LEN>().ok_or(SealError::Refused)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.0.open_within(nonce, Aad::from(place), &mut sealed, NONCE_LEN..);
        let length = opened.map_err(|_| SealError::Refused)?.len();
        sealed.truncate(length);
        Ok(sealed)
    }
}
