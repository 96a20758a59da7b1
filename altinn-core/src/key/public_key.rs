//! Public keys of the kinds that certificates and Norwegian issuers use.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rsa::PublicKeyComponents;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde_json::{Value, json};

use super::{InvalidSignature, SignatureAlgorithm};
use crate::{Digest, canonical_json};

/// The public half of a [`PrivateKey`](super::PrivateKey), or of a certificate or key set.
///
/// Any bytes make one; a key that is no point, or too short, verifies nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl PublicKey {
    /// An RSA key of modulus and exponent, big-endian.
    pub fn rsa(n: Vec<u8>, e: Vec<u8>) -> Self {
        Self(Kind::Rsa { n, e })
    }

    /// A point on P-256, uncompressed: 65 bytes that begin with 4.
    pub fn p256(point: Vec<u8>) -> Self {
        Self(Kind::P256(point))
    }

    /// A point on P-384, uncompressed: 97 bytes that begin with 4.
    pub fn p384(point: Vec<u8>) -> Self {
        Self(Kind::P384(point))
    }

    /// An Ed25519 key of 32 bytes.
    pub fn ed25519(key: Vec<u8>) -> Self {
        Self(Kind::Ed25519(key))
    }

    /// Verifies a signature as [`PrivateKey::sign`](super::PrivateKey::sign) makes it.
    ///
    /// # Errors
    /// [`InvalidSignature`], also when the algorithm is none of this kind of key.
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        use SignatureAlgorithm as Algorithm;
        let (curve, key): (&'static dyn VerificationAlgorithm, _) = match (&self.0, algorithm) {
            (Kind::Rsa { n, e }, algorithm) => {
                let parameters = rsa_parameters(algorithm).ok_or(InvalidSignature)?;
                return PublicKeyComponents { n, e }
                    .verify(parameters, message, signature)
                    .map_err(|_| InvalidSignature);
            }
            (Kind::P256(key), Algorithm::Es256) => (&ECDSA_P256_SHA256_FIXED, key),
            (Kind::P384(key), Algorithm::Es384) => (&ECDSA_P384_SHA384_FIXED, key),
            (Kind::Ed25519(key), Algorithm::EdDsa) => (&ED25519, key),
            _ => return Err(InvalidSignature),
        };
        UnparsedPublicKey::new(curve, key).verify(message, signature).map_err(|_| InvalidSignature)
    }

    /// The key as a JWK (RFC 7517): its required members, and nothing else.
    pub fn to_jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let curve = |name: &str, point: &[u8]| {
            let coordinates = point.get(1..).unwrap_or_default();
            let (x, y) = coordinates.split_at(coordinates.len() / 2);
            json!({"kty": "EC", "crv": name, "x": text(x), "y": text(y)})
        };
        match &self.0 {
            Kind::Rsa { n, e } => json!({"kty": "RSA", "n": text(n), "e": text(e)}),
            Kind::P256(point) => curve("P-256", point),
            Kind::P384(point) => curve("P-384", point),
            Kind::Ed25519(key) => json!({"kty": "OKP", "crv": "Ed25519", "x": text(key)}),
        }
    }

    /// The thumbprint (RFC 7638): base64url of a SHA-256, which names the key.
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(Digest::of(&canonical_json(&self.to_jwk())).as_bytes())
    }
}

fn rsa_parameters(algorithm: SignatureAlgorithm) -> Option<&'static RsaParameters> {
    use SignatureAlgorithm as Algorithm;
    Some(match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}
