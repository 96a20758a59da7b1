//! AES-256-GCM by ring: keys that encrypt, keys that wrap keys, and content in authenticated chunks.

mod aead;
mod chunks;
mod wrap;

pub(crate) use aead::{Cipher, NotAuthentic, random_key, random_name};
pub(crate) use chunks::{CHUNK, Chunks, SEALED_CHUNK, chunk_count, sealed_size};
pub(crate) use wrap::{open_with_nonce, seal_with_nonce, unwrap_key, wrap_key};
