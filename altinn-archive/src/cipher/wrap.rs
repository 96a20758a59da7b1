//! Keys that are encrypted with another key.

use altinn_core::key::SecretKey;
use zeroize::Zeroizing;

use super::aead::{Cipher, NONCE, NotAuthentic, TAG};
use crate::entry::{SaltSource as _, SystemSalts};
use crate::error::ArchiveError;

/// How many bytes a wrapped key has: nonce, key, tag.
const WRAPPED: usize = NONCE + 32 + TAG;

/// Encrypts a key, bound to what it is for, with a random nonce: good for 2^32 keys under one.
pub(crate) fn wrap_key(with: &Cipher, key: &SecretKey, bound_to: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    let mut nonce = [0; NONCE];
    SystemSalts.fill(&mut nonce)?;
    let mut sealed = *key.expose();
    let tag = with.seal(nonce, bound_to, &mut sealed).map_err(|_| ArchiveError::damaged("a key"))?;
    let mut wrapped = Vec::with_capacity(WRAPPED);
    wrapped.extend_from_slice(&nonce);
    wrapped.extend_from_slice(&sealed);
    wrapped.extend_from_slice(&tag);
    Ok(wrapped)
}

/// Decrypts a key that was wrapped for the same purpose.
pub(crate) fn unwrap_key(with: &Cipher, wrapped: &[u8], bound_to: &[u8]) -> Result<SecretKey, NotAuthentic> {
    let (nonce, sealed) = wrapped.split_first_chunk::<NONCE>().ok_or(NotAuthentic)?;
    let mut sealed = Zeroizing::new(sealed.to_vec());
    let key = with.open(*nonce, bound_to, &mut sealed)?;
    Ok(SecretKey::from_bytes((&*key).try_into().map_err(|_| NotAuthentic)?))
}
