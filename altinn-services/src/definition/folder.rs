//! Reads the files of an app's folder, and nothing outside it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::DefinitionError;

/// How many files of one kind are read.
const MAX_FILES: usize = 1_000;

/// An app's `App` folder.
#[derive(Debug)]
pub(super) struct AppFolder {
    root: PathBuf,
}

impl AppFolder {
    /// The folder itself or its folder `App`, whichever holds one of the files that say what it is.
    pub(super) fn open(folder: &Path, either: &[&'static str]) -> Result<Self, DefinitionError> {
        let expected = either.first().copied().unwrap_or_default();
        let not_an_app = || DefinitionError::NotAnApp { folder: folder.display().to_string(), expected };
        let given = folder.canonicalize().map_err(|_| not_an_app())?;
        let inner = given.join("App").canonicalize().ok().filter(|inner| inner.starts_with(&given));
        let mut candidates = [Some(given), inner].into_iter().flatten();
        let is_one = |root: &PathBuf| either.iter().any(|file| root.join(file).exists());
        let root = candidates.find(is_one).ok_or_else(not_an_app)?;
        Ok(Self { root })
    }

    /// The text of a file that must be there.
    pub(super) fn text(&self, file: &str, limit: u64) -> Result<String, DefinitionError> {
        let bytes = self.bytes(file, limit)?;
        String::from_utf8(bytes).map_err(|error| DefinitionError::NotUtf8 {
            file: file.to_owned(),
            valid_up_to: error.utf8_error().valid_up_to(),
        })
    }

    /// The bytes of a file that must be there.
    pub(super) fn bytes(&self, file: &str, limit: u64) -> Result<Vec<u8>, DefinitionError> {
        let unreadable = |source| unreadable(file, source);
        let path = self.inside(file)?;
        let mut bytes = Vec::new();
        let opened = File::open(path).map_err(unreadable)?;
        opened.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > limit {
            return Err(DefinitionError::TooLarge { file: file.to_owned(), limit });
        }
        Ok(bytes)
    }

    /// The names of the files in a folder that begin and end so, sorted; none when the folder is not there.
    pub(super) fn names(
        &self,
        folder: &str,
        prefix: &str,
        suffix: &str,
    ) -> Result<Vec<String>, DefinitionError> {
        let unreadable = |source| unreadable(folder, source);
        let path = match self.root.join(folder).canonicalize() {
            Ok(path) if path.starts_with(&self.root) => path,
            Ok(_) => return Err(DefinitionError::OutsideFolder { file: folder.to_owned() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(error)),
        };
        let mut names = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            let Some(name) = name.to_str() else { continue };
            if name.starts_with(prefix) && name.ends_with(suffix) {
                names.push(name.to_owned());
            }
            if names.len() > MAX_FILES {
                return Err(DefinitionError::TooManyFiles { folder: folder.to_owned(), limit: MAX_FILES });
            }
        }
        names.sort();
        Ok(names)
    }

    /// Whether a file is there.
    pub(super) fn has(&self, file: &str) -> bool {
        self.inside(file).is_ok()
    }

    /// The names of the folders in a folder, sorted; none when it is not there.
    pub(super) fn folders(&self, folder: &str) -> Result<Vec<String>, DefinitionError> {
        let names = self.names(folder, "", "")?;
        let is_folder = |name: &String| {
            let path = self.root.join(folder).join(name).canonicalize();
            path.is_ok_and(|path| path.starts_with(&self.root) && path.is_dir())
        };
        Ok(names.into_iter().filter(is_folder).collect())
    }

    /// The real path of a file, which must be an ordinary one inside the folder.
    fn inside(&self, file: &str) -> Result<PathBuf, DefinitionError> {
        let path = self.root.join(file).canonicalize().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => DefinitionError::FileMissing { file: file.to_owned() },
            _ => unreadable(file, error),
        })?;
        if path.starts_with(&self.root) && path.is_file() {
            Ok(path)
        } else {
            Err(DefinitionError::OutsideFolder { file: file.to_owned() })
        }
    }
}

fn unreadable(file: &str, source: io::Error) -> DefinitionError {
    DefinitionError::Unreadable { file: file.to_owned(), source }
}
