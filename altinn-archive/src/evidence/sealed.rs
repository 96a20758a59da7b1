//! A user's signature under the agency's seal.

use altinn_core::canonical_json;
use altinn_core::jws::{DetachedJws, JwsHeader};
use altinn_core::key::{PublicKey, SignatureAlgorithm};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{EvidenceError, SignatureRecord};
use crate::Digest;
use crate::seal::{SealError, Sealer};

/// The version of the form of sealed signatures.
pub(super) const VERSION: u8 = 1;

/// A user's signature under the agency's seal: a detached JWS over the record's canonical JSON (RFC 8785), unencoded
/// (RFC 7797).
///
/// Whoever has the agency's public key verifies it without this library: the payload is the canonical JSON of the
/// members `version`, `record` and `earlier`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SealedSignature {
    pub(super) version: u8,
    record: SignatureRecord,
    /// The digests of the signatures that were there before.
    pub(super) earlier: Vec<Digest>,
    seal: DetachedJws,
}

impl SealedSignature {
    pub(super) async fn new(
        record: SignatureRecord,
        earlier: Vec<Digest>,
        sealer: &dyn Sealer,
    ) -> Result<Self, SealError> {
        let header = JwsHeader::unencoded(sealer.algorithm(), sealer.public_key().thumbprint());
        let signature = sealer.sign(&header.signing_input(&payload(VERSION, &record, &earlier))).await?;
        Ok(Self { version: VERSION, record, earlier, seal: header.with_signature(&signature) })
    }

    /// What was signed.
    pub fn record(&self) -> &SignatureRecord {
        &self.record
    }

    /// The id of the key that sealed it: the key's thumbprint (RFC 7638).
    pub fn key_id(&self) -> Option<&str> {
        self.seal.header().key_id()
    }

    /// The digest by which later signatures name this one: the SHA-256 of its canonical JSON.
    pub fn digest(&self) -> Digest {
        Digest::of(&canonical_json(&json!(self)))
    }

    /// Verifies the seal with the agency's public key.
    ///
    /// # Errors
    /// [`EvidenceError::Seal`], [`EvidenceError::Version`].
    pub fn verify(&self, key: &PublicKey, allowed: &[SignatureAlgorithm]) -> Result<(), EvidenceError> {
        if self.version != VERSION {
            return Err(EvidenceError::Version { found: self.version });
        }
        let payload = payload(self.version, &self.record, &self.earlier);
        Ok(self.seal.verify(&payload, key, allowed)?)
    }

    /// Verifies that the signature is over these bytes of an element. It says something only about a signature that is
    /// [verified](Self::verify) itself.
    ///
    /// # Errors
    /// [`EvidenceError::Element`].
    pub fn verify_element(&self, name: &str, bytes: &[u8]) -> Result<(), EvidenceError> {
        let found = self.record.elements.iter().find(|element| element.name == name);
        match found {
            Some(found) if found.size == bytes.len() as u64 && found.sha256 == Digest::of(bytes) => Ok(()),
            _ => Err(EvidenceError::Element { name: name.chars().take(255).collect() }),
        }
    }
}

fn payload(version: u8, record: &SignatureRecord, earlier: &[Digest]) -> Vec<u8> {
    canonical_json(&json!({"version": version, "record": record, "earlier": earlier}))
}
