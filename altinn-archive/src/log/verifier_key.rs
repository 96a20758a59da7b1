//! The public key of a log.

use std::fmt;
use std::str::FromStr;

use altinn_core::Digest;
use altinn_core::key::VerifyingKey;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::signed_note::{NoteError, NoteSignature, SignedNote};

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
    /// The key is not of the kind that is asked for: Ed25519 (1), or a witness's Ed25519 (4).
    #[error("the key is not of the kind {expected}")]
    Algorithm {
        /// The kind that was asked for.
        expected: u8,
    },
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
            Self::Algorithm { .. } => "KEY-ALGORITHM",
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
        let key_id = key_id(name, ED25519, public_key)?;
        Ok(Self { name: name.to_owned(), key_id, public_key })
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
        self.verify(note, signature)
    }

    /// The text of a note that bears this key's signature among those of others, which are not looked at.
    ///
    /// # Errors
    /// As [`VerifierKey::open`].
    pub(crate) fn open_among<'a>(&self, note: &'a SignedNote) -> Result<&'a str, NoteError> {
        let own =
            |signature: &&NoteSignature| signature.name() == self.name && signature.key_id() == self.key_id;
        let mut signatures = note.signatures().iter();
        let signature = signatures.clone().find(own).or_else(|| signatures.next());
        self.verify(note, signature.ok_or(NoteError::SignatureCount { found: 0 })?)
    }

    fn verify<'a>(&self, note: &'a SignedNote, signature: &NoteSignature) -> Result<&'a str, NoteError> {
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

/// The key id of a key of this kind: the first four bytes of `SHA-256(name || "\n" || kind || key)`.
pub(super) fn key_id(name: &str, kind: u8, key: VerifyingKey) -> Result<[u8; 4], VerifierKeyError> {
    check_name(name)?;
    let digest = Digest::of(&[name.as_bytes(), b"\n", &[kind], key.as_bytes()].concat());
    let [a, b, c, d, ..] = *digest.as_bytes();
    Ok([a, b, c, d])
}

/// Name, key id and key of a text `name+hex+base64` with a key of this kind.
pub(super) fn parse(text: &str, kind: u8) -> Result<(String, [u8; 4], VerifyingKey), VerifierKeyError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key), true) =
        (parts.next(), parts.next(), parts.next(), text.len() <= VerifierKey::MAX_LENGTH)
    else {
        return Err(VerifierKeyError::Form);
    };
    let key = STANDARD.decode(key).map_err(|_| VerifierKeyError::Form)?;
    let public_key = match key.split_first() {
        Some((found, key)) if *found == kind => {
            VerifyingKey::from_bytes(key.try_into().map_err(|_| VerifierKeyError::Form)?)
        }
        Some(_) => return Err(VerifierKeyError::Algorithm { expected: kind }),
        None => return Err(VerifierKeyError::Form),
    };
    let key_id = key_id(name, kind, public_key)?;
    if hex(&key_id) == id {
        Ok((name.to_owned(), key_id, public_key))
    } else {
        let found = id.chars().take(8).collect();
        Err(VerifierKeyError::KeyId { expected: hex(&key_id), found })
    }
}

/// Writes a key as `name+hex+base64`.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    key_id: [u8; 4],
    kind: u8,
    key: VerifyingKey,
) -> fmt::Result {
    let bytes: Vec<u8> = [&[kind], key.as_bytes().as_slice()].concat();
    write!(f, "{name}+{}+{}", hex(&key_id), STANDARD.encode(bytes))
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

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        let (name, key_id, public_key) = parse(text, ED25519)?;
        Ok(Self { name, key_id, public_key })
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
        write(f, &self.name, self.key_id, ED25519, self.public_key)
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({self})")
    }
}
