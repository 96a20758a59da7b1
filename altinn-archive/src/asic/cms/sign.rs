//! Making a CAdES signature (ETSI EN 319 122-1, level B-B) over bytes that stand elsewhere.

use altinn_core::key::{PublicKey, SignatureAlgorithm};
use chrono::{DateTime, Datelike as _, Utc};
use der::Encode as _;
use der::asn1::ObjectIdentifier;

use super::certificate::Certificate;
use super::oid;
use super::tlv::{
    GENERALIZED_TIME, INTEGER, NULL, OCTET_STRING, SEQUENCE, SET, Tlv, UTC_TIME, context, encode, encode_set,
};
use crate::asic::digest_algorithm::DigestAlgorithm;
use crate::seal::{SealError, Sealer};

/// Signs bytes; gives the signature as a CMS message without the bytes themselves.
pub(crate) async fn sign(
    sealer: &dyn Sealer,
    content: &[u8],
    time: DateTime<Utc>,
) -> Result<Vec<u8>, SealError> {
    let own = sealer.certificates().first().ok_or(SealError::Certificate)?;
    let certificate = Certificate::parse(own).ok_or(SealError::Certificate)?;
    if public_key(&certificate) != Some(sealer.public_key()) {
        return Err(SealError::OtherCertificate);
    }
    let digest = digest_of(sealer.algorithm());
    let attributes = signed_attributes(&certificate, digest, content, time).ok_or(SealError::Certificate)?;
    let signature = sealer.sign(&encode_set(SET, attributes.clone())).await?;
    let signature = in_cms(sealer.algorithm(), signature);
    let signer = signer_info(&certificate, sealer.algorithm(), attributes, &signature);
    let signer = signer.ok_or(SealError::Certificate)?;
    Ok(message(digest, sealer.certificates(), signer))
}

/// `ContentInfo` with `SignedData` (RFC 5652, section 5.1).
fn message(digest: DigestAlgorithm, certificates: &[Vec<u8>], signer: Vec<u8>) -> Vec<u8> {
    let digests = encode_set(SET, vec![algorithm(digest.oid(), &[])]);
    let content = encode(SEQUENCE, &[&der(oid::DATA)]);
    let certificates = encode_set(context(0), certificates.to_vec());
    let signers = encode_set(SET, vec![signer]);
    let version = encode(INTEGER, &[&[1]]);
    let signed_data = encode(SEQUENCE, &[&version, &digests, &content, &certificates, &signers]);
    encode(SEQUENCE, &[&der(oid::SIGNED_DATA), &encode(context(0), &[&signed_data])])
}

/// `SignerInfo` (RFC 5652, section 5.3).
fn signer_info(
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    attributes: Vec<Vec<u8>>,
    signature: &[u8],
) -> Option<Vec<u8>> {
    let (issuer, serial_number) = certificate.issuer_and_serial_number()?;
    let parts = [
        encode(INTEGER, &[&[1]]),
        encode(SEQUENCE, &[&issuer, &serial_number]),
        self::algorithm(digest_of(algorithm).oid(), &[]),
        encode_set(context(0), attributes),
        signature_algorithm(algorithm),
        encode(OCTET_STRING, &[signature]),
    ];
    Some(encode(SEQUENCE, &parts.each_ref().map(Vec::as_slice)))
}

/// The attributes that are signed: what the content is, its digest, when, and with which certificate.
fn signed_attributes(
    certificate: &Certificate,
    digest: DigestAlgorithm,
    content: &[u8],
    time: DateTime<Utc>,
) -> Option<Vec<Vec<u8>>> {
    let (issuer, serial_number) = certificate.issuer_and_serial_number()?;
    let names = encode(SEQUENCE, &[&encode(context(4), &[&issuer])]);
    let issuer_serial = encode(SEQUENCE, &[&names, &serial_number]);
    let hash = encode(OCTET_STRING, &[&DigestAlgorithm::Sha256.digest(&certificate.der)]);
    // The digest's algorithm is SHA-256, which is the default and so not written.
    let id = encode(SEQUENCE, &[&hash, &issuer_serial]);
    let signing_certificate = encode(SEQUENCE, &[&encode(SEQUENCE, &[&id])]);
    Some(vec![
        attribute(oid::CONTENT_TYPE, &der(oid::DATA)),
        attribute(oid::MESSAGE_DIGEST, &encode(OCTET_STRING, &[&digest.digest(content)])),
        attribute(oid::SIGNING_TIME, &encode_time(time)),
        attribute(oid::SIGNING_CERTIFICATE_V2, &signing_certificate),
    ])
}

fn attribute(kind: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    encode(SEQUENCE, &[&der(kind), &encode(SET, &[value])])
}

