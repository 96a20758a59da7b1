//! Content that is ready to be archived.

use std::fmt;

use altinn_core::Digest;
use altinn_core::key::SecretKey;
use bytes::Bytes;
use uuid::Uuid;

/// Content that is ready to be archived: bytes in memory, or an encrypted object with the key that opens it. It is
/// archived once, by one entry.
///
/// ```
/// use altinn_archive::{Digest, StoredContent};
///
/// let content = StoredContent::from(b"{}".to_vec());
/// assert_eq!((content.size(), content.sha256()), (2, Digest::of(b"{}")));
/// ```
#[derive(Clone)]
pub struct StoredContent {
    size: u64,
    sha256: Digest,
    pub(crate) place: NewPlace,
}

/// Where the bytes are until they are archived.
#[derive(Clone)]
pub(crate) enum NewPlace {
    /// Here, and not encrypted yet.
    Memory(Bytes),
    /// In an object.
    Object(NewObject),
}

/// An encrypted object that no entry names yet.
#[derive(Clone)]
pub(crate) struct NewObject {
    pub(crate) name: Uuid,
    pub(crate) key: SecretKey,
    /// Of the encrypted bytes.
    pub(crate) size: u64,
    /// Of the encrypted bytes.
    pub(crate) digest: Digest,
}

impl StoredContent {
    /// How many bytes may stand in a row of the database.
    pub const INLINE_LIMIT: usize = 64 * 1024;

    /// What a writer has put into an object.
    pub(super) fn in_object(size: u64, sha256: Digest, object: NewObject) -> Self {
        Self { size, sha256, place: NewPlace::Object(object) }
    }

    /// The number of bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The SHA-256 of the bytes.
    pub fn sha256(&self) -> Digest {
        self.sha256
    }

    /// The object that holds the bytes.
    pub(crate) fn object(&self) -> Option<Uuid> {
        match &self.place {
            NewPlace::Memory(_) => None,
            NewPlace::Object(object) => Some(object.name),
        }
    }

    /// The bytes when they are in memory and too many for a row.
    pub(crate) fn too_large_for_a_row(&self) -> Option<Bytes> {
        match &self.place {
            NewPlace::Memory(bytes) if bytes.len() > Self::INLINE_LIMIT => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl From<Bytes> for StoredContent {
    fn from(bytes: Bytes) -> Self {
        Self { size: bytes.len() as u64, sha256: Digest::of(&bytes), place: NewPlace::Memory(bytes) }
    }
}

impl From<Vec<u8>> for StoredContent {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl fmt::Debug for StoredContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredContent({} bytes)", self.size)
    }
}
