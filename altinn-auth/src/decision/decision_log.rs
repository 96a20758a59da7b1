//! Where decisions are told, for a trail.

use std::fmt::Debug;

use altinn_core::Actor;
use chrono::{DateTime, Utc};

use super::{Access, AccessRequest, Denial};
use crate::register::HeldRole;

/// Is told of every decision of an [`Authorizer`](super::Authorizer), permitted or denied.
///
/// It is called before the decision is given to whoever asked, and must not wait for anything: whoever keeps a trail
/// takes the record into a bounded buffer, and folds repeats with a count.
pub trait DecisionLog: Debug + Send + Sync {
    /// Takes note of a decision.
    fn decided(&self, record: &DecisionRecord<'_>);
}

/// A decision, with what it was about.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DecisionRecord<'a> {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Who asked.
    pub actor: &'a Actor,
    /// What they wanted to do.
    pub request: &'a AccessRequest,
    /// The roles that the caller holds for the party, as far as the policy asks for any and the register could tell.
    pub roles: &'a [HeldRole],
    /// The evidence of the permission, with its reasons; or the refusal, with its reason.
    pub outcome: Result<&'a Access, &'a Denial>,
}
