//! Writing content of any size with bounded memory.

use std::fmt;
use std::sync::Arc;

use altinn_core::Sha256;
use bytes::{Bytes, BytesMut};
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt as _};
use uuid::Uuid;

use super::reader::{ContentError, object_path};
use super::stored::StoredContent;

/// How many bytes are sent at a time: all object stores take parts of this size.
const PART: usize = 8 * 1024 * 1024;

/// Takes content piece by piece, with one part in memory at the most.
///
/// What fits into a row stays out of the object store. Content counts once a row names it: what was written and is
/// named by no row, because the program ended in between, harms nothing.
pub struct ContentWriter {
    objects: Arc<dyn ObjectStore>,
    name: Uuid,
    sha256: Sha256,
    size: u64,
    pending: BytesMut,
    upload: Option<Box<dyn MultipartUpload>>,
}

impl ContentWriter {
    pub(crate) fn new(objects: Arc<dyn ObjectStore>, name: Uuid) -> Self {
        Self { objects, name, sha256: Sha256::new(), size: 0, pending: BytesMut::new(), upload: None }
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// [`ContentError::Objects`] when the object store refuses or does not answer; what was written so far is then
    /// given up.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), ContentError> {
        self.sha256.update(piece);
        self.size += piece.len() as u64;
        let mut rest = piece;
        while !rest.is_empty() {
            let (part, after) = rest.split_at((PART - self.pending.len()).min(rest.len()));
            self.pending.extend_from_slice(part);
            rest = after;
            if self.pending.len() == PART {
                self.send().await?;
            }
        }
        Ok(())
    }

    /// Makes all pieces durable.
    ///
    /// # Errors
    /// As [`ContentWriter::write`].
    pub async fn finish(mut self) -> Result<StoredContent, ContentError> {
        if self.size <= StoredContent::INLINE_LIMIT as u64 {
            return Ok(self.pending.freeze().into());
        }
        let sha256 = self.sha256.clone().finish();
        if self.upload.is_none() {
            let bytes = self.pending.split().freeze();
            self.objects.put(&object_path(self.name), bytes.into()).await?;
        } else {
            if !self.pending.is_empty() {
                self.send().await?;
            }
            if let Some(mut upload) = self.upload.take() {
                upload.complete().await?;
            }
        }
        Ok(StoredContent::in_object(self.name, self.size, sha256))
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

    async fn send(&mut self) -> Result<(), ContentError> {
        let part: Bytes = self.pending.split().freeze();
        let mut upload = match self.upload.take() {
            Some(upload) => upload,
            None => self.objects.put_multipart(&object_path(self.name)).await?,
        };
        if let Err(error) = upload.put_part(part.into()).await {
            let _ = upload.abort().await;
            return Err(error.into());
        }
        self.upload = Some(upload);
        Ok(())
    }
}

impl fmt::Debug for ContentWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentWriter({} bytes)", self.size)
    }
}
