//! What a collaboration asks of the services that take part in it.

use std::fmt;

use altinn_core::{Actor, InstanceId, PartyId};
use async_trait::async_trait;
use serde_json::{Map, Value};
use thiserror::Error;

use super::{MemberDefinition, MemberEvent, Message};
use crate::Altinn;

/// A service that takes part in cases: what the agency plugs in for a service of its own, and what submissions (and
/// correspondences, with their feature) are already.
#[async_trait]
pub trait Member: fmt::Debug + Send + Sync {
    /// Makes an instance for a participant; the same key again gives the same one.
    ///
    /// # Errors
    /// [`MemberError`]; it is tried again later.
    async fn begin(&self, begin: &Begin<'_>) -> Result<InstanceId, MemberError>;

    /// How far an instance has come, and what it says.
    ///
    /// # Errors
    /// [`MemberError`]; it is tried again later.
    async fn progress(&self, look: &Look<'_>) -> Result<Progress, MemberError>;
}

/// An instance that is to be made.
#[derive(Debug)]
#[non_exhaustive]
pub struct Begin<'a> {
    /// Where the services are.
    pub altinn: &'a Altinn,
    /// The agency that owns the collaboration.
    pub agency: &'a Actor,
    /// What the definition says of the member.
    pub member: &'a MemberDefinition,
    /// For whom.
    pub party: PartyId,
    /// What it says, where it is a message.
    pub message: Option<&'a Message>,
    /// Names what is asked: the same key is the same instance.
    pub key: &'a str,
}

/// An instance that is looked at.
#[derive(Debug)]
#[non_exhaustive]
pub struct Look<'a> {
    /// Where the services are.
    pub altinn: &'a Altinn,
    /// The agency that owns the collaboration.
    pub agency: &'a Actor,
    /// What the definition says of the member.
    pub member: &'a MemberDefinition,
    /// The instance.
    pub instance: InstanceId,
}

/// How far an instance has come. `Debug` does not show what it says.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct Progress {
    /// What has happened to it, in this order.
    pub events: Vec<MemberEvent>,
    /// The fields that the definition asks for, by its names for them, as far as they are filled in.
    pub data: Map<String, Value>,
}

impl Progress {
    /// So much has happened.
    pub fn new(events: impl IntoIterator<Item = MemberEvent>) -> Self {
        Self { events: events.into_iter().collect(), data: Map::new() }
    }
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress").field("events", &self.events).finish_non_exhaustive()
    }
}

/// Why a member does not do what it is to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a member of the case did not do what it was asked: {code}")]
pub struct MemberError {
    code: &'static str,
}

impl MemberError {
    /// An error, by its stable code: it is shown with the case.
    pub fn new(code: &'static str) -> Self {
        Self { code }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }
}
