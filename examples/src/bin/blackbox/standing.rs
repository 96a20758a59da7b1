//! `instance.copy`, `instance.restore`, `instance.status`, `instance.mark`, `instance.substatus`, `instance.complete`,
//! `instance.history` and `instance.validate`: how an instance stands beside its process, and what is said of it.

use altinn_core::InstanceId;
use altinn_services::submission::{Instance, PastEvent, ReadStatus, StartOptions, Substatus};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::instance::shown;
use crate::service::{loaded, no_cast, refused};
use crate::support::agency;
use crate::world::World;

#[derive(Deserialize)]
pub(crate) struct One {
    service: String,
    instance: InstanceId,
}

#[derive(Deserialize)]
pub(crate) struct Copy {
    service: String,
    instance: InstanceId,
    /// The same key twice is one copy.
    key: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Mark {
    service: String,
    instance: InstanceId,
    read: bool,
}

#[derive(Deserialize)]
pub(crate) struct Say {
    service: String,
    instance: InstanceId,
    /// What the agency says of it; nothing any more, if it is left out.
    substatus: Option<Substatus>,
}

/// Starts an instance with what an earlier one held, by somebody who may.
pub(crate) async fn copy(world: &World, asked: Copy) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let options = asked.key.map(StartOptions::idempotent).unwrap_or_default();
    let copy = world.altinn.submissions().copy_with(starter, &asked.instance, &options).await;
    Ok(shown(&copy.map_err(refused)?))
}

/// Takes an instance out of the bin.
pub(crate) async fn restore(world: &World, asked: One) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let restored = world.altinn.submissions().restore(starter, &asked.instance).await;
    Ok(shown(&restored.map_err(refused)?))
}

/// How an instance stands beside its process.
pub(crate) async fn status(world: &World, asked: One) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let instance = world.altinn.submissions().get(starter, &asked.instance).await;
    Ok(told(&instance.map_err(refused)?))
}

/// Marks an instance as read, or not.
pub(crate) async fn mark(world: &World, asked: Mark) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let read = if asked.read { ReadStatus::Read } else { ReadStatus::Unread };
    let marked = world.altinn.submissions().mark(starter, &asked.instance, read).await;
    Ok(told(&marked.map_err(refused)?))
}

/// Says what the agency thinks of an instance.
pub(crate) async fn substatus(world: &World, asked: Say) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let submissions = world.altinn.submissions();
    let said = submissions.set_substatus(&agency(&loaded), &asked.instance, asked.substatus).await;
    Ok(told(&said.map_err(refused)?))
}

/// Confirms that the agency has taken over what was sent in.
pub(crate) async fn complete(world: &World, asked: One) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let confirmed = world.altinn.submissions().confirm_complete(&agency(&loaded), &asked.instance).await;
    Ok(told(&confirmed.map_err(refused)?))
}

/// What has happened to an instance, in its order.
pub(crate) async fn history(world: &World, asked: One) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let past = world.altinn.submissions().history(starter, &asked.instance).await.map_err(refused)?;
    let line =
        |event: &PastEvent| json!({"sequence": event.sequence, "type": event.event_type, "at": event.at});
    Ok(json!({"history": past.iter().map(line).collect::<Vec<_>>()}))
}

/// What stands in the way of leaving the task at hand.
pub(crate) async fn validate(world: &World, asked: One) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let found = world.altinn.submissions().validate(starter, &asked.instance).await.map_err(refused)?;
    Ok(json!({"issues": found.iter().map(|found| &found.issue).collect::<Vec<_>>()}))
}

fn told(instance: &Instance) -> Value {
    json!({"version": instance.version(), "status": instance.status()})
}
