//! What a log commits to.

use altinn_core::Digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use super::log_key::LogKey;
use super::signed_note::NoteError;
use super::verifier_key::VerifierKey;

/// What a log commits to: how many leaves its tree has, and their root.
///
/// ```
/// use altinn_archive::LogKey;
/// use altinn_archive::log::{Checkpoint, root};
///
/// let key = LogKey::generate("archive.example.no/log")?;
/// let checkpoint = Checkpoint { origin: key.origin().to_owned(), size: 0, root: root(&[]) };
/// let signed = checkpoint.sign(&key);
/// assert_eq!(Checkpoint::verify(&signed, key.verifier_key())?, checkpoint);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log it is.
    pub origin: String,
    /// How many leaves the tree has.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// Why a checkpoint is not one of the log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It is not signed as it must be.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The text is no checkpoint.
    #[error("a checkpoint has a line each for the origin, the number of leaves and the root in base64")]
    Form,
    /// It is a checkpoint of another log.
    #[error("the checkpoint is of log `{found}` and not of `{expected}`")]
    OtherLog {
        /// The log that was asked for.
        expected: String,
        /// The log in the checkpoint.
        found: String,
    },
}

impl CheckpointError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Note(error) => error.code(),
            Self::Form => "CHECKPOINT-FORM",
            Self::OtherLog { .. } => "CHECKPOINT-OTHER-LOG",
        }
    }
}

impl Checkpoint {
    /// The checkpoint as a note with the log's signature.
    pub fn sign(&self, key: &LogKey) -> String {
        key.sign_note(format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root.as_bytes())))
            .to_string()
    }

    /// The checkpoint in a note, whose one signature must be that of the log.
    ///
    /// # Errors
    /// What is wrong with the note or its text.
    pub fn verify(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let note = note.parse()?;
        Self::of_log(key.open(&note)?, key)
    }

    /// The checkpoint in a note that witnesses may have signed too; their signatures are not looked at.
    ///
    /// # Errors
    /// As [`Checkpoint::verify`].
    pub fn verify_cosigned(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let note = note.parse()?;
        Self::of_log(key.open_among(&note)?, key)
    }

    fn of_log(text: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let checkpoint = Self::parse(text).ok_or(CheckpointError::Form)?;
        if checkpoint.origin == key.name() {
            Ok(checkpoint)
        } else {
            let (expected, found) = (key.name().to_owned(), checkpoint.origin);
            Err(CheckpointError::OtherLog { expected, found })
        }
    }

    /// The first three lines of a checkpoint's text; lines that extend it are not read.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let decimal =
            size.bytes().all(|byte| byte.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        if origin.is_empty() || !decimal {
            return None;
        }
        let root = Digest::from_bytes(STANDARD.decode(root).ok()?.try_into().ok()?);
        Some(Self { origin: origin.to_owned(), size: size.parse().ok()?, root })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::log::SignedNote;

    fn signed() -> (LogKey, String) {
        let key = LogKey::generate("archive.example.no/log").unwrap();
        let checkpoint = Checkpoint { origin: key.origin().to_owned(), size: 7, root: Digest::of(b"root") };
        let note = checkpoint.sign(&key);
        (key, note)
    }

    #[test]
    fn a_checkpoint_has_the_form_of_the_specification() {
        let (key, note) = signed();
        let lines: Vec<_> = note.split('\n').collect();
        assert_eq!(
            lines[..4],
            ["archive.example.no/log", "7", &STANDARD.encode(Digest::of(b"root").as_bytes()), ""]
        );
        assert!(lines[4].starts_with("— archive.example.no/log "), "{note}");
        assert_eq!(lines[5..], [""]);
        assert_eq!(Checkpoint::verify(&note, key.verifier_key()).unwrap().size, 7);
    }

    #[test]
    fn a_note_of_the_specification_verifies() {
        let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
            .parse::<VerifierKey>()
            .unwrap();
        let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
        let note = format!(
            "{text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
        );
        assert_eq!(key.open(&note.parse().unwrap()), Ok(text));
    }

    #[test]
    fn another_key_of_the_same_name_is_refused() {
        let (key, note) = signed();
        let other = LogKey::generate(key.origin()).unwrap();
        let refused = Checkpoint::verify(&note, other.verifier_key());
        assert!(matches!(refused, Err(CheckpointError::Note(NoteError::OtherKey { .. }))), "{refused:?}");
    }

    #[test]
    fn a_second_signature_is_refused_where_one_is_expected() {
        let (key, note) = signed();
        let last = note.lines().last().unwrap().to_owned();
        let refused = Checkpoint::verify(&format!("{note}{last}\n"), key.verifier_key());
        assert_eq!(refused, Err(CheckpointError::Note(NoteError::SignatureCount { found: 2 })));
    }

    proptest! {
        #[test]
        fn a_checkpoint_with_any_byte_changed_is_refused(place in any::<prop::sample::Index>(), to in any::<u8>()) {
            let (key, note) = signed();
            let mut bytes = note.clone().into_bytes();
            let place = place.index(bytes.len());
            prop_assume!(bytes[place] != to);
            bytes[place] = to;
            if let Ok(text) = String::from_utf8(bytes) {
                prop_assert!(Checkpoint::verify(&text, key.verifier_key()).is_err());
            }
        }

        #[test]
        fn no_text_makes_the_parsers_panic(text in "(?s).{0,300}", signed in "[a-z0-9+/=— \n]{0,200}") {
            for text in [text, signed] {
                let _ = text.parse::<SignedNote>();
                let _ = text.parse::<VerifierKey>();
                let _ = Checkpoint::parse(&text);
            }
        }
    }
}
