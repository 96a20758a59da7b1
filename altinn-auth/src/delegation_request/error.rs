//! Why a request for rights is not made, answered or told.

use altinn_core::store::StoreError;
use thiserror::Error;

use super::DelegationRequestStatus;
use crate::delegation::DelegationError;
use crate::register::RegisterError;

/// Why a request for rights is not made, answered or told.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum DelegationRequestError {
    /// The party that the caller acts for has neither made nor got such a request.
    #[error("there is no such request")]
    NotFound,
    /// The caller has nothing to do with the party that is to be asked, or there is no such party.
    #[error("the caller has nothing to do with the party that is asked")]
    NotConnected,
    /// It has been answered or withdrawn, or has not been confirmed.
    #[error("the request is {}", status.name())]
    Settled {
        /// How it stands.
        status: DelegationRequestStatus,
    },
    /// What is asked for cannot be given, or not by the caller; or the caller does not act for the party.
    #[error(transparent)]
    Delegation(#[from] DelegationError),
    /// Others changed the same thing, again and again.
    #[error("it was changed by others at the same time")]
    Busy,
    /// A register cannot tell.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DelegationRequestError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "AUTH-DELEGATION-REQUEST-NOT-FOUND",
            Self::NotConnected => "AUTH-DELEGATION-REQUEST-NOT-CONNECTED",
            Self::Settled { .. } => "AUTH-DELEGATION-REQUEST-SETTLED",
            Self::Delegation(error) => error.code(),
            Self::Busy => "AUTH-DELEGATION-REQUEST-BUSY",
            Self::Register(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }

    /// Whether others changed the same thing in between.
    pub(super) fn is_conflict(&self) -> bool {
        match self {
            Self::Store(error) | Self::Delegation(DelegationError::Store(error)) => error.is_conflict(),
            _ => false,
        }
    }
}
