//! An event on its way to a subscriber.

use altinn_core::store::{Batch, Column, ColumnKind, InsertRows, Row, StoreError, Value, WorkTable, params};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// The work: deliveries that are due.
pub(super) static DELIVERIES: WorkTable = WorkTable::new("services_delivery");

static INSERT: InsertRows = InsertRows::new(
    "services_delivery",
    &[
        Column::new("id", ColumnKind::Uuid),
        Column::new("subscription", ColumnKind::Uuid),
        Column::new("position", ColumnKind::Int),
        Column::new("state", ColumnKind::Text),
        Column::new("attempts", ColumnKind::Int),
        Column::new("created_at", ColumnKind::Int),
        Column::new("due_at", ColumnKind::Int),
        Column::new("lease_until", ColumnKind::Int),
        Column::new("lease_generation", ColumnKind::Int),
    ],
);

/// The reason of a delivery that is over without having been sent.
pub(super) const WITHHELD: &str = "WITHHELD";

/// What has become of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// It is sent as soon as it is due.
    Waiting,
    /// The end point accepted it.
    Delivered,
    /// The subscriber may not be told of it.
    Withheld,
    /// The last attempt failed; it is not tried again unless somebody asks for it.
    Dead,
}

/// An event on its way to a subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Its id, which the end point gets as `webhook-id`, the same at every attempt.
    pub id: Uuid,
    /// The subscription.
    pub subscription: Uuid,
    /// The event's place in the feed; none for the event that validates the subscription.
    pub position: Option<i64>,
    /// What has become of it.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: i64,
    /// Why the last attempt failed, as a code: `HTTP-…`, or `STATUS-…` with the end point's answer; `WITHHELD` where it was
    /// not sent.
    pub reason: Option<String>,
    /// When it is sent next.
    pub due: Option<DateTime<Utc>>,
}

impl Delivery {
    pub(super) fn stored(row: &Row) -> Result<Self, StoreError> {
        let state: String = row.get("state")?;
        let reason: Option<String> = row.get("reason")?;
        Ok(Self {
            id: row.get("id")?,
            subscription: row.get("subscription")?,
            position: row.get("position")?,
            state: match state.as_str() {
                "waiting" => DeliveryState::Waiting,
                "delivered" if reason.as_deref() == Some(WITHHELD) => DeliveryState::Withheld,
                "delivered" => DeliveryState::Delivered,
                "dead" => DeliveryState::Dead,
                _ => {
                    let expected = "a state of a delivery";
                    return Err(StoreError::Decode { column: "state".to_owned(), expected });
                }
            },
            attempts: row.get("attempts")?,
            reason,
            due: row.get("due_at")?,
        })
    }
}

/// Adds a delivery that is due at once.
pub(in crate::event) fn insert(
    batch: &mut Batch,
    id: Uuid,
    subscription: Uuid,
    position: Option<i64>,
    now: DateTime<Utc>,
) {
    batch.insert_rows(&INSERT, vec![row(id, subscription, position, now)]);
}

/// Adds a delivery of each event.
pub(super) fn insert_all(batch: &mut Batch, rows: Vec<Vec<Value>>) {
    batch.insert_rows(&INSERT, rows);
}

pub(super) fn row(id: Uuid, subscription: Uuid, position: Option<i64>, now: DateTime<Utc>) -> Vec<Value> {
    params![id, subscription, position, "waiting", 0, now, now, 0, 0]
}
