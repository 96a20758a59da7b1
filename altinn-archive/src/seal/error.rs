//! What can go wrong with seals.

use std::path::PathBuf;

use altinn_core::key::KeyError;
use thiserror::Error;

/// Why there is no seal. The key never appears.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SealError {
    /// The key cannot be read, or does not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The certificates cannot be read.
    #[error("`{path}` holds no certificate in PEM")]
    CertificateFile {
        /// The file.
        path: PathBuf,
    },
    /// The certificate cannot be parsed, or there is none where one is needed.
    #[error("the seal has no certificate, or one that cannot be read")]
    Certificate,
    /// The certificate is not that of the key.
    #[error("the certificate is not that of the key")]
    OtherCertificate,
    /// The key does not answer.
    #[error("the sealing key is not to be had: {reason}")]
    Unavailable {
        /// Why.
        reason: String,
    },
}

impl SealError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Key(error) => error.code(),
            Self::CertificateFile { .. } => "SEAL-CERTIFICATE-FILE",
            Self::Certificate => "SEAL-CERTIFICATE",
            Self::OtherCertificate => "SEAL-OTHER-CERTIFICATE",
            Self::Unavailable { .. } => "SEAL-UNAVAILABLE",
        }
    }
}
