//! Keys in a folder of files.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use altinn_core::key::{KeyError, SecretKey};
use async_trait::async_trait;

use super::memory::{cipher, unwrap, wrap};
use super::{KeyGeneration, KeyProvider, KeyProviderError};

/// Keys in files of mode 0600: `1.key`, `2.key`, ..., of which the highest is the current one, and `N.destroyed` in the
/// place of a key that was destroyed. Keep the folder, and its backups, apart from the database and its backups.
///
/// The files are read whenever they are needed, so that all processes see a new generation at once.
#[derive(Debug, Clone)]
pub struct KeyFolder(PathBuf);

impl KeyFolder {
    /// Opens a folder with keys; they are never made here.
    ///
    /// # Errors
    /// [`KeyError::Missing`] when it holds no key.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, KeyError> {
        let folder = Self(path.into());
        match folder.highest()? {
            Some(number) => SecretKey::read_file(folder.file(number)).map(|_| folder),
            None => Err(KeyError::Missing { path: folder.file(1) }),
        }
    }

    /// Makes the first key in a folder that holds none.
    ///
    /// # Errors
    /// [`KeyError::Exists`] when there is one.
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, KeyError> {
        let folder = Self(path.into());
        create_private_folder(&folder.0)?;
        match folder.highest()? {
            Some(number) => Err(KeyError::Exists { path: folder.file(number) }),
            None => SecretKey::create_file(folder.file(1)).map(|_| folder),
        }
    }

    /// Makes the next generation, which is then the current one.
    ///
    /// # Errors
    /// A [`KeyError`] names the file.
    pub fn rotate(&self) -> Result<KeyGeneration, KeyError> {
        let number = self.highest()?.unwrap_or(0) + 1;
        let key = SecretKey::create_file(self.file(number))?;
        Ok(KeyGeneration::of(number, &key))
    }

    fn file(&self, number: u32) -> PathBuf {
        self.0.join(format!("{number}.key"))
    }

    fn destroyed(&self, number: u32) -> PathBuf {
        self.0.join(format!("{number}.destroyed"))
    }

    /// The highest number that has a key.
    fn highest(&self) -> Result<Option<u32>, KeyError> {
        let failed = |source| KeyError::Io { path: self.0.clone(), source };
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut highest = None;
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".key")?.parse().ok());
            highest = highest.max(number);
        }
        Ok(highest)
    }

    /// The key of a generation.
    fn key(&self, generation: &KeyGeneration) -> Result<SecretKey, KeyProviderError> {
        let no_such_key = || KeyProviderError::NoSuchKey { generation: generation.clone() };
        let number = generation.number().ok_or_else(no_such_key)?;
        match SecretKey::read_file(self.file(number)) {
            Ok(key) if KeyGeneration::of(number, &key) == *generation => Ok(key),
            Err(KeyError::Missing { .. }) if self.destroyed(number).exists() => {
                Err(KeyProviderError::Destroyed { generation: generation.clone() })
            }
            Ok(_) | Err(KeyError::Missing { .. }) => Err(no_such_key()),
            Err(error) => Err(unavailable(&error)),
        }
    }
}

#[async_trait]
impl KeyProvider for KeyFolder {
    async fn current(&self) -> Result<KeyGeneration, KeyProviderError> {
        let number = self.highest().map_err(|error| unavailable(&error))?;
        let none = || KeyProviderError::Unavailable { reason: "the folder of keys is empty".to_owned() };
        let number = number.ok_or_else(none)?;
        let key = SecretKey::read_file(self.file(number)).map_err(|error| unavailable(&error))?;
        Ok(KeyGeneration::of(number, &key))
    }

    async fn wrap_key(
        &self,
        generation: &KeyGeneration,
        key: &SecretKey,
        bound_to: &[u8],
    ) -> Result<Vec<u8>, KeyProviderError> {
        wrap(&cipher(generation, &self.key(generation)?)?, key, bound_to)
    }

    async fn unwrap_key(
        &self,
        generation: &KeyGeneration,
        wrapped: &[u8],
        bound_to: &[u8],
    ) -> Result<SecretKey, KeyProviderError> {
        unwrap(&cipher(generation, &self.key(generation)?)?, generation, wrapped, bound_to)
    }

    /// What the disk keeps of a file that was removed is the disk's own: let the folder lie on an encrypted one.
    async fn destroy(&self, generation: &KeyGeneration) -> Result<(), KeyProviderError> {
        if self.current().await? == *generation {
            return Err(KeyProviderError::Current { generation: generation.clone() });
        }
        match self.key(generation) {
            Err(KeyProviderError::Destroyed { .. }) => return Ok(()),
            key => drop(key?),
        }
        let Some(number) = generation.number() else { return Ok(()) };
        let destroy = || {
            fs::write(self.destroyed(number), generation.as_str())?;
            fs::remove_file(self.file(number))?;
            fs::File::open(&self.0)?.sync_all()
        };
        destroy().map_err(|error| KeyProviderError::Unavailable { reason: error.to_string() })
    }
}

fn unavailable(error: &KeyError) -> KeyProviderError {
    KeyProviderError::Unavailable { reason: error.to_string() }
}

/// Makes a folder that nobody but its owner can enter, unless it is there.
fn create_private_folder(folder: &Path) -> Result<(), KeyError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| KeyError::Io { path: folder.to_owned(), source })
}
