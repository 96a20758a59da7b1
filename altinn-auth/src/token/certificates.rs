//! Signers that are known by a certificate (RFC 5280, RFC 7515 section 4.1.6).

use altinn_core::key::{KeyError, PrivateKey, SignatureAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{AlgorithmFamily, DecodingKey};
use serde_json::json;
use thiserror::Error;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use super::{TokenSigner, algorithm, crypto};

/// Why certificates are not the chain of a key. Nothing of them stands in it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// There is no certificate in PEM, or one that cannot be read.
    #[error("the text does not hold certificates in PEM")]
    NotCertificates,
    /// The first certificate is another key's.
    #[error("the first certificate is not the key's own")]
    OtherKey,
    /// A certificate stands before another one than its issuer's.
    #[error("certificate {number} is not followed by that of its issuer")]
    Order {
        /// Which one, counted from 1.
        number: usize,
    },
    /// The key cannot sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl CertificateError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotCertificates => "AUTH-CERTIFICATES-NONE",
            Self::OtherKey => "AUTH-CERTIFICATES-OTHER-KEY",
            Self::Order { .. } => "AUTH-CERTIFICATES-ORDER",
            Self::Key(error) => error.code(),
        }
    }
}

impl TokenSigner {
    /// A signer whose tokens carry the chain of the key's certificate (`x5c`): an enterprise certificate
    /// (virksomhetssertifikat) that was not registered by id. The key's own stands first, and each before that of its issuer.
    /// Whether they still count is for Maskinporten to say.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn with_certificates(key: PrivateKey, chain_pem: &str) -> Result<Self, CertificateError> {
        let chain = read(chain_pem).ok_or(CertificateError::NotCertificates)?;
        let algorithm = key.algorithms().first().copied().ok_or(KeyError::Unsupported)?;
        let own = chain.first().ok_or(CertificateError::NotCertificates)?;
        if !is_of(&own.certificate, &key, algorithm)? {
            return Err(CertificateError::OtherKey);
        }
        check_order(&chain)?;
        let x5c: Vec<_> = chain.into_iter().map(|link| link.base64).collect();
        let id = key.public_key().thumbprint();
        Ok(Self::named(key, algorithm, ("x5c", json!(x5c)), id))
    }
}

/// A certificate, and as it stands in `x5c`.
struct Link {
    certificate: Certificate,
    base64: String,
}

/// The certificates of a PEM text, whatever stands between them.
fn read(pem: &str) -> Option<Vec<Link>> {
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    let links = blocks.map(|block| {
        let body = block.split_once("-----END CERTIFICATE-----")?.0;
        let base64: String = body.split_ascii_whitespace().collect();
        let certificate = Certificate::from_der(&STANDARD.decode(&base64).ok()?).ok()?;
        Some(Link { certificate, base64 })
    });
    links.collect()
}

/// Whether a certificate verifies what a key signs.
fn is_of(
    certificate: &Certificate,
    key: &PrivateKey,
    algorithm: SignatureAlgorithm,
) -> Result<bool, KeyError> {
    const MESSAGE: &[u8] = b"whose certificate is this";
    let public = certificate.tbs_certificate().subject_public_key_info().subject_public_key.as_bytes();
    let public = public.unwrap_or_default();
    let public = match algorithm::family(algorithm) {
        AlgorithmFamily::Rsa => DecodingKey::from_rsa_der(public),
        AlgorithmFamily::Ec => DecodingKey::from_ec_der(public),
        AlgorithmFamily::Ed => DecodingKey::from_ed_der(public),
        AlgorithmFamily::Hmac => return Ok(false),
    };
    let signature = key.sign(algorithm, MESSAGE)?;
    Ok(crypto::verify(algorithm::jsonwebtoken(algorithm), &public, MESSAGE, &signature))
}

fn check_order(chain: &[Link]) -> Result<(), CertificateError> {
    let names = |link: &Link, next: &Link| {
        link.certificate.tbs_certificate().issuer() == next.certificate.tbs_certificate().subject()
    };
    let wrong = chain.iter().zip(chain.iter().skip(1)).position(|(link, next)| !names(link, next));
    wrong.map_or(Ok(()), |at| Err(CertificateError::Order { number: at + 1 }))
}
