//! A signature whose payload stands elsewhere.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{JwsError, JwsHeader};
use crate::key::{PublicKey, SignatureAlgorithm};

/// A signature whose payload stands elsewhere: `header..signature` (RFC 7515, appendix F).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DetachedJws {
    header: JwsHeader,
    signature: Vec<u8>,
}

impl DetachedJws {
    /// The longest text that is read: in bytes.
    pub const MAX_LENGTH: usize = 16 * 1024;

    pub(super) fn new(header: JwsHeader, signature: Vec<u8>) -> Self {
        Self { header, signature }
    }

    /// The header.
    pub fn header(&self) -> &JwsHeader {
        &self.header
    }

    /// Verifies that this key has signed the payload, with one of the algorithms that are allowed.
    ///
    /// # Errors
    /// [`JwsError::Algorithm`], [`JwsError::Signature`].
    pub fn verify(
        &self,
        payload: &[u8],
        key: &PublicKey,
        allowed: &[SignatureAlgorithm],
    ) -> Result<(), JwsError> {
        let algorithm = self.header.algorithm();
        if !allowed.contains(&algorithm) {
            return Err(JwsError::Algorithm { found: algorithm.name().to_owned() });
        }
        let input = self.header.signing_input(payload);
        key.verify(algorithm, &input, &self.signature).map_err(|_| JwsError::Signature)
    }
}

impl FromStr for DetachedJws {
    type Err = JwsError;

    fn from_str(text: &str) -> Result<Self, JwsError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(JwsError::Form);
        }
        let (header, signature) = text.split_once("..").ok_or(JwsError::Form)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| JwsError::Form)?;
        Ok(Self { header: JwsHeader::parse(header)?, signature })
    }
}

impl TryFrom<String> for DetachedJws {
    type Error = JwsError;

    fn try_from(text: String) -> Result<Self, JwsError> {
        text.parse()
    }
}

impl From<DetachedJws> for String {
    fn from(jws: DetachedJws) -> Self {
        jws.to_string()
    }
}

impl fmt::Display for DetachedJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.header.encoded(), URL_SAFE_NO_PAD.encode(&self.signature))
    }
}
