//! What a sender says that the file's digest is.

use std::fmt;
use std::str::FromStr;

use altinn_core::{Digest, Sha256};
use md5::{Digest as _, Md5};
use thiserror::Error;

/// The digest of a file as its sender gives it: SHA-256, or MD5 as Altinn's `checksum` is. MD5 finds accidents, not
/// forgeries; the receipt has the SHA-256 in any case.
///
/// ```
/// use altinn_services::broker::Checksum;
///
/// let checksum: Checksum = "900150983CD24FB0D6963F7D28E17F72".parse()?;
/// assert_eq!(checksum.to_string(), "900150983cd24fb0d6963f7d28e17f72");
/// assert!("900150983cd24fb0".parse::<Checksum>().is_err());
/// # Ok::<(), altinn_services::broker::InvalidChecksum>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Checksum {
    /// 32 hexadecimal digits.
    Md5([u8; 16]),
    /// 64 hexadecimal digits.
    Sha256(Digest),
}

/// A text that is no checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a checksum has 32 (MD5) or 64 (SHA-256) hexadecimal digits")]
pub struct InvalidChecksum;

impl FromStr for Checksum {
    type Err = InvalidChecksum;

    fn from_str(text: &str) -> Result<Self, InvalidChecksum> {
        match text.len() {
            32 => u128::from_str_radix(text, 16)
                .ok()
                .filter(|_| !text.starts_with('+'))
                .map(|number| Self::Md5(number.to_be_bytes()))
                .ok_or(InvalidChecksum),
            64 => text.to_ascii_lowercase().parse().map(Self::Sha256).map_err(|_| InvalidChecksum),
            _ => Err(InvalidChecksum),
        }
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Md5(bytes) => write!(f, "{:032x}", u128::from_be_bytes(*bytes)),
            Self::Sha256(digest) => digest.fmt(f),
        }
    }
}

/// Computes what a whole file is checked by, piece by piece: its SHA-256, and the MD5 where the sender gave one.
///
/// ```
/// use altinn_services::broker::{Checksum, Hasher};
///
/// let given: Checksum = "900150983cd24fb0d6963f7d28e17f72".parse()?;
/// let mut hasher = Hasher::new(Some(given));
/// hasher.update(b"ab");
/// hasher.update(b"c");
/// assert!(hasher.finish().is(Some(given)));
/// # Ok::<(), altinn_services::broker::InvalidChecksum>(())
/// ```
#[derive(Clone)]
pub struct Hasher {
    sha256: Sha256,
    md5: Option<Md5>,
}

/// The digests of a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hashed {
    /// The SHA-256.
    pub sha256: Digest,
    md5: Option<[u8; 16]>,
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

impl Hasher {
    /// For a file with the checksum that its sender gave.
    pub fn new(checksum: Option<Checksum>) -> Self {
        let md5 = matches!(checksum, Some(Checksum::Md5(_))).then(Md5::new);
        Self { sha256: Sha256::new(), md5 }
    }

    /// Takes the bytes that follow.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some(md5) = &mut self.md5 {
            md5.update(bytes);
        }
    }

    /// The digests of all bytes.
    pub fn finish(self) -> Hashed {
        Hashed { sha256: self.sha256.finish(), md5: self.md5.map(|md5| md5.finalize().into()) }
    }
}

impl Hashed {
    /// Whether the file is what its sender said.
    pub fn is(&self, checksum: Option<Checksum>) -> bool {
        match checksum {
            None => true,
            Some(Checksum::Md5(expected)) => self.md5 == Some(expected),
            Some(Checksum::Sha256(expected)) => self.sha256 == expected,
        }
    }
}
