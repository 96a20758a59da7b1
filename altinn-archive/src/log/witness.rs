//! Witnesses: others who have seen a log grow and say so, as in C2SP's [tlog-cosignature](https://c2sp.org/tlog-cosignature).

use std::fmt;
use std::str::FromStr;

use altinn_core::key::{SigningKey, VerifyingKey};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::signed_note::{NoteError, NoteSignature, SignedNote};
use super::verifier_key::{self, VerifierKeyError};

/// The byte that says `cosignature/v1` with Ed25519 in a signed note's key.
const COSIGNATURE_V1: u8 = 0x04;

/// The public key of a witness, in the form of a signed note's verifier key: `name+hex+base64`.
///
/// A witness signs a checkpoint only when it has grown out of the last one that it has seen. So whoever finds the
/// cosignature of a witness that they trust beneath a checkpoint knows that others were shown the same history.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct WitnessKey {
    name: String,
    key_id: [u8; 4],
    public_key: VerifyingKey,
}

/// That a witness has cosigned a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cosigned {
    /// The name of the witness.
    pub witness: String,
    /// When it says that it did.
    pub time: DateTime<Utc>,
}

/// A witness that signs: for agencies that witness each other's logs.
#[derive(Debug)]
pub struct Witness {
    signing_key: SigningKey,
    key: WitnessKey,
}

impl WitnessKey {
    /// The Ed25519 key of the witness of this name.
    ///
    /// # Errors
    /// [`VerifierKeyError::Name`].
    pub fn new(name: &str, public_key: VerifyingKey) -> Result<Self, VerifierKeyError> {
        let key_id = verifier_key::key_id(name, COSIGNATURE_V1, public_key)?;
        Ok(Self { name: name.to_owned(), key_id, public_key })
    }

    /// The witness's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a signature says that it is of this witness.
    pub fn is_named_in(&self, signature: &NoteSignature) -> bool {
        signature.name() == self.name && signature.key_id() == self.key_id
    }

    /// Verifies a cosignature over the text of a checkpoint.
    ///
    /// # Errors
    /// [`NoteError::OtherKey`] when it is of another key, [`NoteError::BadSignature`].
    pub fn verify(&self, checkpoint: &str, signature: &NoteSignature) -> Result<Cosigned, NoteError> {
        if !self.is_named_in(signature) {
            let (expected, found) = (verifier_key::hex(&self.key_id), verifier_key::hex(&signature.key_id()));
            return Err(NoteError::OtherKey { expected, found });
        }
        let (time, bytes) = signature.bytes().split_first_chunk().ok_or(NoteError::BadSignature)?;
        let seconds = u64::from_be_bytes(*time);
        let message = message(seconds, checkpoint);
        self.public_key.verify(message.as_bytes(), bytes).map_err(|_| NoteError::BadSignature)?;
        let time = i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        Ok(Cosigned { witness: self.name.clone(), time: time.ok_or(NoteError::BadSignature)? })
    }
}

/// What a witness signs.
fn message(seconds: u64, checkpoint: &str) -> String {
    format!("cosignature/v1\ntime {seconds}\n{checkpoint}")
}

impl Witness {
    /// The witness of this name.
    ///
    /// # Errors
    /// [`VerifierKeyError::Name`].
    pub fn new(name: &str, signing_key: SigningKey) -> Result<Self, VerifierKeyError> {
        let key = WitnessKey::new(name, signing_key.verifying_key())?;
        Ok(Self { signing_key, key })
    }

    /// The public key.
    pub fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// Cosigns a checkpoint, as a line that stands beneath it. That the log has grown out of what was cosigned before,
    /// and that its own signature verifies, is for the caller to see to.
    pub fn cosign(&self, checkpoint: &SignedNote, time: DateTime<Utc>) -> NoteSignature {
        let seconds = u64::try_from(time.timestamp()).unwrap_or(0);
        let signature = self.signing_key.sign(message(seconds, checkpoint.text()).as_bytes());
        let bytes = [seconds.to_be_bytes().as_slice(), &signature].concat();
        NoteSignature::new(self.key.name.clone(), self.key.key_id, bytes)
    }
}

impl FromStr for WitnessKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        let (name, key_id, public_key) = verifier_key::parse(text, COSIGNATURE_V1)?;
        Ok(Self { name, key_id, public_key })
    }
}

impl TryFrom<String> for WitnessKey {
    type Error = VerifierKeyError;

    fn try_from(text: String) -> Result<Self, VerifierKeyError> {
        text.parse()
    }
}

impl From<WitnessKey> for String {
    fn from(key: WitnessKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        verifier_key::write(f, &self.name, self.key_id, COSIGNATURE_V1, self.public_key)
    }
}

impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WitnessKey({self})")
    }
}
