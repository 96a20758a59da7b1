//! `support.stuck`, `support.resume`, `support.compensate` and `support.move`: repair by the service's agency.

use altinn_core::{Actor, AuthenticationLevel, InstanceId, Subject};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::instance::shown;
use crate::service::{Loaded, loaded, refused};
use crate::world::World;

/// How many are listed at the most.
const LISTED: u32 = 100;

#[derive(Deserialize)]
pub(crate) struct Stuck {
    service: String,
}

#[derive(Deserialize)]
pub(crate) struct Resume {
    service: String,
    instance: InstanceId,
    /// Why, for the trail.
    reason: String,
}

#[derive(Deserialize)]
pub(crate) struct MoveTo {
    service: String,
    instance: InstanceId,
    task: String,
    reason: String,
}

/// The service tasks that do not go on.
pub(crate) async fn stuck(world: &World, asked: Stuck) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let found = world.altinn.submissions().stuck(&agency(&loaded), loaded.service.id(), LISTED).await;
    let found = found.map_err(refused)?;
    let line = |work: &altinn_services::submission::ServiceTaskWork| json!({"instance": work.instance, "task": work.task, "state": work.state.name(), "reason": work.reason});
    Ok(json!({"stuck": found.iter().map(line).collect::<Vec<_>>()}))
}

/// Lets the service task that an instance stands in be tried again.
pub(crate) async fn resume(world: &World, asked: Resume) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let resumed = world.altinn.submissions().resume(&agency(&loaded), &asked.instance, &asked.reason).await;
    Ok(shown(&resumed.map_err(refused)?))
}

/// Undoes what the last service task of an instance may have done elsewhere.
pub(crate) async fn compensate(world: &World, asked: Resume) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let submissions = world.altinn.submissions();
    submissions.compensate(&agency(&loaded), &asked.instance, &asked.reason).await.map_err(refused)?;
    Ok(json!({"compensated": true}))
}

/// Moves an instance to another task of its process.
pub(crate) async fn move_to(world: &World, asked: MoveTo) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let submissions = world.altinn.submissions();
    let moved = submissions.move_to(&agency(&loaded), &asked.instance, &asked.task, &asked.reason).await;
    Ok(shown(&moved.map_err(refused)?))
}

/// The agency whose service it is.
pub(crate) fn agency(loaded: &Loaded) -> Actor {
    let subject = Subject::ServiceOwner { org: loaded.service.id().org().to_owned(), number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}
