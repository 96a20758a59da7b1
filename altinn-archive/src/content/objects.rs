//! Where objects are.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    GetOptions, GetResult, GetResultPayload, MultipartUpload, ObjectStore, ObjectStoreExt as _,
};
use uuid::Uuid;

use super::error::ContentError;
use crate::cipher::SEALED_CHUNK;

/// Where large content goes: a folder of this machine, or any other object store. What is in it is encrypted.
///
/// ```
/// use altinn_archive::Objects;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("objects");
///
/// let objects = Objects::folder(&path)?; // or `Objects::open("s3://bucket/prefix", settings)`
/// assert_eq!(format!("{objects:?}"), "Objects(folder)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
    /// The folder, when it is one of this machine.
    folder: Option<PathBuf>,
    part: usize,
}

/// How many bytes of an object are sent at a time to a folder.
const FOLDER_PART: usize = 1024 * 1024;
/// And elsewhere, at first: all object stores take parts of this size, and at most 10,000 of them.
const PART: usize = 8 * 1024 * 1024;
/// After how many parts they become twice as large.
const PARTS_OF_ONE_SIZE: u32 = 2_000;
/// How many bytes of a file of this machine are read at a time: whole chunks, so that they are decrypted where they lie.
const PIECE: usize = 4 * SEALED_CHUNK;

impl Objects {
    /// Objects in a folder, made if it is not there; an object is on the disk, and so is its name, before it counts as
    /// written.
    ///
    /// # Errors
    /// [`ContentError::Objects`] when the folder cannot be used.
    pub fn folder(path: impl AsRef<FilePath>) -> Result<Self, ContentError> {
        let path = path.as_ref();
        let failed = |error: io::Error| ContentError::Objects { reason: error.to_string() };
        fs::create_dir_all(path).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(path.to_owned()), part: FOLDER_PART })
    }

    /// Objects that end with the program: for tests.
    pub fn memory() -> Self {
        Self::new(Arc::new(InMemory::new()))
    }

    /// Objects in a store that the program has set up itself.
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, folder: None, part: PART }
    }

    /// How many bytes the part of this number has.
    pub(super) fn part_size(&self, number: u32) -> usize {
        let doublings = if self.folder.is_some() { 0 } else { number / PARTS_OF_ONE_SIZE };
        self.part << doublings.min(8)
    }

    /// Writes an object that fits into one part.
    pub(crate) async fn put(&self, path: &Path, bytes: Bytes) -> Result<(), ContentError> {
        self.store.put(path, bytes.into()).await?;
        Ok(())
    }

    pub(super) async fn put_multipart(&self, path: &Path) -> Result<Box<dyn MultipartUpload>, ContentError> {
        Ok(self.store.put_multipart(path).await?)
    }

    /// The bytes of an object, or of a part of it.
    pub(crate) async fn get(
        &self,
        path: &Path,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, ContentError>>, ContentError> {
        let options = GetOptions { range: range.map(Into::into), ..GetOptions::default() };
        match self.store.get_opts(path, options).await? {
            GetResult { payload: GetResultPayload::File(file, _), range, .. } => {
                Ok(pieces_of(file, range).boxed())
            }
            found => Ok(found.into_stream().map_err(ContentError::from).boxed()),
        }
    }

    /// Removes an object and what was left of the attempts to write it; one that is not there is removed already.
    pub(crate) async fn remove(&self, name: Uuid) -> Result<(), ContentError> {
        let path = object_path(name);
        self.delete(&path).await?;
        self.remove_unfinished(&path).map_err(|error| ContentError::Objects { reason: error.to_string() })
    }

    /// Removes what lies at a path, if anything does.
    pub(crate) async fn delete(&self, path: &Path) -> Result<(), ContentError> {
        match self.store.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The paths below a folder that come after one, in any order.
    pub(crate) fn list_after(
        &self,
        folder: &Path,
        after: &Path,
    ) -> BoxStream<'static, Result<Path, ContentError>> {
        let listed = self.store.list_with_offset(Some(folder), after);
        listed.map(|found| Ok(found?.location)).boxed()
    }

    /// A folder keeps what is being written beside its object, under the object's name, `#` and a number. Elsewhere
    /// the store's own rules remove unfinished uploads.
    fn remove_unfinished(&self, path: &Path) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let object = folder.join(path.as_ref());
        let (Some(parent), Some(name)) = (object.parent(), path.filename()) else { return Ok(()) };
        let unfinished = format!("{name}#");
        let entries = match fs::read_dir(parent) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&unfinished) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// These bytes of a file. The object store itself would read eight KiB at a time, each on another thread.
fn pieces_of(file: File, range: Range<u64>) -> impl Stream<Item = Result<Bytes, ContentError>> + Send {
    let failed = |reason: String| ContentError::Objects { reason };
    stream::try_unfold((file, range), move |(file, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let read = tokio::task::spawn_blocking(move || read_piece(file, range)).await;
        let (piece, rest) =
            read.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))?;
        Ok(Some((piece, rest)))
    })
}

/// The first bytes of a range of a file, and what is left of it.
fn read_piece(mut file: File, range: Range<u64>) -> io::Result<(Bytes, (File, Range<u64>))> {
    let size = (range.end - range.start).min(PIECE as u64);
    let mut piece = Vec::with_capacity(usize::try_from(size).unwrap_or(PIECE));
    file.seek(SeekFrom::Start(range.start))?;
    if (&file).take(size).read_to_end(&mut piece)? as u64 != size {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok((piece.into(), (file, range.start + size..range.end)))
}

/// Where an object lies: names are random, so the last two of their digits spread them over folders.
pub(super) fn object_path(name: Uuid) -> Path {
    let name = name.simple().to_string();
    let folder = name.get(name.len() - 2..).unwrap_or_default().to_owned();
    Path::from_iter(["content", folder.as_str(), name.as_str()])
}

impl From<Arc<dyn ObjectStore>> for Objects {
    fn from(store: Arc<dyn ObjectStore>) -> Self {
        Self::new(store)
    }
}

impl fmt::Debug for Objects {
    /// Not where they are: an address may hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.folder.is_some() { "Objects(folder)" } else { "Objects(store)" })
    }
}
