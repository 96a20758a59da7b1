//! Why something is not done in a case.

use altinn_auth::decision::AccessError;
use altinn_auth::register::RegisterError;
use altinn_core::IdempotencyError;
use altinn_core::key::SealError;
use altinn_core::store::StoreError;
use altinn_notify::{OrderError, TemplateError};
use thiserror::Error;

use super::MemberError;
use crate::event::EventError;
use crate::refused::Refused;

/// Why something is not done in a case.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CollaborationError {
    /// There is no such party or case, or the caller has nothing to do with it.
    #[error("there is no such case")]
    NotFound,
    /// The caller represents the party, and may not do this.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A role of the definition has no party, or one that it cannot have.
    #[error("the participant `{role}` {reason}")]
    Participant {
        /// The role.
        role: String,
        /// Why not.
        reason: &'static str,
    },
    /// There is no such event, or the caller is not one of those who send it.
    #[error("the caller sends no such event")]
    NoSuchEvent,
    /// What the event carries is not what the definition says; what was found is not repeated.
    #[error("the event's data `{field}` is not known, or not of its kind")]
    EventData {
        /// The field.
        field: String,
    },
    /// The id of the event is empty or too long, or was used for another event.
    #[error("the event's id {0}")]
    EventId(&'static str),
    /// A text is empty or too long.
    #[error("{what} has 1 to {limit} characters")]
    Text {
        /// Which.
        what: &'static str,
        /// How many characters there may be.
        limit: usize,
    },
    /// The case was changed meanwhile, again and again.
    #[error("the case was changed by others meanwhile")]
    Changed,
    /// The service is not published here.
    #[error("the collaboration is not published here")]
    UnknownService,
    /// A member cannot do what it is to do.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// The idempotency key was used for another request, or is not in order.
    #[error(transparent)]
    Idempotency(#[from] IdempotencyError),
    /// A notification cannot be ordered.
    #[error(transparent)]
    Notification(#[from] OrderError),
    /// The text of a notification.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// An event cannot be told.
    #[error(transparent)]
    Event(#[from] EventError),
    /// The register of parties.
    #[error(transparent)]
    Parties(#[from] RegisterError),
    /// What is sealed of the case does not open, or cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The store.
    #[error(transparent)]
    Store(StoreError),
}

impl From<Refused> for CollaborationError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotFound => Self::NotFound,
            Refused::Access(error) => Self::Access(error),
            Refused::Parties(error) => Self::Parties(error),
        }
    }
}

impl From<StoreError> for CollaborationError {
    fn from(error: StoreError) -> Self {
        if error.is_conflict() { Self::Changed } else { Self::Store(error) }
    }
}

impl CollaborationError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "COLLABORATION-NOT-FOUND",
            Self::Access(error) => error.code(),
            Self::Participant { .. } => "COLLABORATION-PARTICIPANT",
            Self::NoSuchEvent => "COLLABORATION-NO-SUCH-EVENT",
            Self::EventData { .. } => "COLLABORATION-EVENT-DATA",
            Self::EventId(_) => "COLLABORATION-EVENT-ID",
            Self::Text { .. } => "COLLABORATION-TEXT",
            Self::Changed => "COLLABORATION-CHANGED",
            Self::UnknownService => "COLLABORATION-UNKNOWN-SERVICE",
            Self::Member(error) => error.code(),
            Self::Idempotency(error) => error.code(),
            Self::Notification(error) => error.code(),
            Self::Template(error) => error.code(),
            Self::Event(error) => error.code(),
            Self::Parties(error) => error.code(),
            Self::Seal(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}
