//! The signature algorithms that are verified, by ring.

use der::asn1::ObjectIdentifier;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519,
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};

use super::certificate::SubjectKey;
use super::oid;
use super::signed_data::Algorithm;
use super::tlv::{Tlv, context};
use crate::asic::digest_algorithm::DigestAlgorithm;

/// Why a signature does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotVerified {
    /// The algorithm is not verified here, or not with this kind of key.
    Unsupported,
    /// It is not one of this key over these bytes.
    Wrong,
}

/// Verifies a signature over a message whose digest is of this kind.
pub(crate) fn verify(
    key: &SubjectKey<'_>,
    algorithm: Algorithm<'_>,
    digest: DigestAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), NotVerified> {
    let ring = ring_algorithm(key, algorithm, digest).ok_or(NotVerified::Unsupported)?;
    UnparsedPublicKey::new(ring, key.bytes).verify(message, signature).map_err(|_| NotVerified::Wrong)
}

fn ring_algorithm(
    key: &SubjectKey<'_>,
    algorithm: Algorithm<'_>,
    digest: DigestAlgorithm,
) -> Option<&'static dyn VerificationAlgorithm> {
    let is_rsa = [oid::RSA, oid::RSA_PSS].contains(&key.algorithm);
    match algorithm.oid {
        oid::RSA if is_rsa => Some(rsa(digest)),
        oid::RSA_SHA1 if is_rsa => Some(rsa(DigestAlgorithm::Sha1)),
        oid::RSA_SHA256 if is_rsa => Some(rsa(DigestAlgorithm::Sha256)),
        oid::RSA_SHA384 if is_rsa => Some(rsa(DigestAlgorithm::Sha384)),
        oid::RSA_SHA512 if is_rsa => Some(rsa(DigestAlgorithm::Sha512)),
        oid::RSA_PSS if is_rsa => rsa_pss(algorithm.parameters?),
        oid::ECDSA_SHA256 if key.algorithm == oid::EC => ecdsa(key.curve?, DigestAlgorithm::Sha256),
        oid::ECDSA_SHA384 if key.algorithm == oid::EC => ecdsa(key.curve?, DigestAlgorithm::Sha384),
        oid::ED25519 if key.algorithm == oid::ED25519 => Some(&ED25519),
        _ => None,
    }
}

fn rsa(digest: DigestAlgorithm) -> &'static dyn VerificationAlgorithm {
    match digest {
        DigestAlgorithm::Sha1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        DigestAlgorithm::Sha256 => &RSA_PKCS1_2048_8192_SHA256,
        DigestAlgorithm::Sha384 => &RSA_PKCS1_2048_8192_SHA384,
        DigestAlgorithm::Sha512 => &RSA_PKCS1_2048_8192_SHA512,
    }
}

/// By `RSASSA-PSS-params` (RFC 4055, section 3.1): the digest is in field 0, and without it SHA-1, which is not accepted.
/// The salt must be as long as the digest, and the mask be made with the same one: ring verifies nothing else.
fn rsa_pss(parameters: Tlv<'_>) -> Option<&'static dyn VerificationAlgorithm> {
    let fields = parameters.children()?;
    let digest = fields.iter().find(|field| field.tag == context(0))?;
    let digest = DigestAlgorithm::from_oid(Algorithm::parse(Tlv::parse(digest.value)?)?.oid)?;
    match digest {
        DigestAlgorithm::Sha1 => None,
        DigestAlgorithm::Sha256 => Some(&RSA_PSS_2048_8192_SHA256),
        DigestAlgorithm::Sha384 => Some(&RSA_PSS_2048_8192_SHA384),
        DigestAlgorithm::Sha512 => Some(&RSA_PSS_2048_8192_SHA512),
    }
}

fn ecdsa(curve: ObjectIdentifier, digest: DigestAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match (curve, digest) {
        (oid::P256, DigestAlgorithm::Sha256) => Some(&ECDSA_P256_SHA256_ASN1),
        (oid::P256, DigestAlgorithm::Sha384) => Some(&ECDSA_P256_SHA384_ASN1),
        (oid::P384, DigestAlgorithm::Sha256) => Some(&ECDSA_P384_SHA256_ASN1),
        (oid::P384, DigestAlgorithm::Sha384) => Some(&ECDSA_P384_SHA384_ASN1),
        _ => None,
    }
}
