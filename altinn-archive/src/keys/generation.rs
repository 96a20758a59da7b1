//! Generations of the agency's key.

use std::fmt;

use altinn_core::Digest;
use altinn_core::key::SecretKey;
use altinn_core::store::{FromValue, Value};

/// The name of one generation of the agency's key, such as a KMS gives to a version of a key. It is no secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyGeneration(String);

impl KeyGeneration {
    /// The generation of this name. One name never means two keys.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of a key that is kept under a number: the number, and the beginning of the key's digest, so that
    /// another key under the same number has another name.
    pub(super) fn of(number: u32, key: &SecretKey) -> Self {
        let named = [b"altinn-archive/generation".as_slice(), key.expose()].concat();
        let digest = Digest::of(&zeroize::Zeroizing::new(named)).to_string();
        Self(format!("{number}-{}", digest.chars().take(16).collect::<String>()))
    }

    /// The number in such a name.
    pub(super) fn number(&self) -> Option<u32> {
        self.0.split_once('-')?.0.parse().ok()
    }
}

impl fmt::Display for KeyGeneration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&KeyGeneration> for Value {
    fn from(generation: &KeyGeneration) -> Self {
        generation.as_str().into()
    }
}

impl FromValue for KeyGeneration {
    const NAME: &'static str = "the name of a key's generation";

    fn from_value(value: &Value) -> Option<Self> {
        String::from_value(value).map(Self)
    }
}
