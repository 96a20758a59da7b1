//! `data.put`, `data.patch`, `data.get`, `sign`, `action` and `instance.delete`: what is done with an instance in a task.

use altinn_core::{Actor, InstanceId};
use altinn_services::form::Patch;
use altinn_services::submission::Saved;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::instance::shown;
use crate::service::{Loaded, loaded, no_cast, parse, refused};
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Put {
    service: String,
    instance: InstanceId,
    data_type: String,
    data: Value,
    /// The version that was read; whatever it is, if it is left out.
    version: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PatchIt {
    service: String,
    instance: InstanceId,
    data_type: String,
    patch: Value,
    version: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Get {
    service: String,
    instance: InstanceId,
    data_type: String,
}

#[derive(Deserialize)]
pub(crate) struct Act {
    service: String,
    instance: InstanceId,
    action: String,
}

#[derive(Deserialize)]
pub(crate) struct Sign {
    service: String,
    instance: InstanceId,
}

#[derive(Deserialize)]
pub(crate) struct Delete {
    service: String,
    instance: InstanceId,
    /// Whether it is deleted for good.
    #[serde(default)]
    hard: bool,
}

/// Stores a form as it is filled in so far.
pub(crate) async fn put(world: &World, asked: Put) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let actor = in_task(world, &loaded, &asked.instance, "write").await?;
    let (submissions, form) = (world.altinn.submissions(), parse(&asked.data)?);
    let saved =
        submissions.save_version(&actor, &asked.instance, &asked.data_type, &form, asked.version).await;
    Ok(told(&saved.map_err(refused)?))
}

/// Changes fields of a form, all of them or none.
pub(crate) async fn patch(world: &World, asked: PatchIt) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let patch = Patch::parse(asked.patch.to_string().as_bytes())
        .map_err(|error| Failure::new(error.code(), error))?;
    let actor = in_task(world, &loaded, &asked.instance, "write").await?;
    let submissions = world.altinn.submissions();
    let saved = submissions.patch(&actor, &asked.instance, &asked.data_type, &patch, asked.version).await;
    Ok(told(&saved.map_err(refused)?))
}

/// A form as it is stored.
pub(crate) async fn get(world: &World, asked: Get) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, actor) = loaded.cast.starter().map_err(no_cast)?;
    let (submissions, json) = (world.altinn.submissions(), "application/json");
    let form = submissions.form(actor, &asked.instance, &asked.data_type, json).await.map_err(refused)?;
    let instance = submissions.get(actor, &asked.instance).await.map_err(refused)?;
    let data: Value = serde_json::from_slice(&form).unwrap_or_default();
    Ok(json!({"version": instance.version(), "data": data}))
}

/// Leaves the task at hand by an action, by somebody who may.
pub(crate) async fn act(world: &World, asked: Act) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let actor = in_task(world, &loaded, &asked.instance, &asked.action).await?;
    let next = world.altinn.submissions().next(&actor, &asked.instance, Some(&asked.action)).await;
    Ok(shown(&next.map_err(refused)?))
}

/// Signs in the task at hand: what was shown comes back with how the instance stands then.
pub(crate) async fn sign(world: &World, asked: Sign) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let actor = in_task(world, &loaded, &asked.instance, "sign").await?;
    let submissions = world.altinn.submissions();
    let text = submissions.signing_text(&actor, &asked.instance).await.map_err(refused)?;
    let signed = submissions.next(&actor, &asked.instance, Some("sign")).await.map_err(refused)?;
    Ok(json!({"shown": text, "stands": shown(&signed)}))
}

/// Puts an instance in the bin, or deletes it for good.
pub(crate) async fn delete(world: &World, asked: Delete) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let actor = in_task(world, &loaded, &asked.instance, "delete").await?;
    let submissions = world.altinn.submissions();
    if asked.hard {
        submissions.delete_for_good(&actor, &asked.instance).await.map_err(refused)?;
        return Ok(json!({"deleted": "hard"}));
    }
    submissions.delete(&actor, &asked.instance).await.map_err(refused)?;
    Ok(json!({"deleted": "soft"}))
}

/// Somebody who may do an action in the task that an instance stands in; else whoever starts, who is told why not.
pub(crate) async fn in_task(
    world: &World,
    loaded: &Loaded,
    instance: &InstanceId,
    action: &str,
) -> Result<Actor, Failure> {
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let instance = world.altinn.submissions().get(starter, instance).await.map_err(refused)?;
    let Some(task) = instance.task() else { return Ok(starter.clone()) };
    let may = loaded.cast.who_may(&world.altinn, &loaded.service, action, task).await;
    Ok(may.map_or_else(|_| starter.clone(), |(_, actor)| actor.clone()))
}

fn told(saved: &Saved) -> Value {
    json!({"version": saved.instance.version(), "issues": saved.issues})
}
