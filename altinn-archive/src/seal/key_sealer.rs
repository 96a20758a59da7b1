//! A sealing key in memory.

use std::fs;
use std::path::Path;

use altinn_core::key::{KeyError, PrivateKey, PublicKey, SecretKey, SignatureAlgorithm};
use async_trait::async_trait;
use ring::hmac;
use zeroize::Zeroizing;

use super::{SealError, Sealer, certificates};

/// What stands before the seed of an Ed25519 key in PKCS#8 (RFC 8410, section 7).
const ED25519_PKCS8: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// A sealing key in memory, from a PEM file or made elsewhere, with or without its certificate.
///
/// ```no_run
/// use altinn_archive::seal::KeySealer;
///
/// let sealer = KeySealer::read_files("seal.key.pem", "seal.crt.pem")?;
/// # Ok::<(), altinn_archive::seal::SealError>(())
/// ```
#[derive(Debug)]
pub struct KeySealer {
    key: PrivateKey,
    algorithm: SignatureAlgorithm,
    certificates: Vec<Vec<u8>>,
}

impl KeySealer {
    /// A key without certificate, which signs with the most usual of its algorithms.
    pub fn new(key: PrivateKey) -> Self {
        let algorithm = key.algorithms().first().copied().unwrap_or(SignatureAlgorithm::EdDsa);
        Self { key, algorithm, certificates: Vec::new() }
    }

    /// An Ed25519 key without certificate, the same one for the same secret and purpose: for an agency that has no key
    /// for its seal.
    ///
    /// # Errors
    /// None that is known: every seed is one of a key.
    pub fn derived_from(secret: &SecretKey, purpose: &str) -> Result<Self, KeyError> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
        let seed = hmac::sign(&root, purpose.as_bytes());
        let der = Zeroizing::new([ED25519_PKCS8, seed.as_ref()].concat());
        Ok(Self::new(PrivateKey::from_pkcs8(&der)?))
    }

    /// The same key with the certificates of a PEM text, its own first. That it is the key's own shows when it seals a
    /// container.
    ///
    /// # Errors
    /// [`SealError::Certificate`] when there is none.
    pub fn with_certificates(mut self, pem: &str) -> Result<Self, SealError> {
        self.certificates = certificates::decode(pem)
            .filter(|certificates| !certificates.is_empty())
            .ok_or(SealError::Certificate)?;
        Ok(self)
    }

    /// The same key with another of its algorithms.
    ///
    /// # Errors
    /// [`SealError::Key`] when it is none of the key's.
    pub fn with_algorithm(mut self, algorithm: SignatureAlgorithm) -> Result<Self, SealError> {
        self.key.sign(algorithm, b"")?;
        self.algorithm = algorithm;
        Ok(self)
    }

    /// Reads key and certificates from PEM files; nobody but its owner may be able to read that of the key.
    ///
    /// # Errors
    /// [`SealError::Key`], [`SealError::CertificateFile`].
    pub fn read_files(key: impl AsRef<Path>, certificates: impl AsRef<Path>) -> Result<Self, SealError> {
        let path = certificates.as_ref();
        let unreadable = || SealError::CertificateFile { path: path.to_owned() };
        let pem = fs::read_to_string(path).map_err(|_| unreadable())?;
        Self::new(PrivateKey::read_file(key)?).with_certificates(&pem).map_err(|_| unreadable())
    }
}

#[async_trait]
impl Sealer for KeySealer {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> PublicKey {
        self.key.public_key()
    }

    fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SealError> {
        Ok(self.key.sign(self.algorithm, message)?)
    }
}
