//! All signatures of one thing, which only grow.

use std::collections::BTreeSet;
use std::str::FromStr;

use altinn_core::canonical_json;
use altinn_core::key::{PublicKey, SignatureAlgorithm};
use serde_json::json;

use super::{EvidenceError, SealedSignature, SignatureRecord};
use crate::Digest;
use crate::seal::{SealError, Sealer};

/// All signatures of one thing. They add up: each names those that were there before it under its seal, so that none
/// can be taken away or put elsewhere unseen once another has followed. The last one is held by the archive's log, once
/// the signatures are an element of an entry.
///
/// ```
/// # async fn sign() -> Result<(), Box<dyn std::error::Error>> {
/// use altinn_archive::evidence::{Authority, SignatureRecord, Signatures, SignedElement};
/// use altinn_archive::Participant;
/// use altinn_archive::seal::{KeySealer, Sealer};
/// use altinn_core::key::{PrivateKey, SigningKey};
/// use altinn_core::{AuthenticationLevel, Language, Text};
///
/// let sealer = KeySealer::new(PrivateKey::from_pkcs8(SigningKey::generate()?.expose_pkcs8())?);
/// let record = SignatureRecord {
///     subject: "50001/3f0b9f0c-5a5c-4e0e-9d5e-0f6a3a3e1f10/Task_Signing".to_owned(),
///     elements: vec![SignedElement::of("form", "application/json", b"{}")],
///     signer: Participant::new("50002", "Kari Nordmann"),
///     party: Participant::new("50001", "Bakeriet AS"),
///     level: AuthenticationLevel::VerySensitive,
///     method: "BankID".to_owned(),
///     authority: Authority::Role { code: "DAGL".to_owned() },
///     time: "2026-11-23T12:00:00Z".parse()?,
///     text: Text::new(Language::Nb, "Jeg bekrefter at opplysningene er riktige."),
/// };
/// let mut signatures = Signatures::default();
/// signatures.sign(record, &sealer).await?;
///
/// let kept = signatures.to_json(); // an element of the archived entry
/// let signatures: Signatures = kept.parse()?;
/// signatures.verify(&sealer.public_key(), &[sealer.algorithm()])?;
/// signatures.all()[0].verify_element("form", b"{}")?;
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(sign())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signatures(Vec<SealedSignature>);

impl Signatures {
    /// The longest text that is read: in bytes.
    pub const MAX_LENGTH: usize = 4 * 1024 * 1024;

    /// The signatures, in the order in which they were made.
    pub fn all(&self) -> &[SealedSignature] {
        &self.0
    }

    /// Seals one more signature, beside all that are there.
    ///
    /// # Errors
    /// [`SealError`], when there is no seal: nothing has been added then.
    pub async fn sign(&mut self, record: SignatureRecord, sealer: &dyn Sealer) -> Result<(), SealError> {
        let earlier = self.0.iter().map(SealedSignature::digest).collect();
        self.0.push(SealedSignature::new(record, earlier, sealer).await?);
        Ok(())
    }

    /// Verifies every seal, and that no signature is missing that a later one was made beside.
    ///
    /// # Errors
    /// [`EvidenceError::Seal`], [`EvidenceError::Version`], [`EvidenceError::Removed`].
    pub fn verify(&self, key: &PublicKey, allowed: &[SignatureAlgorithm]) -> Result<(), EvidenceError> {
        let mut before: BTreeSet<Digest> = BTreeSet::new();
        for (place, signature) in self.0.iter().enumerate() {
            signature.verify(key, allowed)?;
            if let Some(missing) = signature.earlier.iter().find(|digest| !before.contains(*digest)) {
                return Err(EvidenceError::Removed { place, missing: *missing });
            }
            before.insert(signature.digest());
        }
        Ok(())
    }

    /// The signatures as canonical JSON.
    pub fn to_json(&self) -> String {
        String::from_utf8_lossy(&canonical_json(&json!(self.0))).into_owned()
    }
}

impl FromStr for Signatures {
    type Err = EvidenceError;

    fn from_str(text: &str) -> Result<Self, EvidenceError> {
        if text.len() > Self::MAX_LENGTH {
            return Err(EvidenceError::Form { line: 0, column: 0 });
        }
        let form =
            |error: serde_json::Error| EvidenceError::Form { line: error.line(), column: error.column() };
        serde_json::from_str(text).map(Self).map_err(form)
    }
}
