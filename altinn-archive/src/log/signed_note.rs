//! Text with signatures, as in C2SP's [signed-note](https://c2sp.org/signed-note).

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

/// Text with the signatures of those who stand by it: the text, an empty line, and a line a signature.
///
/// That a note parses says nothing about its signatures; a [`VerifierKey`](super::VerifierKey) checks them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature beneath a note: who, with which key, and the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    key_id: [u8; 4],
    bytes: Vec<u8>,
}

/// Why a note does not say what it is said to say.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoteError {
    /// The note is longer than one may be.
    #[error("a note has at most {} bytes", SignedNote::MAX_LENGTH)]
    TooLong,
    /// It is not text, an empty line and lines of signatures.
    #[error(
        "a note is text without control characters, an empty line, and one to {} signatures",
        SignedNote::MAX_SIGNATURES
    )]
    Form,
    /// A line of a signature is none.
    #[error("signature {line} does not have the form `— name base64`")]
    Signature {
        /// Which signature, counted from 1.
        line: usize,
    },
    /// Other signatures are there than the one that is asked for.
    #[error("the note has {found} signatures where it must have one")]
    SignatureCount {
        /// How many there are.
        found: usize,
    },
    /// The note is signed with another key.
    #[error("the note is signed with key `{found}` and not with `{expected}`")]
    OtherKey {
        /// The id of the key that was asked for.
        expected: String,
        /// The id of the key in the note.
        found: String,
    },
    /// The signature does not fit the text.
    #[error("the signature does not fit the text")]
    BadSignature,
}

impl NoteError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "NOTE-TOO-LONG",
            Self::Form => "NOTE-FORM",
            Self::Signature { .. } => "NOTE-SIGNATURE-FORM",
            Self::SignatureCount { .. } => "NOTE-SIGNATURE-COUNT",
            Self::OtherKey { .. } => "NOTE-OTHER-KEY",
            Self::BadSignature => "NOTE-BAD-SIGNATURE",
        }
    }
}

impl SignedNote {
    /// The longest note that is read: in bytes.
    pub const MAX_LENGTH: usize = 16 * 1024;
    /// The most signatures that are read.
    pub const MAX_SIGNATURES: usize = 32;

    pub(super) fn new(text: String, signatures: Vec<NoteSignature>) -> Self {
        Self { text, signatures }
    }

    /// What is signed; it ends with a line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same note with one more signature.
    #[must_use]
    pub fn with_signature(mut self, signature: NoteSignature) -> Self {
        self.signatures.push(signature);
        self
    }

    /// The signatures.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }
}

impl NoteSignature {
    pub(super) fn new(name: String, key_id: [u8; 4], bytes: Vec<u8>) -> Self {
        Self { name, key_id, bytes }
    }

    /// Who signed.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who signed and with which key, as the rows of cosignatures name them.
    pub(crate) fn signer(&self) -> String {
        format!("{}+{}", self.name, u32::from_be_bytes(self.key_id))
    }

    /// With which key.
    pub fn key_id(&self) -> [u8; 4] {
        self.key_id
    }

    /// The signature itself.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads a line `— name base64`.
    pub(crate) fn parse(line: &str) -> Option<Self> {
        let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
        let signature = STANDARD.decode(signature).ok()?;
        let (key_id, bytes) = signature.split_first_chunk::<4>()?;
        let named = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+');
        (named && !bytes.is_empty()).then(|| Self::new(name.to_owned(), *key_id, bytes.to_vec()))
    }
}

impl FromStr for SignedNote {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        if note.len() > Self::MAX_LENGTH {
            return Err(NoteError::TooLong);
        }
        if note.contains(|c: char| c.is_control() && c != '\n') {
            return Err(NoteError::Form);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let lines: Vec<_> = signatures.strip_suffix('\n').ok_or(NoteError::Form)?.split('\n').collect();
        if text.is_empty() || lines.len() > Self::MAX_SIGNATURES {
            return Err(NoteError::Form);
        }
        let parse = |(line, text)| NoteSignature::parse(text).ok_or(NoteError::Signature { line });
        let signatures = (1..).zip(lines).map(parse).collect::<Result<_, _>>()?;
        Ok(Self::new(format!("{text}\n"), signatures))
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}

impl fmt::Display for NoteSignature {
    /// As the line beneath a note, without its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.key_id.as_slice(), self.bytes.as_slice()].concat();
        write!(f, "— {} {}", self.name, STANDARD.encode(bytes))
    }
}
