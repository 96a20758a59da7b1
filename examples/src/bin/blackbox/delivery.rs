//! `instance.contents`, `instance.deliver` and `options`: what an agency takes over, once more on its word, and the choices
//! of its forms.

use std::collections::BTreeMap;

use altinn_core::{InstanceId, Language};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::service::{loaded, refused};
use crate::support::agency;
use crate::world::World;

#[derive(Deserialize)]
pub(crate) struct Contents {
    service: String,
    instance: InstanceId,
}

#[derive(Deserialize)]
pub(crate) struct Deliver {
    service: String,
    instance: InstanceId,
    /// Why, for the trail.
    reason: String,
}

#[derive(Deserialize)]
pub(crate) struct Options {
    service: String,
    /// The list.
    list: String,
}

/// What an instance holds, with digests, for the service's agency.
pub(crate) async fn contents(world: &World, asked: Contents) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let contents = world.altinn.submissions().contents(&agency(&loaded), &asked.instance).await;
    Ok(json!(contents.map_err(refused)?))
}

/// Delivers an instance to the service's agency again.
pub(crate) async fn deliver(world: &World, asked: Deliver) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let submissions = world.altinn.submissions();
    let again = submissions.deliver_again(&agency(&loaded), &asked.instance, &asked.reason).await;
    Ok(json!(again.map_err(refused)?))
}

/// The choices of a list.
pub(crate) async fn options(world: &World, asked: Options) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let submissions = world.altinn.submissions();
    let choices = submissions.options(&loaded.service, &asked.list, Language::Nb, &BTreeMap::new()).await;
    Ok(json!({"options": choices}))
}
