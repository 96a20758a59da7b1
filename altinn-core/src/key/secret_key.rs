//! Secrets that keys are derived from.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

use super::KeyError;

/// A secret of 32 random bytes, such as the key that a register keeps personal identifiers under.
///
/// `Debug` hides it, there is no `Display` and no serde, and [`expose`](Self::expose) is the way out.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<[u8; 32]>);

impl SecretKey {
    /// A new secret.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] when the machine gives no random numbers.
    pub fn generate() -> Result<Self, KeyError> {
        let mut secret = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(secret.as_mut_slice()).map_err(|_| KeyError::NoRandomness)?;
        Ok(Self(secret))
    }

    /// The secret of these bytes.
    pub fn from_bytes(secret: [u8; 32]) -> Self {
        Self(Zeroizing::new(secret))
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    pub(super) fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}\n", STANDARD.encode(self.0.as_slice())))
    }

    pub(super) fn from_base64(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        Some(Self::from_bytes(bytes.as_slice().try_into().ok()?))
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_from_the_file_that_it_was_made_in_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.key");
        let key = SecretKey::create_file(&path).unwrap();
        assert_eq!(SecretKey::read_file(&path).unwrap().expose(), key.expose());
        assert!(matches!(SecretKey::create_file(&path), Err(KeyError::Exists { .. })));
        assert_eq!(format!("{key:?}"), "SecretKey(***)");
        std::fs::write(&path, "c2hvcnQ=").unwrap();
        assert!(matches!(SecretKey::read_file(&path), Err(KeyError::NotSecret { .. })));
    }
}
