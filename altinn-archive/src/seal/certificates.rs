//! Certificates in PEM (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates of a PEM text in DER; none when one of them is not base64. What else stands in the text is passed
/// over.
pub(super) fn decode(pem: &str) -> Option<Vec<Vec<u8>>> {
    let blocks = pem.split(BEGIN).skip(1);
    let decode = |block: &str| {
        let (body, _) = block.split_once(END)?;
        STANDARD.decode(body.split_ascii_whitespace().collect::<String>()).ok()
    };
    blocks.map(decode).collect()
}
