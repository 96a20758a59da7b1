//! One key of AES-256-GCM.

use std::fmt;

use altinn_core::key::SecretKey;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use uuid::{Builder, Uuid};
use zeroize::Zeroizing;

use crate::entry::{NoRandomNumbers, SaltSource as _, SystemSalts};

/// How many bytes a tag has.
pub(crate) const TAG: usize = 16;

/// How many bytes a nonce has.
pub(crate) const NONCE: usize = 12;

/// The bytes are not what was encrypted with this key in this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotAuthentic;

/// A key that is ready to encrypt. No nonce may be used twice with one key.
pub(crate) struct Cipher(LessSafeKey);

impl Cipher {
    pub(crate) fn new(key: &SecretKey) -> Result<Self, NotAuthentic> {
        let key = UnboundKey::new(&AES_256_GCM, key.expose()).map_err(|_| NotAuthentic)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Encrypts in place; gives the tag that belongs behind the bytes.
    pub(crate) fn seal(
        &self,
        nonce: [u8; NONCE],
        bound_to: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; TAG], NotAuthentic> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self.0.seal_in_place_separate_tag(nonce, Aad::from(bound_to), bytes);
        tag.map_err(|_| NotAuthentic)?.as_ref().try_into().map_err(|_| NotAuthentic)
    }

    /// Decrypts in place bytes with their tag behind them; gives the bytes without it.
    pub(crate) fn open<'a>(
        &self,
        nonce: [u8; NONCE],
        bound_to: &[u8],
        bytes: &'a mut [u8],
    ) -> Result<&'a mut [u8], NotAuthentic> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.0.open_in_place(nonce, Aad::from(bound_to), bytes).map_err(|_| NotAuthentic)
    }
}

impl fmt::Debug for Cipher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cipher(***)")
    }
}

/// A new key: always of the machine's own random numbers, like all that must not come twice.
pub(crate) fn random_key() -> Result<SecretKey, NoRandomNumbers> {
    let mut bytes = Zeroizing::new([0; 32]);
    SystemSalts.fill(bytes.as_mut_slice())?;
    Ok(SecretKey::from_bytes(*bytes))
}

/// A new random name.
pub(crate) fn random_name() -> Result<Uuid, NoRandomNumbers> {
    let mut bytes = [0; 16];
    SystemSalts.fill(&mut bytes)?;
    Ok(Builder::from_random_bytes(bytes).into_uuid())
}
