//! Private keys of the kinds that certificates and Norwegian issuers use.

use std::fmt;
use std::path::Path;

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use serde_json::Value;

use super::{KeyError, PublicKey, SignatureAlgorithm, file, jwk, pem};

/// A private key: RSA of at least 2048 bits, P-256, P-384 or Ed25519. It is parsed once and signs many times.
///
/// [`SigningKey`](super::SigningKey) is the one that this SDK makes; this one comes from elsewhere, with a certificate or
/// a registration. `Debug` shows its kind only, and nothing gives the key out again.
///
/// ```
/// use altinn_core::key::{PrivateKey, SignatureAlgorithm, SigningKey};
///
/// let key = PrivateKey::from_pkcs8(SigningKey::generate()?.expose_pkcs8())?;
/// let signature = key.sign(SignatureAlgorithm::EdDsa, b"a grant")?;
/// assert!(key.public_key().verify(SignatureAlgorithm::EdDsa, b"a grant", &signature).is_ok());
/// assert!(key.sign(SignatureAlgorithm::Rs256, b"a grant").is_err());
/// # Ok::<(), altinn_core::key::KeyError>(())
/// ```
pub struct PrivateKey {
    pair: Pair,
    random: SystemRandom,
}

pub(super) enum Pair {
    Rsa(Box<RsaKeyPair>),
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl PrivateKey {
    /// Reads a key in PKCS#8 (DER), whichever kind it is of.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] when it is none of the kinds above.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let ecdsa =
            |curve: &'static EcdsaSigningAlgorithm| EcdsaKeyPair::from_pkcs8(curve, der, &random).ok();
        let pair = ecdsa(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map(Pair::P256)
            .or_else(|| RsaKeyPair::from_pkcs8(der).ok().map(|pair| Pair::Rsa(Box::new(pair))))
            .or_else(|| Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok().map(Pair::Ed25519))
            .or_else(|| ecdsa(&ECDSA_P384_SHA384_FIXED_SIGNING).map(Pair::P384))
            .ok_or(KeyError::Unsupported)?;
        Ok(Self { pair, random })
    }

    /// Reads an RSA key in PKCS#1 (DER), as older tools write it.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`].
    pub fn from_pkcs1(der: &[u8]) -> Result<Self, KeyError> {
        let pair = RsaKeyPair::from_der(der).map_err(|_| KeyError::Unsupported)?;
        Ok(Self { pair: Pair::Rsa(Box::new(pair)), random: SystemRandom::new() })
    }

    /// Reads a JWK (RFC 7517, RFC 7518 section 6, RFC 8037) with its private members.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] when it is none of the kinds above, or its halves do not belong together.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let pair = jwk::pair(jwk, &random).ok_or(KeyError::Unsupported)?;
        Ok(Self { pair, random })
    }

    /// Reads PEM with one key: `PRIVATE KEY` (PKCS#8) or `RSA PRIVATE KEY` (PKCS#1).
    ///
    /// # Errors
    /// [`KeyError::Unsupported`]; `openssl pkcs8 -topk8 -nodes` turns other forms into PKCS#8.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        match pem::decode(pem) {
            Some(der) => Self::from_pkcs8(&der),
            None => Self::from_pkcs1(&pem::decode_rsa(pem).ok_or(KeyError::Unsupported)?),
        }
    }

    /// Reads a PEM file that nobody but its owner can read.
    ///
    /// # Errors
    /// [`KeyError::Missing`], [`KeyError::OpenToOthers`], and as [`PrivateKey::from_pem`].
    pub fn read_file(path: impl AsRef<Path>) -> Result<Self, KeyError> {
        Self::from_pem(&file::read(path.as_ref())?)
    }

    /// The algorithms that it can sign with, the most usual first.
    pub fn algorithms(&self) -> &'static [SignatureAlgorithm] {
        use SignatureAlgorithm as Algorithm;
        match &self.pair {
            Pair::Rsa(_) => &[
                Algorithm::Rs256,
                Algorithm::Rs384,
                Algorithm::Rs512,
                Algorithm::Ps256,
                Algorithm::Ps384,
                Algorithm::Ps512,
            ],
            Pair::P256(_) => &[Algorithm::Es256],
            Pair::P384(_) => &[Algorithm::Es384],
            Pair::Ed25519(_) => &[Algorithm::EdDsa],
        }
    }

    /// Signs a message. Signatures on curves are two numbers of fixed length (RFC 7518, section 3.4).
    ///
    /// # Errors
    /// [`KeyError::NotForAlgorithm`] when it is not one of [`algorithms`](Self::algorithms), [`KeyError::NoRandomness`].
    pub fn sign(&self, algorithm: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        use SignatureAlgorithm as Algorithm;
        let no_randomness = |_| KeyError::NoRandomness;
        match (&self.pair, algorithm) {
            (Pair::Rsa(pair), algorithm) => {
                let encoding = rsa_encoding(algorithm)?;
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(encoding, &self.random, message, &mut signature).map_err(no_randomness)?;
                Ok(signature)
            }
            (Pair::P256(pair), Algorithm::Es256) | (Pair::P384(pair), Algorithm::Es384) => {
                Ok(pair.sign(&self.random, message).map_err(no_randomness)?.as_ref().to_vec())
            }
            (Pair::Ed25519(pair), Algorithm::EdDsa) => Ok(pair.sign(message).as_ref().to_vec()),
            _ => Err(KeyError::NotForAlgorithm { algorithm: algorithm.name() }),
        }
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        match &self.pair {
            Pair::Rsa(pair) => {
                let components = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(pair.public());
                PublicKey::rsa(components.n, components.e)
            }
            Pair::P256(pair) => PublicKey::p256(pair.public_key().as_ref().to_vec()),
            Pair::P384(pair) => PublicKey::p384(pair.public_key().as_ref().to_vec()),
            Pair::Ed25519(pair) => PublicKey::ed25519(pair.public_key().as_ref().to_vec()),
        }
    }
}

fn rsa_encoding(algorithm: SignatureAlgorithm) -> Result<&'static dyn RsaEncoding, KeyError> {
    use SignatureAlgorithm as Algorithm;
    Ok(match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_SHA512,
        Algorithm::Ps256 => &RSA_PSS_SHA256,
        Algorithm::Ps384 => &RSA_PSS_SHA384,
        Algorithm::Ps512 => &RSA_PSS_SHA512,
        other => return Err(KeyError::NotForAlgorithm { algorithm: other.name() }),
    })
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match &self.pair {
            Pair::Rsa(_) => "RSA",
            Pair::P256(_) => "P-256",
            Pair::P384(_) => "P-384",
            Pair::Ed25519(_) => "Ed25519",
        };
        write!(f, "PrivateKey(*** {kind})")
    }
}
