//! Several signees: who they are, in which order they sign, and who has.
//!
//! A signing task whose drawing names a `signeeProviderId` asks the agency's [`SigneeProvider`] who signs when the
//! process comes to it. What is known of the signees stands in a data element (`signeeStatesDataTypeId`); each is told
//! that a signature is waited for when it is their turn, and the process goes on when all have signed.

mod call;
mod evidence;
mod states;
mod withdraw;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use altinn_core::PartyId;
use chrono::{DateTime, Utc};

use super::{Instance, Service};
use crate::process::Task;

pub(super) use evidence::{EVIDENCE, Given};
pub(super) use states::Turn;

/// Says who signs in the signing tasks whose drawing names it.
#[async_trait]
pub trait SigneeProvider: std::fmt::Debug + Send + Sync {
    /// Who signs. It is asked when the process comes to the task, and again when it comes there another time.
    ///
    /// # Errors
    /// A [`SigneeError`] says why that is not known: the process does not step into the task then.
    async fn signees(&self, context: &SigneeContext<'_>) -> Result<Vec<Signee>, SigneeError>;
}

/// What a [`SigneeProvider`] works on.
#[derive(Debug)]
#[non_exhaustive]
pub struct SigneeContext<'a> {
    /// The service.
    pub service: &'a Service,
    /// The instance, as it comes to the task.
    pub instance: &'a Instance,
    /// The signing task.
    pub task: &'a Task,
}

/// Who is to sign, with what has become of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Signee {
    /// The party: a person, or an organisation for which somebody signs.
    pub party: PartyId,
    /// Who has a lower number signs first; those of one number sign in parallel.
    pub order: u32,
    /// Whether they have been told that their signature is waited for (Altinn's `isMessagedForCallToSign`).
    #[serde(default)]
    pub has_been_messaged_for_call_to_sign: bool,
    /// When they signed; none before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_time: Option<DateTime<Utc>>,
}

impl Signee {
    /// A party that signs at any time.
    pub fn new(party: PartyId) -> Self {
        Self { party, order: 0, has_been_messaged_for_call_to_sign: false, signed_time: None }
    }

    /// The same, after all with a lower number.
    #[must_use]
    pub fn in_order(mut self, order: u32) -> Self {
        self.order = order;
        self
    }

    /// Whether they have signed.
    pub fn has_signed(&self) -> bool {
        self.signed_time.is_some()
    }
}

/// Why it is not known who signs. The reason holds nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the signees are not known: {reason}")]
pub struct SigneeError {
    /// Why.
    pub reason: String,
}

impl SigneeError {
    /// An error with this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}
