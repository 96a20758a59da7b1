//! Why there is no token.

use altinn_core::http::HttpError;
use thiserror::Error;

use crate::token::DiscoveryError;

/// Why Maskinporten gives no token. Nothing of a key, a grant or a token stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MaskinportenError {
    /// Maskinporten does not tell what it is.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// Maskinporten cannot be called.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// Maskinporten refuses: the client, the scope, or what the consumer has delegated.
    #[error("Maskinporten refuses the grant with `{error}`")]
    Refused {
        /// Its code, such as `invalid_grant`.
        error: String,
    },
    /// Maskinporten answers with another status than 200.
    #[error("Maskinporten answers with status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// What Maskinporten answers has no token.
    #[error("Maskinporten's answer cannot be read")]
    Malformed,
    /// The grant cannot be signed.
    #[error("the grant cannot be signed: {reason}")]
    Signing {
        /// Why.
        reason: String,
    },
}

impl MaskinportenError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Discovery(error) => error.code(),
            Self::Http(error) => error.code(),
            Self::Refused { .. } => "AUTH-MASKINPORTEN-REFUSED",
            Self::Status { .. } => "AUTH-MASKINPORTEN-STATUS",
            Self::Malformed => "AUTH-MASKINPORTEN-MALFORMED",
            Self::Signing { .. } => "AUTH-MASKINPORTEN-SIGNING",
        }
    }
}
