//! Why something is not done with systems and system users.

use altinn_core::store::StoreError;
use thiserror::Error;

use super::RequestStatus;
use crate::delegation::DelegationError;
use crate::register::RegisterError;

/// Why something is not done with systems and system users.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum SystemUserError {
    /// There is no such system, request or system user; or the caller may not know of it.
    #[error("there is no such system, request or system user")]
    NotFound,
    /// The caller is no organization whose token has the scope.
    #[error("only a vendor whose token has the scope `{scope}` may do it")]
    NotAVendor {
        /// The scope.
        scope: &'static str,
    },
    /// What is registered or asked is not in order.
    #[error("`{field}` is not in order: {reason}")]
    Invalid {
        /// The field, as Altinn's API spells it.
        field: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// The id of the system, or one of its client ids, is another's.
    #[error("the system's id or one of its client ids is taken")]
    Taken,
    /// More is asked for than the system was registered with.
    #[error("the system was not registered with `{asked}`")]
    NotOfSystem {
        /// The resource, the access package or the address.
        asked: String,
    },
    /// The system has system users, and so cannot be taken out of the register.
    #[error("the system has system users")]
    InUse,
    /// The organization has a system user of this system under the same external reference.
    #[error("the organization has such a system user already")]
    Exists,
    /// The request has been answered, or nobody can answer it any more.
    #[error("the request is {}", status.name())]
    Settled {
        /// How it stands.
        status: RequestStatus,
    },
    /// What is asked for cannot be given, or not by the caller.
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

impl SystemUserError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "AUTH-SYSTEM-USER-NOT-FOUND",
            Self::NotAVendor { .. } => "AUTH-SYSTEM-USER-NOT-A-VENDOR",
            Self::Invalid { .. } => "AUTH-SYSTEM-USER-INVALID",
            Self::Taken => "AUTH-SYSTEM-USER-TAKEN",
            Self::NotOfSystem { .. } => "AUTH-SYSTEM-USER-NOT-OF-SYSTEM",
            Self::InUse => "AUTH-SYSTEM-USER-IN-USE",
            Self::Exists => "AUTH-SYSTEM-USER-EXISTS",
            Self::Settled { .. } => "AUTH-SYSTEM-USER-SETTLED",
            Self::Delegation(error) => error.code(),
            Self::Busy => "AUTH-SYSTEM-USER-BUSY",
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
