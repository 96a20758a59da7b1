//! What can be wrong with a detached signature.

use thiserror::Error;

/// Why a detached signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum JwsError {
    /// It is not `header..signature` in base64url, or is too long.
    #[error("not a detached signature of the form `header..signature`")]
    Form,
    /// The header is not JSON of the right form, or a member is there twice.
    #[error("the header of the signature is not of the right form")]
    Header,
    /// The algorithm is unknown, or not one of those that are allowed.
    #[error("the algorithm `{found}` is not allowed")]
    Algorithm {
        /// The name in the header.
        found: String,
    },
    /// An extension that must be understood is not, or the list of them is wrong.
    #[error("the signature has an extension that is not understood: `{name}`")]
    Critical {
        /// The extension; empty when the list itself is wrong.
        name: String,
    },
    /// The signature is not one of this key over this payload.
    #[error("the signature does not verify")]
    Signature,
}

impl JwsError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form => "JWS-FORM",
            Self::Header => "JWS-HEADER",
            Self::Algorithm { .. } => "JWS-ALGORITHM",
            Self::Critical { .. } => "JWS-CRITICAL",
            Self::Signature => "JWS-SIGNATURE",
        }
    }
}
