//! `notify.order`, `notify.cancel`, `notify.status` and `dispatch.run`.

use altinn_core::SyntheticNumbers;
use altinn_core::store::{Batch, StoreError};
use altinn_notify::{NotificationState, OrderId, OrderRequest, OrderState};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::world::World;

#[derive(Deserialize)]
pub(crate) struct Order {
    order: OrderRequest,
    /// Whether national identity numbers and organization numbers of test data are taken.
    #[serde(default)]
    synthetic: bool,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct OfOrder {
    /// The order's id, as `notify.order` gave it.
    order: OrderId,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct Dispatch {
    #[serde(default = "page")]
    limit: u32,
    at: Option<DateTime<Utc>>,
}

fn page() -> u32 {
    100
}

/// Orders a notification.
pub(crate) async fn order(world: &World, asked: Order) -> Result<Value, Failure> {
    world.clock.show(asked.at);
    let ordered = place(world, asked).await;
    world.clock.show(None);
    ordered
}

async fn place(world: &World, asked: Order) -> Result<Value, Failure> {
    let synthetic = if asked.synthetic { SyntheticNumbers::Accepted } else { SyntheticNumbers::Refused };
    let order = asked.order.into_order(synthetic).map_err(|error| Failure::new(error.code(), error))?;
    let mut batch = Batch::new();
    let id = world.altinn.notifier().order(&mut batch, &order);
    let id = id.map_err(|error| Failure::new(error.code(), error))?;
    match world.altinn.store().commit(batch).await {
        Err(error) if error.is_conflict() => {
            Err(Failure::new("NOTIFY-ORDER-CONFLICT", "another order has this idempotency id"))
        }
        Err(error) => Err(failed(&error)),
        Ok(_) => {
            let state = world.altinn.notifier().status(id).await.map_err(|error| failed(&error))?;
            Ok(json!({"order": id, "reminders": state.reminders}))
        }
    }
}

/// Cancels what of an order has not been sent.
pub(crate) async fn cancel(world: &World, asked: OfOrder) -> Result<Value, Failure> {
    world.clock.show(asked.at);
    let cancelled = world.altinn.notifier().cancel(asked.order).await;
    world.clock.show(None);
    let cancelled = cancelled.map_err(|error| Failure::new(error.code(), error))?;
    Ok(json!(cancelled))
}

/// What became of an order.
pub(crate) async fn status(world: &World, asked: OfOrder) -> Result<Value, Failure> {
    match world.altinn.notifier().status(asked.order).await {
        Ok(state) => Ok(shown(&state)),
        Err(StoreError::NotFound { .. }) => {
            Err(Failure::new("NOTIFY-ORDER-NOT-FOUND", "there is no such order"))
        }
        Err(error) => Err(failed(&error)),
    }
}

fn shown(state: &OrderState) -> Value {
    json!({
        "order": state.id,
        "idempotencyId": state.idempotency_id,
        "sendersReference": state.senders_reference,
        "status": state.status,
        "reason": state.reason,
        "sendAt": state.send_at,
        "recipients": state.recipients,
        "counts": state.counts,
        "reminders": state.reminders,
        "notifications": state.notifications.iter().map(notification).collect::<Vec<_>>(),
    })
}

fn notification(state: &NotificationState) -> Value {
    json!({
        "notification": state.id,
        "recipient": state.number,
        "channel": state.channel,
        "status": state.status,
        "messageId": state.message_id,
        "attempts": state.attempts,
        "dueAt": state.due_at,
        "expiresAt": state.expires_at,
        "isFinal": state.is_final(),
        "isParked": state.is_parked,
        "transitions": state.transitions,
    })
}

/// Sends what is due.
pub(crate) async fn dispatch(world: &World, asked: Dispatch) -> Result<Value, Failure> {
    world.clock.show(asked.at);
    let report = world.altinn.notifier().dispatch(asked.limit).await;
    world.clock.show(None);
    let report = report.map_err(|error| Failure::new(error.code(), error))?;
    Ok(json!(report))
}

fn failed(error: &StoreError) -> Failure {
    Failure::new(error.code(), error)
}
