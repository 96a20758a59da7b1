//! Content that is ready to be archived.

use std::fmt;

use altinn_core::Digest;
use altinn_core::key::SecretKey;
use bytes::Bytes;
use uuid::Uuid;
use zeroize::Zeroizing;

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

/// How bytes begin that say what content is: with the content itself, or with the name of its object.
const IN_MEMORY: u8 = 0;
const IN_OBJECT: u8 = 1;

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
    /// The digest of the chunks' tags.
    pub(crate) tags: Digest,
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

    /// All that it is, with the key of its object: to be encrypted before anybody keeps it.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::new());
        match &self.place {
            NewPlace::Memory(content) => {
                bytes.push(IN_MEMORY);
                bytes.extend_from_slice(content);
            }
            NewPlace::Object(object) => {
                bytes.push(IN_OBJECT);
                bytes.extend_from_slice(object.name.as_bytes());
                bytes.extend_from_slice(object.key.expose());
                bytes.extend_from_slice(&object.size.to_be_bytes());
                bytes.extend_from_slice(object.tags.as_bytes());
                bytes.extend_from_slice(&self.size.to_be_bytes());
                bytes.extend_from_slice(self.sha256.as_bytes());
            }
        }
        bytes
    }

    /// What [`StoredContent::to_bytes`] has given.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&kind, rest) = bytes.split_first()?;
        match kind {
            IN_MEMORY => Some(Bytes::copy_from_slice(rest).into()),
            IN_OBJECT => {
                let (name, rest) = rest.split_first_chunk::<16>()?;
                let (key, rest) = rest.split_first_chunk::<32>()?;
                let (sealed_size, rest) = rest.split_first_chunk::<8>()?;
                let (tags, rest) = rest.split_first_chunk::<32>()?;
                let (size, rest) = rest.split_first_chunk::<8>()?;
                let sha256: [u8; 32] = rest.try_into().ok()?;
                let object = NewObject {
                    name: Uuid::from_bytes(*name),
                    key: SecretKey::from_bytes(*key),
                    size: u64::from_be_bytes(*sealed_size),
                    tags: Digest::from_bytes(*tags),
                };
                Some(Self::in_object(u64::from_be_bytes(*size), Digest::from_bytes(sha256), object))
            }
            _ => None,
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
