//! `subscription.create`, `subscription.list`, `subscription.change`, `subscription.end` and `subscription.run`: instances
//! that are made when they are due.

use altinn_services::submission::NewSubscription;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Failure;
use crate::service::{loaded, no_cast, refused};
use crate::world::World;

#[derive(Deserialize)]
pub(crate) struct Create {
    service: String,
    subscription: NewSubscription,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct List {
    service: String,
    /// The id that the page begins after.
    after: Option<Uuid>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change {
    service: String,
    subscription_id: Uuid,
    version: i64,
    subscription: NewSubscription,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct End {
    service: String,
    subscription_id: Uuid,
}

#[derive(Deserialize)]
pub(crate) struct Run {
    #[serde(default = "all")]
    limit: u32,
    at: Option<DateTime<Utc>>,
}

fn all() -> u32 {
    100
}

/// Subscribes the party of a service's cast, by somebody who may start instances for it.
pub(crate) async fn create(world: &World, asked: Create) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let (subscriptions, party) = (world.altinn.submissions().subscriptions(), loaded.cast.owner().id);
    world.clock.show(asked.at);
    let made = subscriptions.subscribe(starter, &loaded.service, party, &asked.subscription).await;
    world.clock.show(None);
    Ok(json!(made.map_err(refused)?))
}

/// The subscriptions of the party.
pub(crate) async fn list(world: &World, asked: List) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    let (subscriptions, party) = (world.altinn.submissions().subscriptions(), loaded.cast.owner().id);
    let page =
        subscriptions.list(starter, &loaded.service, Some(party), asked.after).await.map_err(refused)?;
    let mut listed = Vec::new();
    for subscription in page {
        let made = subscriptions.made(starter, subscription.id, 0).await.map_err(refused)?;
        listed.push(json!({"subscription": subscription, "instances": made}));
    }
    Ok(json!({"subscriptions": listed}))
}

/// Changes a subscription, if it still has the version that was read.
pub(crate) async fn change(world: &World, asked: Change) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    world.clock.show(asked.at);
    let subscriptions = world.altinn.submissions().subscriptions();
    let changed =
        subscriptions.change(starter, asked.subscription_id, &asked.subscription, asked.version).await;
    world.clock.show(None);
    Ok(json!(changed.map_err(refused)?))
}

/// Ends a subscription.
pub(crate) async fn end(world: &World, asked: End) -> Result<Value, Failure> {
    let loaded = loaded(world, &asked.service).await?;
    let (_, starter) = loaded.cast.starter().map_err(no_cast)?;
    Ok(json!(
        world
            .altinn
            .submissions()
            .subscriptions()
            .end(starter, asked.subscription_id)
            .await
            .map_err(refused)?
    ))
}

/// Makes the instances that are due.
pub(crate) async fn run(world: &World, asked: Run) -> Result<Value, Failure> {
    world.clock.show(asked.at);
    let report = world.altinn.submissions().subscriptions().run_due(asked.limit).await;
    world.clock.show(None);
    let report = report.map_err(refused)?;
    Ok(json!({"claimed": report.claimed, "made": report.made, "deferred": report.deferred}))
}
