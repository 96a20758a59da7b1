//! The checksum that a sender gives of a file.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The MD5 of a file, as Altinn's `checksum` is: it finds accidents, not forgeries; what is kept has its SHA-256 in any
/// case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Md5Checksum(u128);

/// A text that is no MD5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a checksum has 32 hexadecimal digits")]
pub struct InvalidMd5;

impl Md5Checksum {
    pub(super) fn is_of(self, digest: [u8; 16]) -> bool {
        self.0 == u128::from_be_bytes(digest)
    }
}

impl FromStr for Md5Checksum {
    type Err = InvalidMd5;

    fn from_str(text: &str) -> Result<Self, InvalidMd5> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u128::from_str_radix(text, 16).ok().filter(|_| is_hex).map(Self).ok_or(InvalidMd5)
    }
}

impl fmt::Display for Md5Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
