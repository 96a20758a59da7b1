//! The agency's keys that wrap others.

use std::fmt;
use std::sync::Arc;

use ring::hmac;
use zeroize::Zeroizing;

use super::{SealError, SealingKey, SecretKey};

/// The agency's keys that wrap the keys of what is kept for a purpose: the current one, and former ones, under which
/// older rows may still be wrapped. The secrets stay outside of the database and its backups. `Debug` shows their names.
///
/// From one secret other keys follow for every purpose, so that what was wrapped for one opens for no other.
///
/// ```
/// use altinn_core::key::{Keyring, SealError, SecretKey};
///
/// let (old, new) = (SecretKey::from_bytes([1; 32]), SecretKey::from_bytes([2; 32]));
/// let wrapped = Keyring::new("an-example", &old).wrap(&SecretKey::generate()?, b"row 1")?;
///
/// let keyring = Keyring::new("an-example", &new);
/// assert!(matches!(keyring.unwrap(&wrapped, b"row 1"), Err(SealError::NoSuchKey { .. })));
/// assert!(keyring.with_former(&old).unwrap(&wrapped, b"row 1").is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Keyring {
    purpose: &'static str,
    current: Arc<WrappingKey>,
    former: Vec<Arc<WrappingKey>>,
}

/// What follows from one secret.
struct WrappingKey {
    name: String,
    wrapping: hmac::Tag,
}

/// A key as it stands in a row.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// The name of the agency's key that wraps it.
    pub sealed_under: String,
    /// The key, encrypted.
    pub wrapped: Vec<u8>,
}

impl Keyring {
    /// A keyring of one key.
    pub fn new(purpose: &'static str, current: &SecretKey) -> Self {
        Self { purpose, current: Arc::new(WrappingKey::new(purpose, current)), former: Vec::new() }
    }

    /// The same keyring with a key more that older rows may be wrapped under.
    #[must_use]
    pub fn with_former(mut self, key: &SecretKey) -> Self {
        self.former.push(Arc::new(WrappingKey::new(self.purpose, key)));
        self
    }

    /// The name of the current key: the beginning of a digest, which tells nothing of it.
    pub fn name(&self) -> &str {
        &self.current.name
    }

    /// Whether a key of this name is in it.
    pub fn holds(&self, name: &str) -> bool {
        self.keys().any(|key| key.name == name)
    }

    /// Wraps a key with the current one, for one place.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn wrap(&self, key: &SecretKey, place: &[u8]) -> Result<WrappedKey, SealError> {
        let wrapped = SealingKey::new(self.current.wrapping.as_ref())?.seal(place, key.expose())?;
        Ok(WrappedKey { sealed_under: self.current.name.clone(), wrapped })
    }

    /// Unwraps a key that was wrapped for this place.
    ///
    /// # Errors
    /// [`SealError::NoSuchKey`], [`SealError::Refused`].
    pub fn unwrap(&self, wrapped: &WrappedKey, place: &[u8]) -> Result<SecretKey, SealError> {
        let WrappedKey { sealed_under: name, wrapped } = wrapped;
        let key = self.keys().find(|key| key.name == *name);
        let key = key.ok_or_else(|| SealError::NoSuchKey { key: name.clone() })?;
        let secret = SealingKey::new(key.wrapping.as_ref())?.open(place, wrapped.clone())?;
        let secret = Zeroizing::new(secret);
        let secret: &[u8; 32] = secret.as_slice().try_into().map_err(|_| SealError::Refused)?;
        Ok(SecretKey::from_bytes(*secret))
    }

    fn keys(&self) -> impl Iterator<Item = &WrappingKey> {
        std::iter::once(&self.current).chain(&self.former).map(Arc::as_ref)
    }
}

impl WrappingKey {
    fn new(purpose: &str, secret: &SecretKey) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
        let derived = |what: &str| hmac::sign(&root, format!("{purpose} {what}").as_bytes());
        Self { name: name(derived("name").as_ref()), wrapping: derived("wrapping") }
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys().map(|key| &key.name)).finish()
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({})", self.sealed_under)
    }
}

/// Four groups of four digits: a longer number would be masked where it is told.
fn name(digest: &[u8]) -> String {
    let group = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    digest.chunks(2).take(4).map(group).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> SecretKey {
        SecretKey::from_bytes([byte; 32])
    }

    #[test]
    fn a_wrapped_key_opens_in_its_own_place_for_its_own_purpose_and_under_its_own_key_alone() {
        let (ring, key) = (Keyring::new("a", &secret(1)), secret(9));
        let wrapped = ring.wrap(&key, b"row 1").unwrap();
        assert_eq!(ring.unwrap(&wrapped, b"row 1").unwrap().expose(), key.expose());
        assert_eq!(ring.unwrap(&wrapped, b"row 2").unwrap_err(), SealError::Refused);
        let missing = SealError::NoSuchKey { key: ring.name().to_owned() };
        for other in [Keyring::new("a", &secret(2)), Keyring::new("b", &secret(1))] {
            assert_eq!(other.unwrap(&wrapped, b"row 1").unwrap_err(), missing);
        }
        let after = Keyring::new("a", &secret(2)).with_former(&secret(1));
        assert!(after.unwrap(&wrapped, b"row 1").is_ok());
        assert!(after.holds(ring.name()) && !ring.holds(after.name()));
        for length in 0..wrapped.wrapped.len() {
            let cut = wrapped.wrapped.iter().take(length).copied().collect();
            let cut = WrappedKey { wrapped: cut, ..wrapped.clone() };
            assert_eq!(ring.unwrap(&cut, b"row 1").unwrap_err(), SealError::Refused);
        }
    }

    #[test]
    fn debug_shows_names_and_no_key() {
        let ring = Keyring::new("a", &secret(1)).with_former(&secret(2));
        let shown = format!("{ring:?}");
        assert!(shown.contains(ring.name()) && shown.len() < 60, "{shown}");
    }
}
