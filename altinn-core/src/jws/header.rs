//! The protected header of a detached signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;

use super::{DetachedJws, JwsError};
use crate::canonical_json;
use crate::key::SignatureAlgorithm;

/// The extension that leaves the payload as it is (RFC 7797).
const B64: &str = "b64";

/// The protected header of a detached signature, as its bytes are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwsHeader {
    encoded: String,
    algorithm: SignatureAlgorithm,
    key_id: Option<String>,
    payload_encoded: bool,
}

/// The members that are read; others are passed over, as RFC 7515 wants it.
#[derive(Deserialize)]
struct Members {
    alg: String,
    kid: Option<String>,
    b64: Option<bool>,
    crit: Option<Vec<String>>,
}

impl JwsHeader {
    /// A header for a payload that is signed as it is (RFC 7797), and the id of the key.
    pub fn unencoded(algorithm: SignatureAlgorithm, key_id: impl Into<String>) -> Self {
        let key_id = key_id.into();
        let members = json!({"alg": algorithm.name(), "b64": false, "crit": [B64], "kid": key_id});
        let encoded = URL_SAFE_NO_PAD.encode(canonical_json(&members));
        Self { encoded, algorithm, key_id: Some(key_id), payload_encoded: false }
    }

    /// The algorithm.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The id of the key, when it is there. It says nothing until the signature verifies with a key that is known by it.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// What is signed: the header in base64url, a full stop, and the payload, encoded or not.
    pub fn signing_input(&self, payload: &[u8]) -> Vec<u8> {
        let header = [self.encoded.as_bytes(), b"."].concat();
        if self.payload_encoded {
            [header, URL_SAFE_NO_PAD.encode(payload).into_bytes()].concat()
        } else {
            [&header, payload].concat()
        }
    }

    /// The signature over the [signing input](Self::signing_input), with this header.
    pub fn with_signature(self, signature: &[u8]) -> DetachedJws {
        DetachedJws::new(self, signature.to_vec())
    }

    pub(super) fn encoded(&self) -> &str {
        &self.encoded
    }

    pub(super) fn parse(encoded: &str) -> Result<Self, JwsError> {
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| JwsError::Form)?;
        let members: Members = serde_json::from_slice(&bytes).map_err(|_| JwsError::Header)?;
        check_critical(&members)?;
        let algorithm = SignatureAlgorithm::from_name(&members.alg)
            .ok_or_else(|| JwsError::Algorithm { found: members.alg.chars().take(40).collect() })?;
        Ok(Self {
            encoded: encoded.to_owned(),
            algorithm,
            key_id: members.kid,
            payload_encoded: members.b64.unwrap_or(true),
        })
    }
}

/// RFC 7515, section 4.1.11: the list is not empty, names only what is there and understood, and each once. RFC 7797,
/// section 6: `b64` must be in it.
fn check_critical(members: &Members) -> Result<(), JwsError> {
    let refused = |name: &str| Err(JwsError::Critical { name: name.chars().take(40).collect() });
    match (members.crit.as_deref(), members.b64) {
        (None, None) => Ok(()),
        (None, Some(_)) => refused(B64),
        (Some([name]), Some(_)) if name == B64 => Ok(()),
        (Some(names), _) => refused(names.iter().find(|name| *name != B64).map_or("", String::as_str)),
    }
}
