//! SHA-256.

use std::fmt;
use std::str::FromStr;

use ring::digest::{Context, SHA256};
use thiserror::Error;

use crate::id::text_form;
use crate::store::{FromValue, Value};

/// The SHA-256 of some bytes (FIPS 180-4): 32 bytes, shown and serialized as 64 small hexadecimal digits.
///
/// ```
/// use altinn_core::Digest;
///
/// let digest = Digest::of(b"abc");
/// assert_eq!(digest.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
/// assert_eq!(digest.to_string().parse(), Ok(digest));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

text_form!(Digest);

impl Digest {
    /// The digest of bytes that are there at once.
    #[inline]
    pub fn of(bytes: &[u8]) -> Self {
        let mut sha256 = Sha256::new();
        sha256.update(bytes);
        sha256.finish()
    }

    /// A digest that was computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A text that is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a digest has 64 small hexadecimal digits")]
pub struct InvalidDigest;

impl FromStr for Digest {
    type Err = InvalidDigest;

    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let nibbles = <[u8; 64]>::try_from(text.as_bytes()).map_err(|_| InvalidDigest)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(nibbles.chunks_exact(2)) {
            *byte = pair.iter().try_fold(0, |sum, digit| Ok(sum << 4 | nibble(*digit)?))?;
        }
        Ok(Self(bytes))
    }
}

fn nibble(digit: u8) -> Result<u8, InvalidDigest> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(InvalidDigest),
    }
}

/// The hexadecimal digit of a number below 16.
fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        for (pair, byte) in text.as_chunks_mut().0.iter_mut().zip(self.0) {
            *pair = [digit(byte >> 4), digit(byte & 0xf)];
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl From<Digest> for Value {
    fn from(digest: Digest) -> Self {
        digest.0.into()
    }
}

impl FromValue for Digest {
    const NAME: &'static str = "a digest of 32 bytes";

    fn from_value(value: &Value) -> Option<Self> {
        FromValue::from_value(value).map(Self)
    }
}

/// Computes a [`Digest`] of bytes that come one piece after another.
///
/// ```
/// use altinn_core::{Digest, Sha256};
///
/// let mut sha256 = Sha256::new();
/// sha256.update(b"a");
/// sha256.update(b"bc");
/// assert_eq!(sha256.finish(), Digest::of(b"abc"));
/// ```
#[derive(Clone)]
pub struct Sha256(Context);

impl Sha256 {
    /// Nothing yet.
    #[inline]
    pub fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    /// Takes the next bytes.
    #[inline]
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of all that was taken.
    #[inline]
    pub fn finish(self) -> Digest {
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(self.0.finish().as_ref()).for_each(|(byte, computed)| *byte = *computed);
        Digest(bytes)
    }
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sha256(..)")
    }
}
