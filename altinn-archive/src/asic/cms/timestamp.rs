//! Timestamps (RFC 3161).

use chrono::{DateTime, NaiveDateTime, Utc};

use super::oid;
use super::signed_data::{Algorithm, SignedData};
use super::tlv::{GENERALIZED_TIME, OCTET_STRING, SEQUENCE, Tlv};
use super::verify::{SignatureError, Verified, verify};
use crate::asic::digest_algorithm::DigestAlgorithm;

/// A timestamp that verifies.
#[derive(Debug)]
pub(crate) struct Stamped {
    pub(crate) time: DateTime<Utc>,
    /// The authority's signature.
    pub(crate) signature: Verified,
}

/// Verifies that a timestamp, in DER, is over these bytes.
pub(crate) fn verify_timestamp(token: &[u8], stamped: &[u8]) -> Result<Stamped, SignatureError> {
    let message = SignedData::parse(token).ok_or(SignatureError::Form)?;
    let [signer] = message.signers.as_slice() else { return Err(SignatureError::NoSignature) };
    let content = message.content.ok_or(SignatureError::Content)?;
    let info = Info::parse(content).ok_or(SignatureError::Form)?;
    if info.algorithm.digest(stamped) != info.digest {
        return Err(SignatureError::MessageDigest);
    }
    let signature = verify(&message, signer, oid::TIMESTAMP_INFO, content)?;
    Ok(Stamped { time: info.time, signature })
}

/// `TSTInfo`, up to the time.
struct Info<'a> {
    algorithm: DigestAlgorithm,
    digest: &'a [u8],
    time: DateTime<Utc>,
}

impl<'a> Info<'a> {
    fn parse(der: &'a [u8]) -> Option<Self> {
        let fields = Tlv::parse(der)?.tagged(SEQUENCE)?.children()?;
        let [_version, _policy, imprint, _serial_number, time, ..] = fields.as_slice() else { return None };
        let imprint = imprint.tagged(SEQUENCE)?.children()?;
        let [algorithm, digest] = imprint.as_slice() else { return None };
        let time = std::str::from_utf8(time.tagged(GENERALIZED_TIME)?.value).ok()?;
        Some(Self {
            algorithm: DigestAlgorithm::from_oid(Algorithm::parse(*algorithm)?.oid)?,
            digest: digest.tagged(OCTET_STRING)?.value,
            time: NaiveDateTime::parse_from_str(time, "%Y%m%d%H%M%S%.fZ").ok()?.and_utc(),
        })
    }
}
