//! Reading content with bounded memory; what has been altered is not taken for what was archived.

use std::fmt;
use std::ops::Range;

use altinn_core::key::SecretKey;
use altinn_core::{Digest, Sha256};
use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use uuid::Uuid;

use super::error::ContentError;
use super::objects::{Objects, object_path};
use crate::cipher::{CHUNK, Chunks, SEALED_CHUNK, chunk_count, sealed_size};

/// Where the encrypted bytes are.
#[derive(Clone)]
pub(crate) enum Place {
    /// In the row.
    Row(Bytes),
    /// In the object of this name.
    Object(Uuid),
}

/// The content of a data element, as a stream of pieces or whole.
pub struct ContentReader {
    objects: Objects,
    place: Place,
    key: SecretKey,
    size: u64,
    sha256: Digest,
    range: Option<Range<u64>>,
}

impl ContentReader {
    /// Content that is so large and has this digest when it is decrypted.
    pub(crate) fn new(objects: Objects, place: Place, key: SecretKey, size: u64, sha256: Digest) -> Self {
        Self { objects, place, key, size, sha256, range: None }
    }

    /// The number of bytes that were archived.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Only these bytes, as far as there are any: no others are fetched but those that share a chunk of 64 KiB with
    /// them. They are authentic, though the digest of the whole is not looked at.
    #[must_use]
    pub fn range(mut self, range: Range<u64>) -> Self {
        let end = range.end.min(self.size);
        self.range = Some(range.start.min(end)..end);
        self
    }

    /// The pieces, in their order. The last item is [`ContentError::Altered`] when they are not what was archived: act
    /// on the pieces only once the stream has ended well.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, ContentError>> + Send + 'static {
        stream::once(async move { self.open().await })
            .map_ok(|opened| {
                stream::try_unfold(opened, |mut opened| async move {
                    Ok(opened.next().await?.map(|piece| (piece, opened)))
                })
            })
            .try_flatten()
    }

    /// All bytes, at most `limit`.
    ///
    /// # Errors
    /// [`ContentError::TooLarge`], [`ContentError::Altered`], [`ContentError::Missing`], [`ContentError::Objects`].
    pub async fn bytes(self, limit: u64) -> Result<Bytes, ContentError> {
        let size = self.range.as_ref().map_or(self.size, |range| range.end - range.start);
        if size > limit {
            return Err(ContentError::TooLarge { size, limit });
        }
        let whole = BytesMut::with_capacity(usize::try_from(size).unwrap_or_default());
        let collect = |mut whole: BytesMut, piece: Bytes| async move {
            whole.extend_from_slice(&piece);
            Ok(whole)
        };
        Ok(self.into_stream().try_fold(whole, collect).await?.freeze())
    }

    /// Reads all bytes and keeps none; gives the digest of their chunks' tags.
    pub(crate) async fn check(self) -> Result<Digest, ContentError> {
        let mut opened = self.open().await?;
        while opened.next().await?.is_some() {}
        Ok(opened.opener.tags())
    }

    async fn open(self) -> Result<Opened, ContentError> {
        let last = chunk_count(self.size) - 1;
        let chunks = match &self.range {
            Some(range) if range.is_empty() => 0..0,
            Some(range) => range.start / CHUNK as u64..(range.end - 1) / CHUNK as u64 + 1,
            None => 0..last + 1,
        };
        let sealed = chunks.start * SEALED_CHUNK as u64
            ..(chunks.end * SEALED_CHUNK as u64).min(sealed_size(self.size));
        let whole = self.range.is_none();
        let pieces = match self.place {
            Place::Row(bytes) => {
                let from = usize::try_from(sealed.start).unwrap_or(usize::MAX).min(bytes.len());
                stream::iter([Ok(bytes.slice(from..))]).boxed()
            }
            Place::Object(_) if sealed.is_empty() => stream::empty().boxed(),
            Place::Object(name) => self.objects.get(&object_path(name), (!whole).then_some(sealed)).await?,
        };
        let range = self.range.unwrap_or(0..self.size);
        let before = range.start - chunks.start * CHUNK as u64;
        Ok(Opened {
            pieces,
            buffer: BytesMut::new(),
            opener: Chunks::from(&self.key, u32::try_from(chunks.start).map_err(|_| ContentError::Altered)?)?,
            chunks,
            last,
            last_size: usize::try_from(self.size - last * CHUNK as u64).unwrap_or(CHUNK),
            before: usize::try_from(before).unwrap_or_default(),
            left: range.end - range.start,
            check: whole.then(|| (Sha256::new(), self.sha256)),
        })
    }
}

/// Content that is being read.
struct Opened {
    pieces: BoxStream<'static, Result<Bytes, ContentError>>,
    buffer: BytesMut,
    opener: Chunks,
    /// The numbers of the chunks that are still to be read.
    chunks: Range<u64>,
    /// The number of the content's last chunk, and how many bytes of content it holds.
    last: u64,
    last_size: usize,
    /// How many bytes before those that are wanted the next chunk has, and how many are wanted still.
    before: usize,
    left: u64,
    check: Option<(Sha256, Digest)>,
}

impl Opened {
    /// The next piece; none at the end, if all were what was archived.
    async fn next(&mut self) -> Result<Option<Bytes>, ContentError> {
        match self.next_sealed().await? {
            Some(sealed) => Ok(Some(self.unseal(sealed)?)),
            None => Ok(None),
        }
    }

    /// The next chunk as it is encrypted; none at the end, if all were what was archived.
    async fn next_sealed(&mut self) -> Result<Option<BytesMut>, ContentError> {
        let Some(number) = self.chunks.next() else { return self.end().await.map(|()| None) };
        let sealed = SEALED_CHUNK - if number == self.last { CHUNK - self.last_size } else { 0 };
        while self.buffer.len() < sealed {
            let piece = self.pieces.try_next().await?.ok_or(ContentError::Altered)?;
            self.take(piece);
        }
        Ok(Some(self.buffer.split_to(sealed)))
    }

    /// Takes a piece into the buffer: as it is, where nothing is left of those before it.
    fn take(&mut self, piece: Bytes) {
        let shared = if self.buffer.is_empty() { piece.try_into_mut() } else { Err(piece) };
        match shared {
            Ok(own) => self.buffer = own,
            Err(shared) => self.buffer.extend_from_slice(&shared),
        }
    }

    /// Decrypts the chunk that was taken last.
    fn unseal(&mut self, mut chunk: BytesMut) -> Result<Bytes, ContentError> {
        self.opener.open(&mut chunk, self.chunks.start > self.last)?;
        if let Some((sha256, _)) = &mut self.check {
            sha256.update(&chunk);
        }
        chunk.advance(std::mem::take(&mut self.before).min(chunk.len()));
        chunk.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.left -= chunk.len() as u64;
        Ok(chunk.freeze())
    }

    /// When all was read, nothing may be left over, and the whole must have its digest.
    async fn end(&mut self) -> Result<(), ContentError> {
        let Some((sha256, expected)) = self.check.take() else { return Ok(()) };
        while self.buffer.is_empty() {
            match self.pieces.try_next().await? {
                Some(piece) => self.buffer.extend_from_slice(&piece),
                None if sha256.finish() == expected => return Ok(()),
                None => return Err(ContentError::Altered),
            }
        }
        Err(ContentError::Altered)
    }
}

impl fmt::Debug for ContentReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentReader({} bytes)", self.size)
    }
}
