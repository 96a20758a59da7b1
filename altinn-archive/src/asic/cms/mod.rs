//! Signed messages: CMS (RFC 5652) with the attributes of CAdES (ETSI EN 319 122-1), and timestamps (RFC 3161).
//!
//! Written on tags and lengths, since signed messages come in BER; certificates are parsed by `x509-cert`, and ring
//! verifies and signs.

mod algorithm;
mod certificate;
mod oid;
mod sign;
mod signed_data;
mod timestamp;
mod tlv;
mod verify;

pub(crate) use certificate::Certificate;
pub use certificate::CertificateInfo;
pub(crate) use oid::{DATA, SIGNATURE_TIMESTAMP};
pub(crate) use sign::sign;
pub(crate) use signed_data::{SignedData, SignerInfo};
pub(crate) use timestamp::verify_timestamp;
pub(crate) use tlv::to_der;
pub use verify::SignatureError;
pub(crate) use verify::{Verified, verify};
