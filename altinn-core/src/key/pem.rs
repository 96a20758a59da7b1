//! PEM with one private key (RFC 7468).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// PKCS#8 as PEM. The keys written here fit in two lines.
pub(super) fn encode(der: &[u8]) -> Zeroizing<String> {
    let base64 = Zeroizing::new(STANDARD.encode(der));
    let mut pem = Zeroizing::new(format!("{BEGIN}\n"));
    let mut rest = base64.as_str();
    while let Some((line, after)) = rest.split_at_checked(64) {
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    if !rest.is_empty() {
        pem.push_str(rest);
        pem.push('\n');
    }
    pem.push_str(END);
    pem.push('\n');
    pem
}

/// The PKCS#8 of PEM that holds one private key and nothing else.
pub(super) fn decode(pem: &str) -> Option<Zeroizing<Vec<u8>>> {
    between(pem, BEGIN, END)
}

/// The PKCS#1 of PEM that holds one RSA key and nothing else.
pub(super) fn decode_rsa(pem: &str) -> Option<Zeroizing<Vec<u8>>> {
    between(pem, "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----")
}

fn between(pem: &str, begin: &str, end: &str) -> Option<Zeroizing<Vec<u8>>> {
    let body = pem.trim().strip_prefix(begin)?.strip_suffix(end)?;
    let base64: Zeroizing<String> = Zeroizing::new(body.split_ascii_whitespace().collect());
    STANDARD.decode(base64.as_bytes()).ok().map(Zeroizing::new)
}
