//! Ed25519 on ring.

use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

/// A key pair that signs.
pub(super) struct SigningKey(Ed25519KeyPair);

/// The material is no key, or none could be made.
pub(super) struct NoKey;

impl SigningKey {
    /// A new key in PKCS#8.
    pub(super) fn generate_pkcs8() -> Result<Vec<u8>, NoKey> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| NoKey)?;
        Ok(document.as_ref().to_vec())
    }

    pub(super) fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, NoKey> {
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map(Self).map_err(|_| NoKey)
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }

    pub(super) fn public_key(&self) -> Option<[u8; 32]> {
        self.0.public_key().as_ref().try_into().ok()
    }
}

/// Whether the signature over the message is that of the key.
pub(super) fn verify(public_key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature).is_ok()
}
