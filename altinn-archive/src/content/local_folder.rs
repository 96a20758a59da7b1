//! Objects in a folder of this machine.

use std::path::Path;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

use super::reader::ContentError;

/// Objects in a folder, made if it is not there; an object is on the disk, and so is its name, before it counts as
/// written.
///
/// # Errors
/// [`ContentError::Objects`] when the folder cannot be used.
pub fn local_folder(path: impl AsRef<Path>) -> Result<Arc<dyn ObjectStore>, ContentError> {
    std::fs::create_dir_all(&path).map_err(|error| ContentError::Objects { reason: error.to_string() })?;
    Ok(Arc::new(LocalFileSystem::new_with_prefix(path)?.with_fsync(true)))
}
