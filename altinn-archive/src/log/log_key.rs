//! The key with which a log signs.

use std::fmt;

use altinn_core::key::{KeyError, SigningKey};
use thiserror::Error;

use super::signed_note::{NoteSignature, SignedNote};
use super::verifier_key::{VerifierKey, VerifierKeyError};

/// The key with which a log signs its checkpoints and promises, with the log's origin: a name that says whose log it
/// is, best a host name and path without scheme (`archive.example.no/log`).
///
/// ```
/// use altinn_archive::LogKey;
///
/// let key = LogKey::generate("archive.example.no/log")?;
/// println!("{}", key.verifier_key()); // for everyone who verifies receipts
/// # Ok::<(), altinn_archive::log::LogKeyError>(())
/// ```
pub struct LogKey {
    signing_key: SigningKey,
    verifier_key: VerifierKey,
}

/// Why there is no log key.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LogKeyError {
    /// The origin cannot be the name of a key.
    #[error("the log's origin: {0}")]
    Origin(#[from] VerifierKeyError),
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl LogKeyError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Origin(error) => error.code(),
            Self::Key(error) => error.code(),
        }
    }
}

impl LogKey {
    /// The key for the log of this origin.
    ///
    /// # Errors
    /// [`VerifierKeyError::Name`] when the origin cannot be the name of a key.
    pub fn new(origin: &str, signing_key: SigningKey) -> Result<Self, VerifierKeyError> {
        let verifier_key = VerifierKey::new(origin, signing_key.verifying_key())?;
        Ok(Self { signing_key, verifier_key })
    }

    /// A new key, in memory only: a log that outlives the program needs one that is kept, such as
    /// [`SigningKey::read_file`].
    ///
    /// # Errors
    /// [`LogKeyError::Origin`], [`LogKeyError::Key`].
    pub fn generate(origin: &str) -> Result<Self, LogKeyError> {
        Ok(Self::new(origin, SigningKey::generate()?)?)
    }

    /// The log's origin.
    pub fn origin(&self) -> &str {
        self.verifier_key.name()
    }

    /// The public key, with which everyone verifies what this key has signed.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.verifier_key
    }

    /// A note over this text, which must end with a line feed.
    pub(crate) fn sign_note(&self, text: String) -> SignedNote {
        let signature = self.signing_key.sign(text.as_bytes()).to_vec();
        let key_id = self.verifier_key.key_id_bytes();
        SignedNote::new(text, vec![NoteSignature::new(self.origin().to_owned(), key_id, signature)])
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({}+{})", self.origin(), self.verifier_key.key_id())
    }
}
