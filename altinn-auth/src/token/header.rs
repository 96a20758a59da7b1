//! The header of a token.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::json::without_duplicates;
use super::{SignatureAlgorithm, TokenError, TokenPart};

/// What is read of a token's header (RFC 7515, 4.1).
#[derive(Deserialize)]
struct RawHeader {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<IgnoredAny>,
    jwk: Option<IgnoredAny>,
    jku: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    zip: Option<IgnoredAny>,
    enc: Option<IgnoredAny>,
    b64: Option<IgnoredAny>,
}

/// The algorithm and the id of the key that a token says it is signed with.
pub(super) struct Header {
    /// None when it is none that is ever allowed.
    pub(super) algorithm: Option<SignatureAlgorithm>,
    pub(super) kid: Option<String>,
}

impl Header {
    /// Reads a header; a token that says its type says one of these.
    pub(super) fn parse(json: &[u8], types: &[&str]) -> Result<Self, TokenError> {
        let raw: Option<RawHeader> =
            without_duplicates(json).then(|| serde_json::from_slice(json).ok()).flatten();
        let raw = raw.ok_or(TokenError::Malformed(TokenPart::Header))?;
        for (parameter, is_there) in [
            ("jwk", raw.jwk.is_some()),
            ("jku", raw.jku.is_some()),
            ("x5u", raw.x5u.is_some()),
            ("crit", raw.crit.is_some()),
            ("zip", raw.zip.is_some()),
            ("enc", raw.enc.is_some()),
            ("b64", raw.b64.is_some()),
        ] {
            if is_there {
                return Err(TokenError::Header { parameter });
            }
        }
        // Only what everybody calls a JWT may leave it out.
        let is_one = match raw.typ.as_deref() {
            Some(typ) => {
                let typ = typ.strip_prefix("application/").unwrap_or(typ);
                types.iter().any(|one| one.eq_ignore_ascii_case(typ))
            }
            None => types.contains(&"JWT"),
        };
        if !is_one {
            return Err(TokenError::Header { parameter: "typ" });
        }
        Ok(Self { algorithm: SignatureAlgorithm::from_name(&raw.alg), kid: raw.kid })
    }
}
