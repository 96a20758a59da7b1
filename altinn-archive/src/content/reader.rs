//! Reading content with bounded memory; what has been altered is not taken for what was archived.

use std::fmt;

use altinn_core::{Digest, Sha256};
use bytes::{Bytes, BytesMut};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use thiserror::Error;
use uuid::Uuid;

use super::stored::Place;

/// Why content cannot be kept or read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ContentError {
    /// The object store refuses or does not answer.
    #[error("the object store is unavailable: {reason}")]
    Objects {
        /// What it said.
        reason: String,
    },
    /// The object that holds the content is gone.
    #[error("the object that holds the content is missing")]
    Missing,
    /// The bytes are not those that were archived.
    #[error("the content is not what was archived")]
    Altered,
    /// The content is larger than the caller wants.
    #[error("the content has {size} bytes, more than the {limit} that were asked for")]
    TooLarge {
        /// How many bytes it has.
        size: u64,
        /// How many may be read.
        limit: u64,
    },
}

impl ContentError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Objects { .. } => "CONTENT-OBJECTS",
            Self::Missing => "CONTENT-MISSING",
            Self::Altered => "CONTENT-ALTERED",
            Self::TooLarge { .. } => "CONTENT-TOO-LARGE",
        }
    }
}

impl From<object_store::Error> for ContentError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            other => Self::Objects { reason: other.to_string() },
        }
    }
}

/// The content of a data element, as a stream of pieces or whole.
pub struct ContentReader {
    pieces: BoxStream<'static, Result<Bytes, ContentError>>,
    size: u64,
    sha256: Digest,
}

impl ContentReader {
    /// Reads from where the content is.
    pub(crate) async fn open(
        objects: &dyn ObjectStore,
        place: Place,
        size: u64,
        sha256: Digest,
    ) -> Result<Self, ContentError> {
        let pieces = match place {
            Place::Row(bytes) => stream::iter([Ok(bytes)]).boxed(),
            Place::Object(name) => {
                let found = objects.get(&object_path(name)).await?;
                found.into_stream().map_err(ContentError::from).boxed()
            }
        };
        Ok(Self { pieces, size, sha256 })
    }

    /// The number of bytes that were archived.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The pieces, in their order. The last item is [`ContentError::Altered`] when they are not what was archived: act
    /// on the pieces only once the stream has ended well.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, ContentError>> + Send + 'static {
        let check = Check { sha256: Sha256::new(), left: self.size, expected: self.sha256 };
        stream::try_unfold((self.pieces, Some(check)), |(mut pieces, check)| async move {
            let Some(mut check) = check else { return Ok(None) };
            match pieces.try_next().await? {
                Some(piece) => {
                    check.update(&piece)?;
                    Ok(Some((piece, (pieces, Some(check)))))
                }
                None => check.finish().map(|()| None),
            }
        })
    }

    /// All bytes, at most `limit`.
    ///
    /// # Errors
    /// [`ContentError::TooLarge`], [`ContentError::Altered`], [`ContentError::Objects`].
    pub async fn bytes(self, limit: u64) -> Result<Bytes, ContentError> {
        if self.size > limit {
            return Err(ContentError::TooLarge { size: self.size, limit });
        }
        let whole = BytesMut::with_capacity(usize::try_from(self.size).unwrap_or_default());
        let collect = |mut whole: BytesMut, piece: Bytes| async move {
            whole.extend_from_slice(&piece);
            Ok(whole)
        };
        Ok(self.into_stream().try_fold(whole, collect).await?.freeze())
    }

    /// Reads all bytes and keeps none, to see whether they are what was archived.
    pub(crate) async fn check(self) -> Result<(), ContentError> {
        self.into_stream().try_for_each(|_| async { Ok(()) }).await
    }
}

/// What the pieces so far add up to.
struct Check {
    sha256: Sha256,
    left: u64,
    expected: Digest,
}

impl Check {
    fn update(&mut self, piece: &[u8]) -> Result<(), ContentError> {
        self.left = self.left.checked_sub(piece.len() as u64).ok_or(ContentError::Altered)?;
        self.sha256.update(piece);
        Ok(())
    }

    fn finish(self) -> Result<(), ContentError> {
        let whole = self.left == 0 && self.sha256.finish() == self.expected;
        if whole { Ok(()) } else { Err(ContentError::Altered) }
    }
}

/// Where an object lies: names are random, so the first two of their digits spread them over folders.
pub(super) fn object_path(name: Uuid) -> Path {
    let name = name.simple().to_string();
    let folder = name.get(name.len() - 2..).unwrap_or_default().to_owned();
    Path::from_iter(["content", folder.as_str(), name.as_str()])
}

impl fmt::Debug for ContentReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentReader({} bytes)", self.size)
    }
}
