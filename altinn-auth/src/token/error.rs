//! Why a token is refused.

use std::fmt;

use thiserror::Error;

use super::KeySourceError;
use crate::register::RegisterError;

/// Why a token is refused. Nothing of the token's content stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The token is larger than any that is read.
    #[error("the token has {found} bytes, at most {limit} are read")]
    TooLarge {
        /// How many bytes it has.
        found: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The token is not three parts in base64url, of which the first two are JSON objects of the expected form.
    #[error("the token's {0} cannot be read")]
    Malformed(TokenPart),
    /// The token is signed with an algorithm that its issuer is not allowed.
    #[error("the token's algorithm is not allowed for its issuer")]
    Algorithm,
    /// The header has a parameter that is never followed, or that must be understood and is not.
    #[error("the token's header has `{parameter}`, which is not accepted")]
    Header {
        /// The parameter.
        parameter: &'static str,
    },
    /// No issuer with this name is trusted.
    #[error("the token's issuer is not trusted")]
    Issuer,
    /// The token is for somebody else.
    #[error("the token is not for this audience")]
    Audience,
    /// The issuer has no key with this id for this algorithm.
    #[error("the token's key is not one of its issuer's")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the token's signature is wrong")]
    Signature,
    /// The token's time is over.
    #[error("the token has expired")]
    Expired,
    /// The token's time has not come, or it claims to come from the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A claim is missing, or is not what it must be.
    #[error("the token's claim `{claim}` is missing or invalid")]
    Claim {
        /// The claim.
        claim: &'static str,
    },
    /// The level of authentication is none that is accepted from this issuer.
    #[error("the token's level of authentication is not accepted")]
    Level,
    /// The register does not know whom the token is about.
    #[error("the token's subject is not in the register")]
    UnknownParty,
    /// The issuer's keys cannot be had.
    #[error(transparent)]
    Keys(#[from] KeySourceError),
    /// The register cannot tell who the token is about.
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// A part of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPart {
    /// The whole: three parts with points between.
    Whole,
    /// The header.
    Header,
    /// The claims.
    Claims,
    /// The signature.
    Signature,
}

impl fmt::Display for TokenPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Whole => "form",
            Self::Header => "header",
            Self::Claims => "claims",
            Self::Signature => "signature",
        })
    }
}

impl TokenError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "AUTH-TOKEN-TOO-LARGE",
            Self::Malformed(_) => "AUTH-TOKEN-MALFORMED",
            Self::Algorithm => "AUTH-TOKEN-ALGORITHM",
            Self::Header { .. } => "AUTH-TOKEN-HEADER",
            Self::Issuer => "AUTH-TOKEN-ISSUER",
            Self::Audience => "AUTH-TOKEN-AUDIENCE",
            Self::UnknownKey => "AUTH-TOKEN-UNKNOWN-KEY",
            Self::Signature => "AUTH-TOKEN-SIGNATURE",
            Self::Expired => "AUTH-TOKEN-EXPIRED",
            Self::NotYetValid => "AUTH-TOKEN-NOT-YET-VALID",
            Self::Claim { .. } => "AUTH-TOKEN-CLAIM",
            Self::Level => "AUTH-TOKEN-LEVEL",
            Self::UnknownParty => "AUTH-TOKEN-UNKNOWN-PARTY",
            Self::Keys(error) => error.code(),
            Self::Register(error) => error.code(),
        }
    }
}
