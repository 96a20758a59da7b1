//! `data.attach`, `data.tag` and `data.keep`: files of an instance, and what users keep with them.

use std::collections::BTreeMap;

use altinn_core::InstanceId;
use altinn_services::submission::{Attachment, DataElement};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Failure;
use crate::life::in_task;
use crate::service::{loaded, refused};
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attach {
    service: String,
    instance: InstanceId,
    data_type: String,
    file_name: String,
    content_type: String,
    /// The bytes, in base64.
    content_base64: String,
}

#[derive(Deserialize)]
pub(crate) struct Tag {
    service: String,
    instance: InstanceId,
    /// The element.
    element: Uuid,
    /// Its tags from now on.
    tags: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Keep {
    service: String,
    instance: InstanceId,
    /// The element.
    element: Uuid,
    /// What is kept with it from now on.
    values: BTreeMap<String, String>,
}

/// Attaches a file to an instance.
pub(crate) async fn attach(world: &World, asked: Attach) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let content = BASE64_STANDARD.decode(&asked.content_base64);
    let content = content.map_err(|_| Failure::bad_command("`contentBase64` is no base64"))?;
    let file = Attachment { file_name: asked.file_name, content_type: asked.content_type, content };
    let actor = in_task(world, &loaded, &asked.instance, "write").await?;
    let attached = world.altinn.submissions().attach(&actor, &asked.instance, &asked.data_type, &file).await;
    Ok(json!({"element": attached.map_err(refused)?}))
}

/// Gives an element these tags.
pub(crate) async fn tag(world: &World, asked: Tag) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let actor = in_task(world, &loaded, &asked.instance, "write").await?;
    let submissions = world.altinn.submissions();
    let tagged = submissions.set_tags(&actor, &asked.instance, asked.element, &asked.tags).await;
    Ok(kept(&tagged.map_err(refused)?))
}

/// Keeps these values with an element.
pub(crate) async fn keep(world: &World, asked: Keep) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let actor = in_task(world, &loaded, &asked.instance, "write").await?;
    let values: Vec<_> = asked.values.into_iter().collect();
    let submissions = world.altinn.submissions();
    let stored = submissions.set_user_defined_metadata(&actor, &asked.instance, asked.element, &values).await;
    Ok(kept(&stored.map_err(refused)?))
}

fn kept(element: &DataElement) -> Value {
    let values: BTreeMap<_, _> = element.metadata().user_defined.iter().cloned().collect();
    json!({"element": element.id(), "tags": element.metadata().tags, "values": values})
}
