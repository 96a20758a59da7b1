//! Why something is not done with access lists.

use altinn_core::store::StoreError;
use thiserror::Error;

use crate::register::RegisterError;

/// Why something is not done with access lists.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum AccessListError {
    /// The caller is not the service owner of the list, whether there is one or not.
    #[error("only the service owner keeps its access lists")]
    NotOwner,
    /// The service owner has no such list.
    #[error("there is no such access list")]
    NotFound,
    /// What is said of a list is not in order.
    #[error("`{field}` is not in order: {reason}")]
    Invalid {
        /// The field, as Altinn's API spells it.
        field: &'static str,
        /// What is wrong.
        reason: &'static str,
    },
    /// The register knows no such organization.
    #[error("the register does not know member {place}")]
    UnknownMember {
        /// Its place among those that were named, from 1.
        place: usize,
    },
    /// The register cannot tell.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccessListError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOwner => "AUTH-ACCESS-LIST-NOT-OWNER",
            Self::NotFound => "AUTH-ACCESS-LIST-NOT-FOUND",
            Self::Invalid { .. } => "AUTH-ACCESS-LIST-INVALID",
            Self::UnknownMember { .. } => "AUTH-ACCESS-LIST-UNKNOWN-MEMBER",
            Self::Register(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
