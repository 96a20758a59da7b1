//! `instance.create`, `instance.get` and `process.next`: the life of one instance, step by step.

use std::collections::BTreeMap;

use altinn_core::InstanceId;
use altinn_services::submission::{Instance, StartOptions};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::service::{loaded, no_cast, refused};
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Create {
    service: String,
    /// The same key twice is one instance.
    key: Option<String>,
    /// When it is to be sent in.
    due_before: Option<DateTime<Utc>>,
    /// From when on it is shown.
    visible_after: Option<DateTime<Utc>>,
    /// Fields that are filled in already.
    #[serde(default)]
    prefill: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
pub(crate) struct Get {
    service: String,
    instance: InstanceId,
}

#[derive(Deserialize)]
pub(crate) struct Next {
    service: String,
    instance: InstanceId,
    /// The task that is left: sent again, the same command has one effect.
    task: String,
    action: Option<String>,
}

/// Starts an instance, by somebody who may.
pub(crate) async fn create(world: &World, asked: Create) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let mut options = asked.key.map(StartOptions::idempotent).unwrap_or_default();
    (options.due_before, options.visible_after) = (asked.due_before, asked.visible_after);
    options.prefill = asked.prefill;
    let party = loaded.cast.owner().id;
    let started = world.altinn.submissions().start_with(starter, &loaded.service, party, &options).await;
    Ok(shown(&started.map_err(refused)?))
}

/// How an instance stands.
pub(crate) async fn get(world: &World, asked: Get) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    Ok(shown(&world.altinn.submissions().get(starter, &asked.instance).await.map_err(refused)?))
}

/// Leaves a task, by somebody who may.
pub(crate) async fn next(world: &World, asked: Next) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let unknown = || Failure::new("PROCESS-STATE-NOT-OF-PROCESS", "the service has no such task");
    let task = loaded.service.definition().process().task(&asked.task).ok_or_else(unknown)?;
    let action = task.action(asked.action.as_deref());
    let may = loaded.cast.who_may(&world.altinn, &loaded.service, action, &task.id).await;
    let (_, actor) = may.map_err(no_cast)?;
    let submissions = world.altinn.submissions();
    let next = submissions.next_from(actor, &asked.instance, &task.id, asked.action.as_deref()).await;
    Ok(shown(&next.map_err(refused)?))
}

pub(crate) fn shown(instance: &Instance) -> Value {
    let element = |element: &altinn_services::submission::DataElement| json!({"dataType": element.data_type(), "contentType": element.content_type(), "size": element.content().len()});
    json!({
        "instance": instance.id(),
        "task": instance.task(),
        "endEvent": instance.process().end_event,
        "version": instance.version(),
        "elements": instance.elements().iter().map(element).collect::<Vec<_>>(),
    })
}
