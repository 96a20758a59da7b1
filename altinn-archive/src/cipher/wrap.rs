//! Keys that are encrypted with another key.

use altinn_core::key::SecretKey;
use zeroize::Zeroizing;

use super::aead::{Cipher, NONCE, NotAuthentic, TAG};
use crate::entry::{SaltSource as _, SystemSalts};
use crate::error::ArchiveError;

/// Encrypts a key, bound to what it is for, with a random nonce: good for 2^32 keys under one.
pub(crate) fn wrap_key(with: &Cipher, key: &SecretKey, bound_to: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    seal_with_nonce(with, key.expose(), bound_to)
}

/// Decrypts a key that was wrapped for the same purpose.
pub(crate) fn unwrap_key(with: &Cipher, wrapped: &[u8], bound_to: &[u8]) -> Result<SecretKey, NotAuthentic> {
    let key = open_with_nonce(with, wrapped, bound_to)?;
    Ok(SecretKey::from_bytes(key.as_slice().try_into().map_err(|_| NotAuthentic)?))
}

/// Encrypts a few bytes with a random nonce before them and their tag behind: as wide as they are and 28 bytes more.
pub(crate) fn seal_with_nonce(with: &Cipher, bytes: &[u8], bound_to: &[u8]) -> Result<Vec<u8>, ArchiveError> {
    let mut nonce = [0; NONCE];
    SystemSalts.fill(&mut nonce)?;
    let mut sealed = Vec::with_capacity(NONCE + bytes.len() + TAG);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(bytes);
    let inner = sealed.get_mut(NONCE..).unwrap_or_default();
    let tag = with.seal(nonce, bound_to, inner).map_err(|_| ArchiveError::damaged("a key"))?;
    sealed.extend_from_slice(&tag);
    Ok(sealed)
}

/// Decrypts what [`seal_with_nonce`] has given.
pub(crate) fn open_with_nonce(
    with: &Cipher,
    sealed: &[u8],
    bound_to: &[u8],
) -> Result<Zeroizing<Vec<u8>>, NotAuthentic> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(NotAuthentic)?;
    let mut bytes = Zeroizing::new(sealed.to_vec());
    let length = with.open(*nonce, bound_to, &mut bytes)?.len();
    bytes.truncate(length);
    Ok(bytes)
}
