//! Why something is not delegated.

use altinn_core::store::StoreError;
use chrono::{DateTime, Utc};
use thiserror::Error;

use super::passable::Detail;
use crate::decision::RequestFault;
use crate::register::RegisterError;

/// Why a delegation is not made, revoked or told.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum DelegationError {
    /// The caller may not know of it, or there is none: the party, the receiver or the delegation.
    #[error("there is no such party or delegation")]
    NotFound,
    /// The caller does not manage the access of the party that is to give.
    #[error("the caller does not manage the access of the party")]
    NotAccessManager,
    /// The right cannot be given by the caller.
    #[error("the right cannot be delegated: {}", details.iter().map(|detail| detail.name()).collect::<Vec<_>>().join(", "))]
    NotDelegable {
        /// Why not.
        details: Vec<Detail>,
    },
    /// What is to be given lasts longer than what the giver has.
    #[error("the giver holds it until {until} only")]
    BeyondPeriod {
        /// When what the giver has is over; before it begins, that is when it begins.
        until: DateTime<Utc>,
    },
    /// It has been passed on as often as it may be.
    #[error("the right has been passed on {max} times, as often as it may be")]
    ChainTooLong {
        /// How many delegations may rest on each other.
        max: u32,
    },
    /// A party cannot give to itself.
    #[error("a party cannot delegate to itself")]
    ToItself,
    /// The period is over before it begins, or has been over before now.
    #[error("the period is empty or over")]
    EmptyPeriod,
    /// The action or the part of the resource is longer than is kept.
    #[error("the right's action or part takes more than {max} bytes")]
    TooLong {
        /// How many bytes it may take.
        max: usize,
    },
    /// The rights changed while this was decided, again and again.
    #[error("the rights of the party change too fast")]
    Busy,
    /// The resource has no policy, or what a decision needs cannot be had.
    #[error(transparent)]
    Rights(#[from] RequestFault),
    /// A register cannot tell.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DelegationError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "AUTH-DELEGATION-NOT-FOUND",
            Self::NotAccessManager => "AUTH-DELEGATION-NOT-ACCESS-MANAGER",
            Self::NotDelegable { .. } => "AUTH-DELEGATION-NOT-DELEGABLE",
            Self::BeyondPeriod { .. } => "AUTH-DELEGATION-BEYOND-PERIOD",
            Self::ChainTooLong { .. } => "AUTH-DELEGATION-CHAIN-TOO-LONG",
            Self::ToItself => "AUTH-DELEGATION-TO-ITSELF",
            Self::EmptyPeriod => "AUTH-DELEGATION-EMPTY-PERIOD",
            Self::TooLong { .. } => "AUTH-DELEGATION-TOO-LONG",
            Self::Busy => "AUTH-DELEGATION-BUSY",
            Self::Rights(error) => error.code(),
            Self::Register(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