/// `Time` (RFC 5280, section 4.1.2.5): with two digits of the year up to 2049, with four from then on.
fn encode_time(time: DateTime<Utc>) -> Vec<u8> {
    match time.year() {
        1950..2050 => encode(UTC_TIME, &[time.format("%y%m%d%H%M%SZ").to_string().as_bytes()]),
        _ => encode(GENERALIZED_TIME, &[time.format("%Y%m%d%H%M%SZ").to_string().as_bytes()]),
    }
}

fn digest_of(algorithm: SignatureAlgorithm) -> DigestAlgorithm {
    use SignatureAlgorithm as Algorithm;
    match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => DigestAlgorithm::Sha256,
        Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => DigestAlgorithm::Sha384,
        // RFC 8419, section 3, for Ed25519.
        Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::EdDsa => DigestAlgorithm::Sha512,
    }
}

/// The algorithm's identifier (RFC 4055, RFC 5758, RFC 8419).
fn signature_algorithm(signature: SignatureAlgorithm) -> Vec<u8> {
    use SignatureAlgorithm as Algorithm;
    let null = encode(NULL, &[]);
    match signature {
        Algorithm::Rs256 => algorithm(oid::RSA_SHA256, &null),
        Algorithm::Rs384 => algorithm(oid::RSA_SHA384, &null),
        Algorithm::Rs512 => algorithm(oid::RSA_SHA512, &null),
        Algorithm::Ps256 | Algorithm::Ps384 | Algorithm::Ps512 => {
            algorithm(oid::RSA_PSS, &pss_parameters(digest_of(signature)))
        }
        Algorithm::Es256 => algorithm(oid::ECDSA_SHA256, &[]),
        Algorithm::Es384 => algorithm(oid::ECDSA_SHA384, &[]),
        Algorithm::EdDsa => algorithm(oid::ED25519, &[]),
    }
}

/// `RSASSA-PSS-params` (RFC 4055, section 3.1): digest, mask by the same digest, and a salt of its length.
fn pss_parameters(digest: DigestAlgorithm) -> Vec<u8> {
    let hash = algorithm(digest.oid(), &encode(NULL, &[]));
    let mask = algorithm(oid::MGF1, &hash);
    let salt = encode(INTEGER, &[&[digest.length()]]);
    encode(
        SEQUENCE,
        &[&encode(context(0), &[&hash]), &encode(context(1), &[&mask]), &encode(context(2), &[&salt])],
    )
}

fn algorithm(oid: ObjectIdentifier, parameters: &[u8]) -> Vec<u8> {
    encode(SEQUENCE, &[&der(oid), parameters])
}

/// The signature as CMS has it: two numbers of fixed length become `Ecdsa-Sig-Value` (RFC 5480, appendix A).
fn in_cms(algorithm: SignatureAlgorithm, signature: Vec<u8>) -> Vec<u8> {
    use SignatureAlgorithm as Algorithm;
    if !matches!(algorithm, Algorithm::Es256 | Algorithm::Es384) {
        return signature;
    }
    let (r, s) = signature.split_at(signature.len() / 2);
    encode(SEQUENCE, &[&positive(r), &positive(s)])
}

/// A number that is not negative, as `INTEGER`.
fn positive(bytes: &[u8]) -> Vec<u8> {
    let leading = bytes.iter().take_while(|byte| **byte == 0).count().min(bytes.len().saturating_sub(1));
    let digits = bytes.get(leading..).unwrap_or_default();
    let sign: &[u8] = if digits.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    encode(INTEGER, &[sign, digits])
}

/// The key of a certificate as the rest of the SDK has it.
fn public_key(certificate: &Certificate) -> Option<PublicKey> {
    let key = certificate.key()?;
    let bytes = || key.bytes.to_vec();
    match (key.algorithm, key.curve) {
        (oid::RSA, _) => {
            let numbers = Tlv::parse(key.bytes)?.tagged(SEQUENCE)?.children()?;
            let [n, e] = numbers.as_slice() else { return None };
            let number = |number: &Tlv<'_>| {
                let value = number.tagged(INTEGER)?.value;
                Some(value.strip_prefix(&[0]).unwrap_or(value).to_vec())
            };
            Some(PublicKey::rsa(number(n)?, number(e)?))
        }
        (oid::EC, Some(oid::P256)) => Some(PublicKey::p256(bytes())),
        (oid::EC, Some(oid::P384)) => Some(PublicKey::p384(bytes())),
        (oid::ED25519, _) => Some(PublicKey::ed25519(bytes())),
        _ => None,
    }
}

/// An object identifier in DER.
fn der(oid: ObjectIdentifier) -> Vec<u8> {
    oid.to_der().unwrap_or_default()
}
