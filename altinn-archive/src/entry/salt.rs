//! Random bytes that keep what is committed to from being guessed.

use std::fmt::{self, Debug};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where salts come from.
pub trait SaltSource: Debug + Send + Sync {
    /// Fills the bytes with numbers that nobody can foresee.
    ///
    /// # Errors
    /// [`NoRandomNumbers`].
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomNumbers>;
}

/// The machine gives no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the machine gives no random numbers")]
pub struct NoRandomNumbers;

/// Salts from the operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemSalts;

impl SaltSource for SystemSalts {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomNumbers> {
        SystemRandom::new().fill(bytes).map_err(|_| NoRandomNumbers)
    }
}

/// 128 random bits, in base64.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct Salt([u8; 16]);

impl Salt {
    /// So many salts, with one question to their source.
    pub(crate) fn many(count: usize, source: &dyn SaltSource) -> Result<Vec<Self>, NoRandomNumbers> {
        let mut bytes = vec![0; count * 16];
        source.fill(&mut bytes)?;
        Ok(bytes.as_chunks().0.iter().copied().map(Self).collect())
    }
}

impl From<Salt> for String {
    fn from(salt: Salt) -> Self {
        STANDARD.encode(salt.0)
    }
}

impl TryFrom<String> for Salt {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("a salt is 16 bytes in base64")
    }
}

impl Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(***)")
    }
}
