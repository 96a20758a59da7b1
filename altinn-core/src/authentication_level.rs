//! How surely a caller is who they say.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// How surely a caller is who they say, from 0 (self-identified) to 4 (very sensitive).
///
/// The numbers are those of the claim `urn:altinn:authlevel` and of the obligation
/// `urn:altinn:minimum-authenticationlevel` in an Altinn policy; the names are Altinn's `SecurityLevel`.
///
/// ```
/// use altinn_core::AuthenticationLevel;
///
/// assert!(AuthenticationLevel::VerySensitive > AuthenticationLevel::Sensitive);
/// assert_eq!(AuthenticationLevel::try_from(3), Ok(AuthenticationLevel::Sensitive));
/// assert!(AuthenticationLevel::try_from(5).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
#[repr(u8)]
pub enum AuthenticationLevel {
    /// 0: nothing but a self-registered name, or `idporten-loa-low`.
    SelfIdentified = 0,
    /// 1: a static password.
    NotSensitive = 1,
    /// 2: a one-time code without proof of identity.
    QuiteSensitive = 2,
    /// 3: `idporten-loa-substantial`, and systems with a Maskinporten token.
    Sensitive = 3,
    /// 4: `idporten-loa-high`.
    VerySensitive = 4,
}

/// A number that is no authentication level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("authentication level `{0}` is not one of 0, 1, 2, 3 and 4")]
pub struct UnknownLevel(pub u8);

impl TryFrom<u8> for AuthenticationLevel {
    type Error = UnknownLevel;

    fn try_from(number: u8) -> Result<Self, UnknownLevel> {
        match number {
            0 => Ok(Self::SelfIdentified),
            1 => Ok(Self::NotSensitive),
            2 => Ok(Self::QuiteSensitive),
            3 => Ok(Self::Sensitive),
            4 => Ok(Self::VerySensitive),
            other => Err(UnknownLevel(other)),
        }
    }
}

impl From<AuthenticationLevel> for u8 {
    fn from(level: AuthenticationLevel) -> u8 {
        level as u8
    }
}

impl fmt::Display for AuthenticationLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", u8::from(*self))
    }
}
