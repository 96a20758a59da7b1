//! Certificates (RFC 5280), as far as signatures need them.

use std::fmt;

use altinn_core::Digest;
use chrono::{DateTime, Utc};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _};
use serde::Serialize;
use x509_cert::Certificate as X509;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::time::Time;

use super::signed_data::CertificateId;

/// A certificate with which something was signed. Whether its issuer is to be trusted, and whether it has been revoked,
/// is for whoever reads the container to say: compare the digest, or the issuer, with what is agreed.
///
/// The subject may be a person, so it does not show in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CertificateInfo {
    /// Whose certificate it is (RFC 4514).
    pub subject: String,
    /// Who issued it (RFC 4514).
    pub issuer: String,
    /// The serial number, in hexadecimal.
    pub serial_number: String,
    /// When it begins to be valid.
    pub not_before: DateTime<Utc>,
    /// When it ends to be valid.
    pub not_after: DateTime<Utc>,
    /// The SHA-256 of the certificate in DER.
    pub sha256: Digest,
}

impl fmt::Debug for CertificateInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateInfo").field("sha256", &self.sha256).finish_non_exhaustive()
    }
}

/// A parsed certificate with its bytes.
#[derive(Debug)]
pub(crate) struct Certificate {
    x509: X509,
    pub(crate) der: Vec<u8>,
}

/// The public key of a certificate.
#[derive(Debug)]
pub(crate) struct SubjectKey<'a> {
    pub(crate) algorithm: ObjectIdentifier,
    /// The curve, when it is on one.
    pub(crate) curve: Option<ObjectIdentifier>,
    pub(crate) bytes: &'a [u8],
}

impl Certificate {
    pub(crate) fn parse(der: &[u8]) -> Option<Self> {
        Some(Self { x509: X509::from_der(der).ok()?, der: der.to_vec() })
    }

    /// Issuer and serial number, each in DER.
    pub(crate) fn issuer_and_serial_number(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let certificate = self.x509.tbs_certificate();
        Some((certificate.issuer().to_der().ok()?, certificate.serial_number().to_der().ok()?))
    }

    /// Whether it is the one that a signature names.
    pub(crate) fn is(&self, id: CertificateId<'_>) -> bool {
        match id {
            CertificateId::IssuerAndSerialNumber(issuer, serial_number) => self
                .issuer_and_serial_number()
                .is_some_and(|(its_issuer, its_number)| its_issuer == issuer && its_number == serial_number),
            CertificateId::SubjectKeyIdentifier(wanted) => {
                let extension = self.x509.tbs_certificate().get_extension::<SubjectKeyIdentifier>();
                let id = extension.ok().flatten().map(|(_, SubjectKeyIdentifier(id))| id);
                id.as_ref().map(OctetString::as_bytes) == Some(wanted)
            }
        }
    }

    pub(crate) fn key(&self) -> Option<SubjectKey<'_>> {
        let key = self.x509.tbs_certificate().subject_public_key_info();
        let curve = key.algorithm.parameters.as_ref().and_then(|curve| curve.decode_as().ok());
        Some(SubjectKey { algorithm: key.algorithm.oid, curve, bytes: key.subject_public_key.as_bytes()? })
    }

    /// What a report says of it.
    pub(crate) fn info(&self) -> CertificateInfo {
        let certificate = self.x509.tbs_certificate();
        let number = certificate.serial_number().as_bytes();
        CertificateInfo {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            serial_number: number.iter().map(|byte| format!("{byte:02x}")).collect(),
            not_before: utc(certificate.validity().not_before),
            not_after: utc(certificate.validity().not_after),
            sha256: Digest::of(&self.der),
        }
    }
}

/// The time; the latest one when it is later than that.
pub(crate) fn utc(time: Time) -> DateTime<Utc> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    DateTime::from_timestamp(seconds, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
