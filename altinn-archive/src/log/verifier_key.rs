//! The public key of a log.

use std::fmt;
use std::str::FromStr;

use altinn_core::Digest;
use altinn_core::key::VerifyingKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::signed_note::{NoteError, SignedNote};

/// The byte that says Ed25519 in a signed note's key.
const ED25519: u8 = 0x01;

/// The public key of a log with the log's name, in the form of a signed note's verifier key: `name+hex+base64`.
///
/// The hexadecimal part is the key id: the first four bytes of `SHA-256(name || "\n" || 0x01 || key)`.
///
/// ```
/// use altinn_archive::VerifierKey;
///
/// let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
/// let key: VerifierKey = text.parse()?;
/// assert_eq!(key.name(), "PeterNeumann");
/// assert_eq!(key.to_string(), text);
/// # Ok::<(), altinn_archive::log::VerifierKeyError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct VerifierKey {
    name: String,
    key_id: [u8; 4],
    public_key: VerifyingKey,
}

/// Why a text is no verifier key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifierKeyError {
    /// It does not consist of a name, a key id and a key.
    #[error("a verifier key has the form `name+hex+base64`")]
    Form,
    /// The name is empty, too long, or has a space, a plus or a control character in it.
    #[error("a key's name has 1 to 200 bytes, and neither white space nor plus")]
    Name,
    /// The key is not Ed25519's.
    #[error("the key is not of the kind Ed25519 (1)")]
    Algorithm,
    /// The key id does not follow from name and key.
    #[error("key id `{found}` does not belong to this name and key, whose id is `{expected}`")]
    KeyId {
        /// The id that follows from name and key.
        expected: String,
        /// The id in the text.
        found: String,
    },
}

impl VerifierKeyError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form => "KEY-FORM",
            Self::Name => "KEY-NAME",
            Self::Algorithm => "KEY-ALGORITHM",
            Self::KeyId { .. } => "KEY-ID",
        }
    }
}

impl VerifierKey {
    /// The longest text that is read: in bytes.
    pub const MAX_LENGTH: usize = 300;

    /// The Ed25519 key of the log of this name.
    ///
    /// # Errors
    /// [`VerifierKeyError::Name`].
    pub fn new(name: &str, public_key: VerifyingKey) -> Result<Self, VerifierKeyError> {
        check_name(name)?;
        let digest = Digest::of(&[name.as_bytes(), b"\n", &[ED25519], public_key.as_bytes()].concat());
        let [a, b, c, d, ..] = *digest.as_bytes();
        Ok(Self { name: name.to_owned(), key_id: [a, b, c, d], public_key })
    }

    /// The log's name, its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key id, in hexadecimal.
    pub fn key_id(&self) -> String {
        hex(&self.key_id)
    }

    /// The four bytes of the key id.
    pub(super) fn key_id_bytes(&self) -> [u8; 4] {
        self.key_id
    }

    /// The text of a note that bears this key's signature and no other.
    ///
    /// # Errors
    /// [`NoteError`]: no note, signed by others, or a signature that does not fit the text.
    pub(crate) fn open<'a>(&self, note: &'a SignedNote) -> Result<&'a str, NoteError> {
        let [signature] = note.signatures() else {
            return Err(NoteError::SignatureCount { found: note.signatures().len() });
        };
        if signature.name() != self.name || signature.key_id() != self.key_id {
            return Err(NoteError::OtherKey { expected: self.key_id(), found: hex(&signature.key_id()) });
        }
        if self.public_key.verify(note.text().as_bytes(), signature.bytes()).is_ok() {
            Ok(note.text())
        } else {
            Err(NoteError::BadSignature)
        }
    }
}

/// Refuses a name that cannot stand in a signed note.
fn check_name(name: &str) -> Result<(), VerifierKeyError> {
    let allowed = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    if (1..=200).contains(&name.len()) && name.chars().all(allowed) {
        Ok(())
    } else {
        Err(VerifierKeyError::Name)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(key_id), Some(key), true) =
            (parts.next(), parts.next(), parts.next(), text.len() <= Self::MAX_LENGTH)
        else {
            return Err(VerifierKeyError::Form);
        };
        let key = STANDARD.decode(key).map_err(|_| VerifierKeyError::Form)?;
        let public_key = match key.split_first() {
            Some((&ED25519, key)) => {
                VerifyingKey::from_bytes(key.try_into().map_err(|_| VerifierKeyError::Form)?)
            }
            Some(_) => return Err(VerifierKeyError::Algorithm),
            None => return Err(VerifierKeyError::Form),
        };
        let this = Self::new(name, public_key)?;
        if this.key_id() == key_id {
            Ok(this)
        } else {
            let found = key_id.chars().take(8).collect();
            Err(VerifierKeyError::KeyId { expected: this.key_id(), found })
        }
    }
}

impl TryFrom<String> for VerifierKey {
    type Error = VerifierKeyError;

    fn try_from(text: String) -> Result<Self, VerifierKeyError> {
        text.parse()
    }
}

impl From<VerifierKey> for String {
    fn from(key: VerifierKey) -> Self {
        key.to_string()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key: Vec<u8> = [&[ED25519], self.public_key.as_bytes().as_slice()].concat();
        write!(f, "{}+{}+{}", self.name, self.key_id(), STANDARD.encode(key))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}
