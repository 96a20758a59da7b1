//! Verifying the signatures of a signed message (RFC 5652, section 5.4 and 5.6; ETSI EN 319 122-1, clause 5).

use chrono::{DateTime, Utc};
use der::Decode as _;
use der::asn1::ObjectIdentifier;
use thiserror::Error;
use x509_cert::time::Time;

use super::algorithm::{self, NotVerified};
use super::certificate::{Certificate, utc};
use super::oid;
use super::signed_data::{Algorithm, SignedData, SignerInfo, oid_of};
use super::tlv::{OCTET_STRING, SEQUENCE, Tlv};
use crate::asic::digest_algorithm::DigestAlgorithm;

/// What is wrong with a signature.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// It is not a signed message in CMS.
    #[error("it is no signed message")]
    Form,
    /// There is no signature in it.
    #[error("it holds no signature")]
    NoSignature,
    /// What is signed is within, or is not of the kind that it must be.
    #[error("it signs other content than the file beside it")]
    Content,
    /// The certificate is not there, or cannot be read.
    #[error("the certificate that it was made with is not in it")]
    NoCertificate,
    /// A signed attribute is missing, twice there, or of the wrong form.
    #[error("its attribute `{name}` is missing or wrong")]
    Attribute {
        /// Which attribute.
        name: &'static str,
    },
    /// The algorithm is not verified here.
    #[error("its algorithm `{oid}` is not known, or not for this kind of key")]
    Algorithm {
        /// The object identifier.
        oid: String,
    },
    /// What is signed is something else.
    #[error("it was made over other bytes")]
    MessageDigest,
    /// The signature is not one of the certificate's key.
    #[error("it was not made with the certificate's key")]
    Signature,
}

impl SignatureError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form => "CMS-FORM",
            Self::NoSignature => "CMS-NO-SIGNATURE",
            Self::Content => "CMS-CONTENT",
            Self::NoCertificate => "CMS-NO-CERTIFICATE",
            Self::Attribute { .. } => "CMS-ATTRIBUTE",
            Self::Algorithm { .. } => "CMS-ALGORITHM",
            Self::MessageDigest => "CMS-MESSAGE-DIGEST",
            Self::Signature => "CMS-SIGNATURE",
        }
    }
}

/// A signature that verifies.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) certificate: Certificate,
    pub(crate) digest: DigestAlgorithm,
    /// When the signer says that it was made.
    pub(crate) signing_time: Option<DateTime<Utc>>,
    /// Whether the certificate is itself among what is signed, as CAdES wants it.
    pub(crate) binds_certificate: bool,
}

/// Verifies a signature over content of this type.
pub(crate) fn verify(
    message: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    content_type: ObjectIdentifier,
    content: &[u8],
) -> Result<Verified, SignatureError> {
    let certificate = find_certificate(message, signer).ok_or(SignatureError::NoCertificate)?;
    let digest = DigestAlgorithm::from_oid(signer.digest).ok_or_else(|| unknown(signer.digest))?;
    if message.content_type != content_type {
        return Err(SignatureError::Content);
    }
    if attribute(signer, oid::CONTENT_TYPE, "contentType")
        .and_then(|value| oid_of(value).ok_or(SignatureError::Attribute { name: "contentType" }))?
        != content_type
    {
        return Err(SignatureError::Content);
    }
    let signed_digest = attribute(signer, oid::MESSAGE_DIGEST, "messageDigest")?;
    if signed_digest.tag != OCTET_STRING || signed_digest.value != digest.digest(content) {
        return Err(SignatureError::MessageDigest);
    }
    let binds_certificate = bound_certificate(signer)?
        .is_some_and(|(algorithm, bound)| algorithm.digest(&certificate.der) == bound);
    if !binds_certificate && bound_certificate(signer)?.is_some() {
        return Err(SignatureError::Attribute { name: "signingCertificate" });
    }
    verify_signature(&certificate, signer, digest)?;
    let signing_time = signer.signed_attribute(oid::SIGNING_TIME);
    let signing_time = signing_time.and_then(|time| Time::from_der(time.whole).ok()).map(utc);
    Ok(Verified { certificate, digest, signing_time, binds_certificate })
}

fn verify_signature(
    certificate: &Certificate,
    signer: &SignerInfo<'_>,
    digest: DigestAlgorithm,
) -> Result<(), SignatureError> {
    let key = certificate.key().ok_or(SignatureError::NoCertificate)?;
    let bytes = signer.signed_bytes().ok_or(SignatureError::Form)?;
    let algorithm = signer.signature_algorithm;
    algorithm::verify(&key, algorithm, digest, &bytes, signer.signature).map_err(|error| match error {
        NotVerified::Unsupported => unknown(algorithm.oid),
        NotVerified::Wrong => SignatureError::Signature,
    })
}

fn unknown(oid: ObjectIdentifier) -> SignatureError {
    SignatureError::Algorithm { oid: oid.to_string() }
}

fn find_certificate(message: &SignedData<'_>, signer: &SignerInfo<'_>) -> Option<Certificate> {
    let mut parsed = message.certificates.iter().filter_map(|der| Certificate::parse(der));
    parsed.find(|certificate| certificate.is(signer.certificate))
}

fn attribute<'a>(
    signer: &SignerInfo<'a>,
    oid: ObjectIdentifier,
    name: &'static str,
) -> Result<Tlv<'a>, SignatureError> {
    signer.signed_attribute(oid).ok_or(SignatureError::Attribute { name })
}

/// The digest of the certificate in the attribute `signingCertificateV2`, or in `signingCertificate`.
fn bound_certificate<'a>(
    signer: &SignerInfo<'a>,
) -> Result<Option<(DigestAlgorithm, &'a [u8])>, SignatureError> {
    let (default, attribute) = match signer.signed_attribute(oid::SIGNING_CERTIFICATE_V2) {
        Some(attribute) => (DigestAlgorithm::Sha256, attribute),
        None => match signer.signed_attribute(oid::SIGNING_CERTIFICATE) {
            Some(attribute) => (DigestAlgorithm::Sha1, attribute),
            None => return Ok(None),
        },
    };
    let wrong = SignatureError::Attribute { name: "signingCertificate" };
    first_certificate_digest(attribute, default).map(Some).ok_or(wrong)
}

/// The first `ESSCertID` (RFC 2634, section 5.4.1) or `ESSCertIDv2` (RFC 5035, section 4).
fn first_certificate_digest(
    attribute: Tlv<'_>,
    default: DigestAlgorithm,
) -> Option<(DigestAlgorithm, &[u8])> {
    let certificates = attribute.tagged(SEQUENCE)?.children()?.into_iter().next()?;
    let first = certificates.tagged(SEQUENCE)?.children()?.into_iter().next()?;
    let fields = first.tagged(SEQUENCE)?.children()?;
    match fields.as_slice() {
        [digest, ..] if digest.tag == OCTET_STRING => Some((default, digest.value)),
        [algorithm, digest, ..] => {
            let algorithm = DigestAlgorithm::from_oid(Algorithm::parse(*algorithm)?.oid)?;
            Some((algorithm, digest.tagged(OCTET_STRING)?.value))
        }
        _ => None,
    }
}
