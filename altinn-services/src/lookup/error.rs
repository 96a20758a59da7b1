//! Why a lookup has no answer.

use altinn_archive::ArchiveError;
use altinn_auth::decision::AccessError;
use altinn_auth::register::RegisterError;
use altinn_core::store::StoreError;
use altinn_core::{IdempotencyError, ServiceId};
use thiserror::Error;

use super::LookupFailure;
use crate::form::Issue;
use crate::refused::Refused;

/// Why a lookup has no answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LookupError {
    /// There is no such party, or the caller has nothing to do with it.
    #[error("there is no such party")]
    NotFound,
    /// The caller represents the party, and may not ask this.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The query is not as the service's schema has it: where and why.
    #[error("the query has {} errors", .0.len())]
    Query(Vec<Issue>),
    /// No reason was given, or too long a one.
    #[error("the purpose has {found} bytes where it may have 1 to {limit}")]
    Purpose {
        /// How many bytes it has.
        found: usize,
        /// How many it may have.
        limit: usize,
    },
    /// The register gives no answer.
    #[error(transparent)]
    Register(#[from] LookupFailure),
    /// The register took too long.
    #[error("the register of `{service}` gave no answer in time")]
    TooSlow {
        /// The service.
        service: ServiceId,
    },
    /// The register's answer is not as the service's schema has it; it is given to nobody.
    #[error("the register of `{service}` gave an answer that its schema does not allow, at {} places", places.len())]
    Answer {
        /// The service.
        service: ServiceId,
        /// The places, as JSON pointers.
        places: Vec<String>,
    },
    /// The rights that it rests on were changed meanwhile, again and again.
    #[error("the rights to ask changed while it was asked")]
    Changed,
    /// The idempotency key was used for another query, or is not in order.
    #[error(transparent)]
    Idempotency(#[from] IdempotencyError),
    /// The register of parties.
    #[error(transparent)]
    Parties(#[from] RegisterError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refused> for LookupError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Self::NotFound,
            Refused::Access(error) => Self::Access(error),
            Refused::Parties(error) => Self::Parties(error),
        }
    }
}

impl LookupError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "LOOKUP-NOT-FOUND",
            Self::Access(error) => error.code(),
            Self::Query(_) => "LOOKUP-QUERY",
            Self::Purpose { .. } => "LOOKUP-PURPOSE",
            Self::Register(LookupFailure::NotFound) => "LOOKUP-NOTHING",
            Self::Register(LookupFailure::Unavailable { .. }) => "LOOKUP-UNAVAILABLE",
            Self::TooSlow { .. } => "LOOKUP-TOO-SLOW",
            Self::Answer { .. } => "LOOKUP-ANSWER",
            Self::Changed => "LOOKUP-CHANGED",
            Self::Idempotency(error) => error.code(),
            Self::Parties(error) => error.code(),
            Self::Archive(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
