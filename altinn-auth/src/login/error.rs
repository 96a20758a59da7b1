//! Why somebody is not logged in.

use altinn_core::http::HttpError;
use altinn_core::key::KeyError;
use altinn_core::store::StoreError;
use thiserror::Error;

use crate::register::RegisterError;
use crate::token::{DiscoveryError, TokenError};

/// Why somebody is not logged in. Nothing of a token, a code or a person stands in it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LoginError {
    /// The portal's own address cannot be used.
    #[error("the portal's address must be an `https` origin without path")]
    PublicUrl,
    /// The issuer does not tell what it is, or has no page where people log in.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The place to return to is not one of the portal's own paths.
    #[error("the path to return to must be one of the portal's own, and begin with one slash")]
    ReturnPath,
    /// The level or the language that was asked for is not one of the issuer's.
    #[error("parameter `{parameter}` is none of the values that are known")]
    Parameter {
        /// The parameter.
        parameter: &'static str,
    },
    /// The answer belongs to no login that this browser has begun and not ended: it is forged, late or repeated.
    #[error("the answer belongs to no login that this browser has under way")]
    State,
    /// The answer names another issuer, or none where it must.
    #[error("the answer comes from another issuer than the login was begun at")]
    Issuer,
    /// The answer has no code.
    #[error("the answer has no code")]
    NoCode,
    /// The issuer says that the login did not succeed.
    #[error("the issuer ended the login with `{error}`")]
    Refused {
        /// The issuer's code, such as `access_denied`.
        error: String,
    },
    /// The issuer gives no token for the code, or takes no announcement of the login.
    #[error("the issuer answers with status {status}")]
    IssuerStatus {
        /// The status.
        status: u16,
    },
    /// The issuer's answer has no token, or is not of the form that it must have.
    #[error("the issuer's answer cannot be read")]
    Malformed,
    /// The ID token is not in order.
    #[error("the ID token: {0}")]
    IdToken(#[from] TokenError),
    /// The ID token belongs to another login.
    #[error("the ID token belongs to another login")]
    Nonce,
    /// The level of the login is lower than was asked for.
    #[error("the level of the login is lower than was asked for")]
    Level,
    /// The login is of somebody without a national identity number, such as a foreign identity.
    #[error("the login has no national identity number")]
    NoNumber,
    /// The issuer cannot be called.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The register.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The client's key, or the machine's random numbers.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl LoginError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::PublicUrl => "AUTH-LOGIN-PUBLIC-URL",
            Self::Discovery(error) => error.code(),
            Self::ReturnPath => "AUTH-LOGIN-RETURN-PATH",
            Self::Parameter { .. } => "AUTH-LOGIN-PARAMETER",
            Self::State => "AUTH-LOGIN-STATE",
            Self::Issuer => "AUTH-LOGIN-ISSUER",
            Self::NoCode => "AUTH-LOGIN-NO-CODE",
            Self::Refused { .. } => "AUTH-LOGIN-REFUSED",
            Self::IssuerStatus { .. } => "AUTH-LOGIN-ISSUER-STATUS",
            Self::Malformed => "AUTH-LOGIN-MALFORMED",
            Self::IdToken(error) => error.code(),
            Self::Nonce => "AUTH-LOGIN-NONCE",
            Self::Level => "AUTH-LOGIN-LEVEL",
            Self::NoNumber => "AUTH-LOGIN-NO-NUMBER",
            Self::Http(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::Register(error) => error.code(),
            Self::Key(error) => error.code(),
        }
    }

    /// The HTTP status that tells a browser about it.
    pub fn status(&self) -> u16 {
        match self {
            Self::ReturnPath | Self::Parameter { .. } | Self::State | Self::Issuer | Self::NoCode => 400,
            Self::Refused { .. } | Self::Level | Self::NoNumber | Self::IdToken(TokenError::UnknownParty) => {
                403
            }
            Self::Discovery(_)
            | Self::IssuerStatus { .. }
            | Self::Malformed
            | Self::IdToken(_)
            | Self::Nonce
            | Self::Http(_) => 502,
            Self::Store(_) | Self::Register(_) => 503,
            Self::PublicUrl | Self::Key(_) => 500,
        }
    }
}
