//! What can go wrong with keys.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a key cannot be made, read or written. The key itself never appears.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The machine gives no random numbers.
    #[error("no random numbers are to be had for a new key")]
    NoRandomness,
    /// It is not an Ed25519 key in PKCS#8.
    #[error("the key is not an Ed25519 private key in PKCS#8")]
    NotEd25519,
    /// It is no key that signatures are made with here.
    #[error("the key is no RSA key of at least 2048 bits, P-256, P-384 or Ed25519 private key")]
    Unsupported,
    /// A key of this kind does not sign with that algorithm.
    #[error("the key does not sign with {algorithm}")]
    NotForAlgorithm {
        /// The algorithm's name.
        algorithm: &'static str,
    },
    /// The file is not PEM with one private key.
    #[error("key file `{path}` is not PEM with one `PRIVATE KEY`")]
    NotPem {
        /// The file.
        path: PathBuf,
    },
    /// The file is not one line of base64 with 32 bytes.
    #[error("key file `{path}` does not hold 32 bytes in base64")]
    NotSecret {
        /// The file.
        path: PathBuf,
    },
    /// There is a file of that name already; a key is never overwritten.
    #[error("key file `{path}` is there already")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// There is no such file.
    #[error("key file `{path}` is not there")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// Others than the owner can read or change the file.
    #[error("key file `{path}` is open to others (mode {mode:04o}), it must have mode 0600")]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// The permission bits that were found.
        mode: u32,
    },
    /// The file cannot be read or written.
    #[error("key file `{path}` cannot be read or written")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl KeyError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRandomness => "KEY-NO-RANDOMNESS",
            Self::NotEd25519 => "KEY-NOT-ED25519",
            Self::Unsupported => "KEY-UNSUPPORTED",
            Self::NotForAlgorithm { .. } => "KEY-NOT-FOR-ALGORITHM",
            Self::NotPem { .. } => "KEY-NOT-PEM",
            Self::NotSecret { .. } => "KEY-NOT-SECRET",
            Self::Exists { .. } => "KEY-EXISTS",
            Self::Missing { .. } => "KEY-MISSING",
            Self::OpenToOthers { .. } => "KEY-OPEN-TO-OTHERS",
            Self::Io { .. } => "KEY-IO",
        }
    }
}
