//! Private keys.

use std::fmt;

use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};
use zeroize::Zeroizing;

use super::{KeyError, VerifyingKey};

/// A private Ed25519 key (RFC 8032).
///
/// `Debug` shows the public half only, there is no `Display` and no serde, and
/// [`expose_pkcs8`](Self::expose_pkcs8) is the only way out besides [`SigningKey::create_file`].
///
/// ```
/// use altinn_core::key::SigningKey;
///
/// let key = SigningKey::generate()?;
/// let signature = key.sign(b"a receipt");
/// assert!(key.verifying_key().verify(b"a receipt", &signature).is_ok());
/// assert!(key.verifying_key().verify(b"another receipt", &signature).is_err());
/// # Ok::<(), altinn_core::key::KeyError>(())
/// ```
pub struct SigningKey {
    pair: Ed25519KeyPair,
    pkcs8: Zeroizing<Vec<u8>>,
    verifying_key: VerifyingKey,
}

/// PKCS#8 of an Ed25519 key (RFC 8410, section 7), up to the 32 bytes of the seed.
const PKCS8_BEFORE_SEED: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

impl SigningKey {
    /// A new key, of the machine's random numbers.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`] when the machine gives none.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(seed.as_mut_slice()).map_err(|_| KeyError::NoRandomness)?;
        Self::from_seed(&seed)
    }

    /// The key of a seed of 32 secret bytes: the same one for the same seed.
    ///
    /// # Errors
    /// [`KeyError::NotEd25519`]; ring takes every seed.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyError> {
        Self::from_pkcs8(&Zeroizing::new([PKCS8_BEFORE_SEED.as_slice(), seed].concat()))
    }

    /// Reads a key in PKCS#8 (DER), with or without its public half.
    ///
    /// # Errors
    /// [`KeyError::NotEd25519`] when it is something else.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(|_| KeyError::NotEd25519)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyError::NotEd25519)?;
        let verifying_key = VerifyingKey::from_bytes(public);
        Ok(Self { pair, pkcs8: Zeroizing::new(der.to_vec()), verifying_key })
    }

    /// The key in PKCS#8 (DER). Never for logs, addresses or errors.
    pub fn expose_pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    /// Signs a message. The same message always gets the same signature.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut bytes = [0; 64];
        let signature = self.pair.sign(message);
        bytes.iter_mut().zip(signature.as_ref()).for_each(|(byte, signed)| *byte = *signed);
        bytes
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.verifying_key
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(*** of {})", self.verifying_key)
    }
}
