//! Content that is ready to be archived.

use std::fmt;

use altinn_core::Digest;
use bytes::Bytes;
use uuid::Uuid;

/// Content that is ready to be archived: few bytes, which go into the row, or the name of an object that is written.
///
/// ```
/// use altinn_archive::{Digest, StoredContent};
///
/// let content = StoredContent::from(b"{}".to_vec());
/// assert_eq!((content.size(), content.sha256()), (2, Digest::of(b"{}")));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct StoredContent {
    size: u64,
    sha256: Digest,
    place: Place,
}

/// Where the bytes are. Its number stands in the row, so that other ways of keeping can come beside these.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// 1: in the row.
    Row(Bytes),
    /// 2: in the object of this name.
    Object(Uuid),
}

impl StoredContent {
    /// How many bytes may stand in a row of the database.
    pub const INLINE_LIMIT: usize = 64 * 1024;

    /// What a writer has put into an object.
    pub(super) fn in_object(name: Uuid, size: u64, sha256: Digest) -> Self {
        Self { size, sha256, place: Place::Object(name) }
    }

    /// The number of bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The SHA-256 of the bytes.
    pub fn sha256(&self) -> Digest {
        self.sha256
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// The bytes when they are in memory and too many for a row.
    pub(crate) fn too_large_for_a_row(&self) -> Option<Bytes> {
        match &self.place {
            Place::Row(bytes) if bytes.len() > Self::INLINE_LIMIT => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl From<Bytes> for StoredContent {
    fn from(bytes: Bytes) -> Self {
        Self { size: bytes.len() as u64, sha256: Digest::of(&bytes), place: Place::Row(bytes) }
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
