//! What stands behind a lookup.

use std::fmt::Debug;

use altinn_core::{Actor, PartyId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use thiserror::Error;

/// A register that answers: the agency's own.
#[async_trait]
pub trait Lookup: Debug + Send + Sync {
    /// Answers a query. The query fits the service's schema, and the caller may ask it.
    ///
    /// # Errors
    /// [`LookupFailure`] when there is no answer.
    async fn look_up(&self, query: &Value, context: &LookupContext<'_>) -> Result<Value, LookupFailure>;
}

/// Who asks, and for whom.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct LookupContext<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// On whose behalf.
    pub party: PartyId,
    /// When.
    pub now: DateTime<Utc>,
}

/// Why a register gives no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LookupFailure {
    /// It holds nothing of the kind.
    #[error("the register holds nothing of the kind")]
    NotFound,
    /// It does not answer now; the reason is for operators, and holds nothing personal.
    #[error("the register is unavailable: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
}
