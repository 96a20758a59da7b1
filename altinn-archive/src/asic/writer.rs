//! Writing a container.

use std::collections::BTreeSet;
use std::io::{self, Seek, Write};

use altinn_core::{Digest, Sha256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use thiserror::Error;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::claims::MEDIA_TYPE;
use super::cms;
use super::name::{MIMETYPE, Role, is_harmless, shown};
use crate::seal::{SealError, Sealer};
use crate::xml_writer::XmlWriter;

/// Where the manifest of the signed files stands.
const MANIFEST: &str = "META-INF/ASiCManifest001.xml";
/// Where the signature over it stands.
const SIGNATURE: &str = "META-INF/signature001.p7s";
/// Where the list of files of OpenDocument stands.
const OPEN_DOCUMENT: &str = "META-INF/manifest.xml";

/// What a file may have without the extension of zip for large ones.
const MAX_SMALL: u64 = u32::MAX as u64;

/// Why a container is not written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// It cannot be written to where it is to go.
    #[error("the container cannot be written: {0}")]
    Io(#[from] io::Error),
    /// It cannot be made into a zip file.
    #[error("the container cannot be made: {reason}")]
    Zip {
        /// Why not.
        reason: String,
    },
    /// The name of a file leads elsewhere, is that of a control file, or was there before.
    #[error("a file cannot have the name `{name}`")]
    Name {
        /// The name.
        name: String,
    },
    /// No file has been begun.
    #[error("no file has been begun")]
    NoFile,
    /// There is no seal.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl WriteError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "ASIC-IO",
            Self::Zip { .. } => "ASIC-WRITE",
            Self::Name { .. } => "ASIC-NAME",
            Self::NoFile => "ASIC-NO-FILE",
            Self::Seal(error) => error.code(),
        }
    }
}

impl From<ZipError> for WriteError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => Self::Io(error),
            error => Self::Zip { reason: error.to_string() },
        }
    }
}

/// Writes a container file by file, in bounded memory, and seals it with a CAdES signature.
///
/// ```no_run
/// # async fn seal() -> Result<(), Box<dyn std::error::Error>> {
/// use altinn_archive::asic::ContainerWriter;
/// use altinn_archive::seal::KeySealer;
///
/// let sealer = KeySealer::read_files("seal.key.pem", "seal.crt.pem")?;
/// let file = std::fs::File::create("message.asice")?;
/// let mut container = ContainerWriter::new(file, chrono::Utc::now())?;
/// let letter = b"Dear Kari";
/// container.begin_file("letter.txt", "text/plain", letter.len() as u64)?;
/// container.write(letter)?;
/// container.seal(&sealer).await?;
/// # Ok(())
/// # }
/// ```
pub struct ContainerWriter<W: Write + Seek> {
    zip: ZipWriter<W>,
    time: DateTime<Utc>,
    names: BTreeSet<String>,
    files: Vec<SignedFile>,
    open: Option<(SignedFile, Sha256)>,
}

/// A file as the manifest lists it.
struct SignedFile {
    name: String,
    media_type: String,
    sha256: Option<Digest>,
}

impl<W: Write + Seek> ContainerWriter<W> {
    /// Begins a container; `time` stands in it as when its files were changed and when it was sealed.
    ///
    /// # Errors
    /// [`WriteError::Io`].
    pub fn new(writer: W, time: DateTime<Utc>) -> Result<Self, WriteError> {
        let (names, files) = (BTreeSet::new(), Vec::new());
        let mut this = Self { zip: ZipWriter::new(writer), time, names, files, open: None };
        let options = this.options(0).compression_method(CompressionMethod::Stored);
        this.zip.start_file(MIMETYPE, options)?;
        this.zip.write_all(MEDIA_TYPE.as_bytes())?;
        Ok(this)
    }

    /// Begins the next file, of at most `size` bytes.
    ///
    /// # Errors
    /// [`WriteError::Name`] when the name leads elsewhere, is that of a control file, or differs from an earlier one in
    /// capitals at most; [`WriteError::Io`].
    pub fn begin_file(&mut self, name: &str, media_type: &str, size: u64) -> Result<(), WriteError> {
        self.end_file();
        let taken = !self.names.insert(name.to_lowercase());
        if taken || !is_harmless(name) || name.ends_with('/') || Role::of(name) != Role::Data {
            return Err(WriteError::Name { name: shown(name.as_bytes()) });
        }
        self.zip.start_file(name, self.options(size))?;
        let (name, media_type) = (name.to_owned(), media_type.to_owned());
        self.open = Some((SignedFile { name, media_type, sha256: None }, Sha256::new()));
        Ok(())
    }

