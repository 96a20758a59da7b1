//! Content of any size in authenticated chunks.
//!
//! A chunk is 64 KiB of content with its tag behind it; the last one may be shorter, and is there even when it is empty.
//! The nonce is the chunk's number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway
//! and Vizár, 2015), and every object has a key of its own: so chunks that are exchanged, left out, added or taken from
//! another object do not open.

use altinn_core::key::SecretKey;
use altinn_core::{Digest, Sha256};
use bytes::BytesMut;

use super::aead::{Cipher, NONCE, NotAuthentic, TAG};

/// How many bytes of content a chunk has.
pub(crate) const CHUNK: usize = 64 * 1024;

/// How many bytes a whole chunk takes.
pub(crate) const SEALED_CHUNK: usize = CHUNK + TAG;

/// The form of the chunks, bound into each.
const FORM: &[u8] = b"altinn-archive/content/v1";

/// Encrypts or decrypts the chunks of one object, one after the other.
#[derive(Debug)]
pub(crate) struct Chunks {
    cipher: Cipher,
    next: u32,
    tags: Sha256,
}

impl Chunks {
    /// From the chunk of this number on.
    pub(crate) fn from(key: &SecretKey, next: u32) -> Result<Self, NotAuthentic> {
        Ok(Self { cipher: Cipher::new(key)?, next, tags: Sha256::new() })
    }

    /// Encrypts what stands in a buffer from a place on, as the next chunk.
    pub(crate) fn seal(
        &mut self,
        buffer: &mut BytesMut,
        from: usize,
        last: bool,
    ) -> Result<(), NotAuthentic> {
        let nonce = self.nonce(last)?;
        let chunk = buffer.get_mut(from..).ok_or(NotAuthentic)?;
        let tag = self.cipher.seal(nonce, FORM, chunk)?;
        self.tags.update(&tag);
        buffer.extend_from_slice(&tag);
        Ok(())
    }

    /// Decrypts the next chunk in place.
    pub(crate) fn open(&mut self, chunk: &mut BytesMut, last: bool) -> Result<(), NotAuthentic> {
        let nonce = self.nonce(last)?;
        self.tags.update(chunk.last_chunk::<TAG>().ok_or(NotAuthentic)?);
        let length = self.cipher.open(nonce, FORM, chunk)?.len();
        chunk.truncate(length);
        Ok(())
    }

    /// The SHA-256 of the tags of all chunks so far, which tells what they are encrypted to. Only whoever has the key could
    /// make other chunks with these tags, and their content would have another digest.
    pub(crate) fn tags(&self) -> Digest {
        self.tags.clone().finish()
    }

    /// The next chunk's nonce: 7 bytes of 0, since no other object has the key; the number; whether it is the last.
    fn nonce(&mut self, last: bool) -> Result<[u8; NONCE], NotAuthentic> {
        let [a, b, c, d] = self.next.to_be_bytes();
        self.next = self.next.checked_add(1).ok_or(NotAuthentic)?;
        Ok([0, 0, 0, 0, 0, 0, 0, a, b, c, d, u8::from(last)])
    }
}

/// How many chunks content of this size has.
pub(crate) fn chunk_count(size: u64) -> u64 {
    size.div_ceil(CHUNK as u64).max(1)
}

/// How many bytes content of this size takes.
pub(crate) fn sealed_size(size: u64) -> u64 {
    size + chunk_count(size) * TAG as u64
}
