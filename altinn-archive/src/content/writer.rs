//! Writing content of any size with bounded memory.

use std::fmt;
use std::sync::Arc;

use altinn_core::key::SecretKey;
use altinn_core::store::Store;
use altinn_core::{Clock, Sha256};
use bytes::BytesMut;
use object_store::MultipartUpload;
use uuid::Uuid;

use super::error::ContentError;
use super::objects::{Objects, object_path};
use super::stored::{NewObject, StoredContent};
use super::unnamed::Note;
use crate::cipher::{CHUNK, Chunks, SEALED_CHUNK};

/// Takes content piece by piece, and encrypts and sends it with one part in memory at the most.
///
/// What fits into a row stays out of the object store. Content counts once an entry names it: what was written and is
/// named by none, because the program ended in between, is removed after a day.
pub struct ContentWriter {
    objects: Objects,
    note: Note,
    name: Uuid,
    key: SecretKey,
    chunks: Chunks,
    sha256: Sha256,
    size: u64,
    sealed_size: u64,
    /// The part: encrypted chunks, and from `open` on a chunk that is not encrypted yet.
    part: BytesMut,
    open: usize,
    parts: u32,
    upload: Option<Box<dyn MultipartUpload>>,
}

impl ContentWriter {
    pub(crate) fn new(
        objects: Objects,
        store: Store,
        clock: Arc<dyn Clock>,
        name: Uuid,
        key: SecretKey,
    ) -> Result<Self, ContentError> {
        Ok(Self {
            objects,
            note: Note::new(store, clock, name),
            name,
            chunks: Chunks::from(&key, 0)?,
            key,
            sha256: Sha256::new(),
            size: 0,
            sealed_size: 0,
            part: BytesMut::new(),
            open: 0,
            parts: 0,
            upload: None,
        })
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// [`ContentError::Objects`] when the object store refuses or does not answer; what was written so far is then
    /// given up.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), ContentError> {
        self.size += piece.len() as u64;
        let mut rest = piece;
        while !rest.is_empty() {
            if self.part.len() - self.open == CHUNK {
                if self.parts == 0 {
                    self.make_room();
                }
                self.seal(false)?;
                if self.part.len() >= self.objects.part_size(self.parts) {
                    self.send().await?;
                }
            }
            let (taken, after) = rest.split_at((CHUNK + self.open - self.part.len()).min(rest.len()));
            self.sha256.update(taken);
            self.part.extend_from_slice(taken);
            rest = after;
        }
        Ok(())
    }

    /// Makes all pieces durable.
    ///
    /// # Errors
    /// As [`ContentWriter::write`].
    pub async fn finish(mut self) -> Result<StoredContent, ContentError> {
        if self.size <= StoredContent::INLINE_LIMIT as u64 {
            return Ok(self.part.freeze().into());
        }
        self.seal(true)?;
        if self.upload.is_none() {
            self.note.keep().await?;
            let bytes = self.part.split().freeze();
            self.objects.put(&object_path(self.name), bytes).await?;
        } else {
            self.send().await?;
            if let Some(mut upload) = self.upload.take() {
                upload.complete().await?;
            }
        }
        let (size, tags) = (self.sealed_size, self.chunks.tags());
        let object = NewObject { name: self.name, key: self.key.clone(), size, tags };
        Ok(StoredContent::in_object(self.size, self.sha256.clone().finish(), object))
    }

    /// Gives up what was written.
    ///
    /// # Errors
    /// [`ContentError::Objects`] when parts may have stayed behind in the object store.
    pub async fn abort(mut self) -> Result<(), ContentError> {
        match self.upload.take() {
            Some(mut upload) => Ok(upload.abort().await?),
            None => Ok(()),
        }
    }

    /// Encrypts the chunk that stands at the part's end.
    fn seal(&mut self, last: bool) -> Result<(), ContentError> {
        self.chunks.seal(&mut self.part, self.open, last)?;
        self.sealed_size += (self.part.len() - self.open) as u64;
        self.open = self.part.len();
        Ok(())
    }

    /// Makes room for a whole part, once the content is known not to fit into a row.
    fn make_room(&mut self) {
        let room = self.objects.part_size(0) + SEALED_CHUNK;
        self.part.reserve(room.saturating_sub(self.part.len()));
    }

    async fn send(&mut self) -> Result<(), ContentError> {
        self.note.keep().await?;
        let part = std::mem::take(&mut self.part).freeze();
        self.open = 0;
        let mut upload = match self.upload.take() {
            Some(upload) => upload,
            None => self.objects.put_multipart(&object_path(self.name)).await?,
        };
        if let Err(error) = upload.put_part(part.clone().into()).await {
            let _ = upload.abort().await;
            return Err(error.into());
        }
        // The next part is written where this one was, unless the object store still has a hand on it.
        if let Ok(mut written) = part.try_into_mut() {
            written.clear();
            self.part = written;
        }
        self.parts += 1;
        self.upload = Some(upload);
        Ok(())
    }
}

impl fmt::Debug for ContentWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentWriter({} bytes)", self.size)
    }
}