    /// Adds to the file that was begun last.
    ///
    /// # Errors
    /// [`WriteError::NoFile`], [`WriteError::Io`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        let (_, sha256) = self.open.as_mut().ok_or(WriteError::NoFile)?;
        sha256.update(bytes);
        Ok(self.zip.write_all(bytes)?)
    }

    /// Seals the files with a signature over the manifest of their digests, and ends the container.
    ///
    /// # Errors
    /// [`WriteError::NoFile`] when there is no file; [`WriteError::Seal`] when the key has no certificate, another one's,
    /// or does not sign; [`WriteError::Io`].
    pub async fn seal(mut self, sealer: &dyn Sealer) -> Result<W, WriteError> {
        self.end_file();
        if self.files.is_empty() {
            return Err(WriteError::NoFile);
        }
        let (manifest, open_document) = (self.manifest(), self.open_document());
        let signature = cms::sign(sealer, manifest.as_bytes(), self.time).await?;
        let controls = [
            (OPEN_DOCUMENT, open_document.as_bytes()),
            (MANIFEST, manifest.as_bytes()),
            (SIGNATURE, &signature),
        ];
        for (name, bytes) in controls {
            self.zip.start_file(name, self.options(bytes.len() as u64))?;
            self.zip.write_all(bytes)?;
        }
        Ok(self.zip.finish()?)
    }

    fn end_file(&mut self) {
        if let Some((file, sha256)) = self.open.take() {
            self.files.push(SignedFile { sha256: Some(sha256.finish()), ..file });
        }
    }

    fn options(&self, size: u64) -> SimpleFileOptions {
        let part = |number: u32| u8::try_from(number).unwrap_or_default();
        let time = self.time;
        let time = zip::DateTime::from_date_and_time(
            u16::try_from(time.year()).unwrap_or_default(),
            part(time.month()),
            part(time.day()),
            part(time.hour()),
            part(time.minute()),
            part(time.second()),
        );
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(size >= MAX_SMALL);
        options.last_modified_time(time.unwrap_or_default())
    }

    /// `ASiCManifest` (EN 319 162-1, annex A.4).
    fn manifest(&self) -> String {
        let mut xml = XmlWriter::new();
        let namespaces = [
            ("xmlns:asic", "http://uri.etsi.org/02918/v1.2.1#"),
            ("xmlns:ds", "http://www.w3.org/2000/09/xmldsig#"),
        ];
        xml.begin("asic:ASiCManifest", &namespaces);
        xml.empty("asic:SigReference", &[("URI", SIGNATURE), ("MimeType", "application/pkcs7-signature")]);
        for file in &self.files {
            let uri = percent_encoded(&file.name);
            xml.begin("asic:DataObjectReference", &[("URI", &uri), ("MimeType", &file.media_type)]);
            xml.empty("ds:DigestMethod", &[("Algorithm", "http://www.w3.org/2001/04/xmlenc#sha256")]);
            let digest = file.sha256.map(|sha256| STANDARD.encode(sha256.as_bytes()));
            xml.text("ds:DigestValue", &digest.unwrap_or_default());
            xml.end();
        }
        xml.finish()
    }

    fn open_document(&self) -> String {
        let mut xml = XmlWriter::new();
        let namespace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0";
        xml.begin("manifest:manifest", &[("xmlns:manifest", namespace)]);
        let mut entry = |path: &str, media_type: &str| {
            let attributes = [("manifest:full-path", path), ("manifest:media-type", media_type)];
            xml.empty("manifest:file-entry", &attributes);
        };
        entry("/", MEDIA_TYPE);
        self.files.iter().for_each(|file| entry(&file.name, &file.media_type));
        xml.finish()
    }
}

/// A name as a URI (RFC 3986, section 2.1).
fn percent_encoded(name: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    name.bytes().map(encode).collect()
}

impl<W: Write + Seek> std::fmt::Debug for ContainerWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContainerWriter").field("files", &self.files.len()).finish_non_exhaustive()
    }
}
