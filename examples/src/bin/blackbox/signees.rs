//! `signees.set`, `signees.list` and `signees.run`: who signs, and what has become of it.

use altinn_core::{InstanceId, PartyId};
use altinn_services::submission::{Signee, SigneeContext, SigneeError, SigneeProvider};
use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::service::{loaded, no_cast, refused};
use crate::world::World;

#[derive(Deserialize)]
pub(crate) struct Set {
    /// The `signeeProviderId` of the drawing.
    provider: String,
    signees: Vec<Named>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
struct Named {
    party: PartyId,
    /// Who has a lower one signs first.
    #[serde(default)]
    order: u32,
}

#[derive(Deserialize)]
pub(crate) struct List {
    service: String,
    instance: InstanceId,
}

#[derive(Deserialize)]
pub(crate) struct Run {
    #[serde(default = "all")]
    limit: u32,
}

fn all() -> u32 {
    100
}

/// Names the same signees for every instance.
#[derive(Debug)]
struct Always(Vec<Named>);

#[async_trait]
impl SigneeProvider for Always {
    async fn signees(&self, _context: &SigneeContext<'_>) -> Result<Vec<Signee>, SigneeError> {
        Ok(self.0.iter().map(|named| Signee::new(named.party).in_order(named.order)).collect())
    }
}

/// Says who signs in the tasks whose drawing names a provider.
pub(crate) fn set(world: &World, asked: Set) -> Result<Value, Failure> {
    let count = asked.signees.len();
    world.altinn.register_signees(asked.provider, Always(asked.signees));
    Ok(json!({"signees": count}))
}

/// Who signs in the task at hand.
pub(crate) async fn list(world: &World, asked: List) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let signees = world.altinn.submissions().signees(starter, &asked.instance).await.map_err(refused)?;
    let line = |signee: &Signee| {
        json!({
            "party": signee.party,
            "order": signee.order,
            "delegationSuccessful": signee.is_access_delegated,
            "delegationFailedReason": signee.delegation_failed_reason,
            "notificationStatus": signee.notification_status(),
            "callToSignFailedReason": signee.call_to_sign_failed_reason,
            "signedTime": signee.signed_time,
        })
    };
    Ok(json!({"signeeStates": signees.iter().map(line).collect::<Vec<_>>()}))
}

/// Does what is left to be done by the machine: service tasks, and signees who are to be let in and told.
pub(crate) async fn run(world: &World, asked: Run) -> Result<Value, Failure> {
    let report = world.altinn.submissions().run_service_tasks(asked.limit).await.map_err(refused)?;
    Ok(json!({"claimed": report.claimed, "done": report.done, "deferred": report.deferred}))
}
