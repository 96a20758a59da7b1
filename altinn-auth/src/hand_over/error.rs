//! Why a hand-over is refused.

use thiserror::Error;

use super::ReplayStoreUnavailable;
use crate::token::TokenError;

/// Why a hand-over is refused. Nothing of its content stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HandOverError {
    /// It is no token of a hand-over, comes from another issuer, is for another target, is altered, or its time is over.
    #[error("the hand-over is refused: {0}")]
    Token(#[from] TokenError),
    /// It has been used.
    #[error("the hand-over has been used already")]
    UsedAlready,
    /// Nobody can tell whether it has been used.
    #[error(transparent)]
    Replays(#[from] ReplayStoreUnavailable),
}

impl HandOverError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Token(error) => error.code(),
            Self::UsedAlready => "AUTH-HAND-OVER-USED-ALREADY",
            Self::Replays(_) => "AUTH-HAND-OVER-REPLAYS-UNAVAILABLE",
        }
    }
}
