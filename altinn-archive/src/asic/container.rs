//! A container's files, behind limits.

use std::collections::BTreeSet;
use std::io::{Read, Seek, SeekFrom};

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::error::AsicError;
use super::limits::Limits;
use super::name::{MIMETYPE, is_harmless, shown};

/// How many bytes are unpacked at a time.
const PIECE: usize = 64 * 1024;

/// How a zip file begins.
const LOCAL_HEADER: &[u8; 4] = b"PK\x03\x04";

/// An open container: a zip file whose names are harmless and whose parts agree with each other. What is in it has not
/// been looked at before it is [checked](Container::check).
///
/// ```no_run
/// use altinn_archive::asic::{Container, Limits, Verdict};
///
/// let file = std::fs::File::open("message.asice")?;
/// let mut container = Container::open(file, Limits::default())?;
/// let report = container.check()?;
/// if report.verdict() == Verdict::Valid {
///     let letter = container.bytes("letter.pdf")?;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Container<R> {
    zip: ZipArchive<R>,
    names: Vec<String>,
    /// Whether the file begins with `mimetype`, stored as it is.
    begins_with_mimetype: bool,
    pub(super) limits: Limits,
    /// How many bytes may come out of all files.
    unpacked_limit: u64,
}

impl<R: Read + Seek> Container<R> {
    /// Opens a container and checks what it is made of, before anything is unpacked.
    ///
    /// # Errors
    /// [`AsicError::Zip`] when it is no zip file, hides files, or its two lists of files differ; [`AsicError::Name`],
    /// [`AsicError::DuplicateName`], [`AsicError::Unreadable`], [`AsicError::TooManyFiles`].
    pub fn open(mut reader: R, limits: Limits) -> Result<Self, AsicError> {
        let unpacked_limit = limits.unpacked_bytes_of(reader.seek(SeekFrom::End(0)).map_err(unreadable)?);
        let begins_with_mimetype = begins_with_mimetype(&mut reader).map_err(unreadable)?;
        let mut zip = ZipArchive::new(reader).map_err(unsound)?;
        if zip.len() > limits.files {
            return Err(AsicError::TooManyFiles { found: zip.len(), limit: limits.files });
        }
        let names = names(&mut zip)?;
        if zip.has_duplicate_names() {
            return Err(AsicError::DuplicateName { part: duplicate_name(zip).unwrap_or_default() });
        }
        zip.validate_header_consistency().map_err(unsound)?;
        Ok(Self { zip, names, begins_with_mimetype, limits, unpacked_limit })
    }

    /// The names of the files, in their order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The bytes of a file, as many as a control file may have: for larger ones, see [`Container::unpack`].
    ///
    /// # Errors
    /// [`AsicError::NoFile`], [`AsicError::TooLarge`], [`AsicError::Damaged`].
    pub fn bytes(&mut self, name: &str) -> Result<Vec<u8>, AsicError> {
        let mut bytes = Vec::new();
        let limit = self.limits.control_file_bytes;
        self.unpack_at_most(name, limit, |piece| bytes.extend_from_slice(piece))?;
        Ok(bytes)
    }

    /// Unpacks a file, piece by piece; gives the number of bytes.
    ///
    /// # Errors
    /// As [`Container::bytes`].
    pub fn unpack(&mut self, name: &str, sink: impl FnMut(&[u8])) -> Result<u64, AsicError> {
        self.unpack_at_most(name, self.unpacked_limit, sink)
    }

    /// How many bytes may come out of all files.
    pub(super) fn unpacked_limit(&self) -> u64 {
        self.unpacked_limit
    }

    pub(super) fn begins_with_mimetype(&self) -> bool {
        self.begins_with_mimetype
    }

    pub(super) fn unpack_at_most(
        &mut self,
        name: &str,
        limit: u64,
        mut sink: impl FnMut(&[u8]),
    ) -> Result<u64, AsicError> {
        let damaged =
            |reason: &dyn ToString| AsicError::Damaged { part: name.to_owned(), reason: reason.to_string() };
        let mut file = self.zip.by_name(name).map_err(|error| match error {
            ZipError::FileNotFound => AsicError::NoFile { part: shown(name.as_bytes()) },
            error => damaged(&error),
        })?;
        let mut piece = vec![0; PIECE];
        let mut unpacked = 0;
        loop {
            let count = file.read(&mut piece).map_err(|error| damaged(&error))?;
            unpacked += count as u64;
            if unpacked > limit {
                return Err(AsicError::TooLarge { part: name.to_owned(), limit });
            }
            match piece.get(..count) {
                Some(bytes) if !bytes.is_empty() => sink(bytes),
                _ => return Ok(unpacked),
            }
        }
    }
}

/// The names of the files, when each can be read and leads nowhere else.
fn names<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Vec<String>, AsicError> {
    let mut names = Vec::new();
    let mut folded = BTreeSet::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_data(index).map_err(unsound)?;
        let part = shown(entry.name_raw());
        let name = std::str::from_utf8(entry.name_raw()).ok().filter(|name| is_harmless(name));
        let name = name.ok_or_else(|| AsicError::Name { part: part.clone() })?.to_owned();
        let what = match entry.compression() {
            _ if entry.encrypted() => Some("encrypted".to_owned()),
            _ if entry.is_symlink() => Some("a symbolic link".to_owned()),
            CompressionMethod::Stored | CompressionMethod::Deflated => None,
            method => Some(format!("packed with {method}")),
        };
        if let Some(what) = what {
            return Err(AsicError::Unreadable { part, what });
        }
        if !folded.insert(name.to_lowercase()) {
            return Err(AsicError::DuplicateName { part });
        }
        if !entry.is_dir() {
            names.push(name);
        }
    }
    Ok(names)
}

/// The first name in the zip file's list that was there before.
fn duplicate_name<R: Read + Seek>(zip: ZipArchive<R>) -> Option<String> {
    let list = zip.central_directory_start();
    let mut reader = zip.into_inner();
    reader.seek(SeekFrom::Start(list)).ok()?;
    let mut seen = BTreeSet::new();
    loop {
        let mut header = [0; 46];
        reader.read_exact(&mut header).ok()?;
        let length = |at: usize| Some(u16::from_le_bytes(*header.get(at..)?.first_chunk()?));
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let mut bytes = vec![0; usize::from(name)];
        reader.read_exact(&mut bytes).ok()?;
        if !seen.insert(bytes.clone()) {
            return Some(shown(&bytes));
        }
        reader.seek_relative(i64::from(extra) + i64::from(comment)).ok()?;
    }
}

/// Whether the file begins as annex A.1 of EN 319 162-1 wants it, so that its kind can be told by its first bytes: the
/// method is 0 and the name `mimetype`.
fn begins_with_mimetype<R: Read + Seek>(reader: &mut R) -> std::io::Result<bool> {
    reader.rewind()?;
    let mut header = Vec::new();
    reader.take(30 + MIMETYPE.len() as u64).read_to_end(&mut header)?;
    let at = |from: usize, to: usize| header.get(from..to);
    Ok(at(0, 4) == Some(LOCAL_HEADER)
        && at(8, 10) == Some(&[0, 0])
        && at(30, 38) == Some(MIMETYPE.as_bytes()))
}

fn unsound(error: ZipError) -> AsicError {
    AsicError::Zip { reason: error.to_string() }
}

fn unreadable(error: std::io::Error) -> AsicError {
    AsicError::Zip { reason: error.to_string() }
}
