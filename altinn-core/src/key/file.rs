//! Private keys in files that only their owner can read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;
use zeroize::Zeroizing;

use super::{KeyError, SecretKey, SigningKey, pem};

/// The most bytes of a key file that are read.
const MAX_BYTES: u64 = 16 * 1024;

impl SigningKey {
    /// Reads a key from a PEM file that nobody but its owner can read.
    ///
    /// # Errors
    /// [`KeyError::Missing`] when it is not there (a new one is never made in its place),
    /// [`KeyError::OpenToOthers`] when others can read or change it, and others when it holds no key.
    pub fn read_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        let der = pem::decode(&read(path)?).ok_or_else(|| KeyError::NotPem { path: path.to_owned() })?;
        Self::from_pkcs8(&der)
    }

    /// Makes a new key and writes it to a PEM file of mode 0600, which OpenSSL reads too.
    ///
    /// The file is there whole or not at all, and is on the disk when this returns.
    ///
    /// # Errors
    /// [`KeyError::Exists`] when there is a file of that name: a key is never overwritten.
    pub fn create_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let key = Self::generate()?;
        create(path.as_ref(), &pem::encode(key.expose_pkcs8()))?;
        Ok(key)
    }
}

impl SecretKey {
    /// Reads a key from a file that nobody but its owner can read: one line of base64.
    ///
    /// # Errors
    /// As [`SigningKey::read_file`].
    pub fn read_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let path = path.as_ref();
        Self::from_base64(&read(path)?).ok_or_else(|| KeyError::NotSecret { path: path.to_owned() })
    }

    /// Makes a new key and writes it to a file of mode 0600.
    ///
    /// # Errors
    /// As [`SigningKey::create_file`].
    pub fn create_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        let key = Self::generate()?;
        create(path.as_ref(), &key.to_base64())?;
        Ok(key)
    }
}

pub(super) fn read(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let file = File::open(path).map_err(failed(path))?;
    refuse_open_to_others(path, &file)?;
    let mut text = Zeroizing::new(String::new());
    file.take(MAX_BYTES).read_to_string(&mut text).map_err(failed(path))?;
    Ok(text)
}

fn create(path: &Path, text: &str) -> Result<(), KeyError> {
    let unfinished = Unfinished::beside(path);
    unfinished.write(text.as_bytes()).map_err(failed(path))?;
    // Unlike a rename, a link does not replace what is there.
    fs::hard_link(&unfinished.0, path).map_err(failed(path))?;
    drop(unfinished);
    sync_folder(path).map_err(failed(path))
}

/// A file that is removed again, whatever happens.
struct Unfinished(PathBuf);

impl Unfinished {
    fn beside(path: &Path) -> Self {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", Uuid::new_v4().simple()));
        Self(path.with_file_name(name))
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.0)?;
        file.write_all(bytes)?;
        file.sync_all()
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It may never have come about; if it stays behind, its name and mode do no harm.
        let _ = fs::remove_file(&self.0);
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
fn refuse_open_to_others(path: &Path, file: &File) -> Result<(), KeyError> {
    use std::os::unix::fs::MetadataExt;

    let mode = file.metadata().map_err(failed(path))?.mode() & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(KeyError::OpenToOthers { path: path.to_owned(), mode }) }
}

/// Where files have no modes, the folder's protection is the agency's own.
#[cfg(not(unix))]
fn refuse_open_to_others(_: &Path, _: &File) -> Result<(), KeyError> {
    Ok(())
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> KeyError {
    let path = path.to_owned();
    move |source| match source.kind() {
        ErrorKind::AlreadyExists => KeyError::Exists { path },
        ErrorKind::NotFound => KeyError::Missing { path },
        ErrorKind::InvalidData => KeyError::NotPem { path },
        _ => KeyError::Io { path, source },
    }
}
