//! The key with which a log signs.

use std::fmt;

use thiserror::Error;

use super::ed25519::{NoKey, SigningKey};
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
/// # Ok::<(), altinn_archive::log::KeyError>(())
/// ```
pub struct LogKey {
    signing_key: SigningKey,
    verifier_key: VerifierKey,
}

/// Why there is no log key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The origin cannot be the name of a key.
    #[error("the log's origin: {0}")]
    Origin(#[from] VerifierKeyError),
    /// The material is not an Ed25519 key in PKCS#8.
    #[error("the key is not an Ed25519 key in PKCS#8")]
    Material,
    /// The machine gives no random numbers.
    #[error("no key could be made: the machine gives no random numbers")]
    Random,
}

impl KeyError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Origin(error) => error.code(),
            Self::Material => "KEY-MATERIAL",
            Self::Random => "KEY-RANDOM",
        }
    }
}

impl LogKey {
    /// A new key, in memory only: a log that outlives the program needs one that is kept.
    ///
    /// # Errors
    /// [`KeyError::Origin`], [`KeyError::Random`].
    pub fn generate(origin: &str) -> Result<Self, KeyError> {
        Self::from_pkcs8(origin, &Self::generate_pkcs8()?)
    }

    /// A new key in PKCS#8, to be kept secret and read with [`LogKey::from_pkcs8`].
    ///
    /// # Errors
    /// [`KeyError::Random`].
    pub fn generate_pkcs8() -> Result<Vec<u8>, KeyError> {
        SigningKey::generate_pkcs8().map_err(|NoKey| KeyError::Random)
    }

    /// The key in PKCS#8 for the log of this origin.
    ///
    /// # Errors
    /// [`KeyError::Origin`], [`KeyError::Material`].
    pub fn from_pkcs8(origin: &str, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let signing_key = SigningKey::from_pkcs8(pkcs8).map_err(|NoKey| KeyError::Material)?;
        let public_key = signing_key.public_key().ok_or(KeyError::Material)?;
        Ok(Self { signing_key, verifier_key: VerifierKey::new(origin, public_key)? })
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
        let signature = self.signing_key.sign(text.as_bytes());
        let key_id = self.verifier_key.key_id_bytes();
        SignedNote::new(text, vec![NoteSignature::new(self.origin().to_owned(), key_id, signature)])
    }
}

impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogKey({}+{})", self.origin(), self.verifier_key.key_id())
    }
}
