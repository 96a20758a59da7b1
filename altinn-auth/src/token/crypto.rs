//! The cryptography behind `jsonwebtoken`, by ring.

use altinn_core::key::PrivateKey;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind, Result};
use jsonwebtoken::jwk::{EllipticCurve, ThumbprintHash};
use jsonwebtoken::signature::{self, Signer, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind, EncodingKey};
use ring::rand::SystemRandom;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, ED25519, EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaKeyPair, RsaParameters,
    UnparsedPublicKey, VerificationAlgorithm,
};

/// The provider that this crate verifies and signs with, by ring: RSA, ECDSA on P-256 and P-384, and Ed25519.
///
/// This crate calls it directly and leaves the provider of the process alone, which the host program may have chosen
/// already. A host that has none may install it: `RING.install_default()`. Shared secrets (HMAC) it refuses.
pub static RING: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: rsa_components,
        rsa_pub_components_from_public_key: |_| Err(ErrorKind::UnsupportedAlgorithm.into()),
        ec_pub_components_from_private_key: ec_components,
        ed_pub_components_from_private_key: ed_component,
        compute_digest: digest,
    },
};

/// How a signature is verified.
struct RingVerifier {
    algorithm: Algorithm,
    key: DecodingKey,
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    match algorithm.family() {
        AlgorithmFamily::Hmac => Err(ErrorKind::UnsupportedAlgorithm.into()),
        family if family != key.family() => Err(ErrorKind::InvalidKeyFormat.into()),
        _ => Ok(Box::new(RingVerifier { algorithm: *algorithm, key: key.clone() })),
    }
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), signature::Error> {
        let is_right = verify(self.algorithm, &self.key, message, signature);
        is_right.then_some(()).ok_or_else(signature::Error::new)
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// Whether the signature of a message is a key's by an algorithm. Nothing is copied: this is what every token costs.
pub(super) fn verify(algorithm: Algorithm, key: &DecodingKey, message: &[u8], signature: &[u8]) -> bool {
    if algorithm.family() != key.family() {
        return false;
    }
    let by = |algorithm: &'static dyn VerificationAlgorithm, key: &[u8]| {
        UnparsedPublicKey::new(algorithm, key).verify(message, signature)
    };
    let verified = match (algorithm, key.kind()) {
        (Algorithm::ES256, DecodingKeyKind::SecretOrDer(point)) => by(&ECDSA_P256_SHA256_FIXED, point),
        (Algorithm::ES384, DecodingKeyKind::SecretOrDer(point)) => by(&ECDSA_P384_SHA384_FIXED, point),
        (Algorithm::EdDSA, DecodingKeyKind::SecretOrDer(key)) => by(&ED25519, key),
        (algorithm, key) => {
            let Some(parameters) = rsa_verification(algorithm) else { return false };
            match key {
                DecodingKeyKind::RsaModulusExponent { n, e } => {
                    let key = PublicKeyComponents { n: n.as_slice(), e: e.as_slice() };
                    key.verify(parameters, message, signature)
                }
                DecodingKeyKind::SecretOrDer(der) => by(parameters, der),
            }
        }
    };
    verified.is_ok()
}

/// How a message is signed; the private key is parsed once, when the signer is made.
struct RingSigner {
    algorithm: Algorithm,
    key: PrivateKey,
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    if algorithm.family() != key.family() {
        return Err(ErrorKind::InvalidKeyFormat.into());
    }
    let key = PrivateKey::from_pkcs8(key.as_bytes()).or_else(|_| PrivateKey::from_pkcs1(key.as_bytes()));
    let key = key.map_err(|_| Error::from(ErrorKind::InvalidKeyFormat))?;
    Ok(Box::new(RingSigner { algorithm: *algorithm, key }))
}

impl Signer<Vec<u8>> for RingSigner {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, signature::Error> {
        let algorithm =
            super::algorithm::of_jsonwebtoken(self.algorithm).ok_or_else(signature::Error::new)?;
        self.key.sign(algorithm, message).map_err(|_| signature::Error::new())
    }
}

impl JwtSigner for RingSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

fn rsa_verification(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        Algorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::RS384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::RS512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::PS256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::PS384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::PS512 => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

fn ecdsa_key(algorithm: Algorithm, pkcs8: &[u8]) -> Result<EcdsaKeyPair> {
    let ring_algorithm: &'static EcdsaSigningAlgorithm = match algorithm {
        Algorithm::ES256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Algorithm::ES384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => return Err(ErrorKind::UnsupportedAlgorithm.into()),
    };
    EcdsaKeyPair::from_pkcs8(ring_algorithm, pkcs8, &SystemRandom::new())
        .map_err(|_| ErrorKind::InvalidEcdsaKey.into())
}

fn ed_key(pkcs8: &[u8]) -> Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map_err(|_| ErrorKind::InvalidEddsaKey.into())
}

fn rsa_components(der: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let pair = RsaKeyPair::from_der(der).map_err(|_| Error::from(ErrorKind::InvalidKeyFormat))?;
    let components = PublicKeyComponents::<Vec<u8>>::from(pair.public());
    Ok((components.n, components.e))
}

fn ec_components(pkcs8: &[u8], algorithm: Algorithm) -> Result<(EllipticCurve, Vec<u8>, Vec<u8>)> {
    let pair = ecdsa_key(algorithm, pkcs8)?;
    let curve = if algorithm == Algorithm::ES384 { EllipticCurve::P384 } else { EllipticCurve::P256 };
    // An uncompressed point: one byte that says so, and two halves.
    let point = pair.public_key().as_ref().get(1..).unwrap_or(&[]);
    let (x, y) = point.split_at(point.len() / 2);
    Ok((curve, x.to_vec(), y.to_vec()))
}

fn ed_component(pkcs8: &[u8], _curve: &EllipticCurve) -> Result<Vec<u8>> {
    Ok(ed_key(pkcs8)?.public_key().as_ref().to_vec())
}

#[allow(clippy::needless_pass_by_value, reason = "the provider asks for a function of this form")]
fn digest(data: &[u8], hash: ThumbprintHash) -> Result<Vec<u8>> {
    let algorithm = match hash {
        ThumbprintHash::SHA256 => &ring::digest::SHA256,
        ThumbprintHash::SHA384 => &ring::digest::SHA384,
        ThumbprintHash::SHA512 => &ring::digest::SHA512,
        _ => return Err(ErrorKind::UnsupportedAlgorithm.into()),
    };
    Ok(ring::digest::digest(algorithm, data).as_ref().to_vec())
}
