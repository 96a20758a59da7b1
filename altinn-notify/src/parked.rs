//! What was given up, and drives it again.

use altinn_core::store::{Batch, Row, StoreError, params};
use chrono::TimeDelta;
use thiserror::Error;
use uuid::Uuid;

use crate::status::{gather, history_of};
use crate::table::{NewTransition, WAKE_TOPIC, insert_transitions, is_lost};
use crate::{NotificationId, NotificationState, NotificationStatus, Notifier, OrderId, Reason};

/// How long a notification that is driven again may take.
const TIME_TO_LIVE: TimeDelta = TimeDelta::hours(48);

/// Why a notification is not driven again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RedriveError {
    /// It is not parked: it is on its way, has arrived, or is not there.
    #[error("notification `{notification}` is not parked")]
    NotParked {
        /// The notification's id.
        notification: NotificationId,
    },
    /// The order is not parked.
    #[error("order `{order}` is not parked")]
    OrderNotParked {
        /// The order's id.
        order: OrderId,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An order that could not be opened, and was left where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParkedOrder {
    /// The order, or its reminder.
    pub order: OrderId,
    /// Why.
    pub reason: Option<String>,
}

impl RedriveError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotParked { .. } | Self::OrderNotParked { .. } => "NOTIFY-REDRIVE-NOT-PARKED",
            Self::Store(error) => error.code(),
        }
    }
}

const PARKED: &str = history_of!(
    "select * from notify_notification where parked = 1 and id > $1 order by id limit $2",
    "n.id"
);

/// What has neither come to its end nor a time when it is taken up again.
const PARKED_ORDERS: &str = "select id, status_reason from notify_order where due_at is null \
    and status in ('Registered', 'Processing') and id > $1 order by id limit $2";

const REDRIVE_ORDER: &str = "update notify_order set due_at = $1, status_reason = null where id = $2 and due_at is null \
    and status in ('Registered', 'Processing')";

const REDRIVE: &str = "update notify_notification set status = $1, sequence = $2, parked = 0, unknown_outcomes = 0, \
    due_at = $3, expires_at = $4 where id = $5 and sequence = $6 and parked = 1";

impl Notifier {
    /// The notifications that are parked: expired, of an outcome that nobody knows, or the end of every dispatcher that
    /// took them up. Each with its history, whose last transition says why. Those after an id, at most `limit`.
    ///
    /// # Errors
    /// What the store says.
    pub async fn parked(
        &self,
        after: Option<NotificationId>,
        limit: u32,
    ) -> Result<Vec<NotificationState>, StoreError> {
        let after = after.map_or(Uuid::nil(), NotificationId::as_uuid);
        let limit = limit.min(Self::NOTIFICATIONS_SHOWN);
        gather(&self.keyring, &self.store().query(PARKED, params![after, limit]).await?)
    }

    /// The orders that are parked, since the key that they are sealed under is not in the keyring, or their rows were
    /// changed. Those after an id, at most `limit` and at most 1,000.
    ///
    /// # Errors
    /// What the store says.
    pub async fn parked_orders(
        &self,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<ParkedOrder>, StoreError> {
        let after = after.map_or(Uuid::nil(), OrderId::as_uuid);
        let limit = limit.min(Self::NOTIFICATIONS_SHOWN);
        let rows = self.store().query(PARKED_ORDERS, params![after, limit]).await?;
        let order = |row: &Row| {
            Ok(ParkedOrder { order: row.get::<Uuid>("id")?.into(), reason: row.get("status_reason")? })
        };
        rows.iter().map(order).collect()
    }

    /// Drives a parked order again: it is due at once, and goes on where it was left.
    ///
    /// # Errors
    /// [`RedriveError::OrderNotParked`] when it is not parked, or not any more.
    pub async fn redrive_order(&self, order: OrderId) -> Result<(), RedriveError> {
        let mut batch = Batch::new();
        batch.execute_one(REDRIVE_ORDER, params![self.clock().now(), order.as_uuid()]);
        batch.wake(WAKE_TOPIC);
        let is_lost = is_lost(self.store().commit(batch).await)?;
        if is_lost { Err(RedriveError::OrderNotParked { order }) } else { Ok(()) }
    }

    /// Drives a parked notification again: it is due at once, for 48 hours, and bears the same message id.
    ///
    /// # Errors
    /// [`RedriveError::NotParked`] when it is not parked, or not any more.
    pub async fn redrive(&self, notification: NotificationId) -> Result<(), RedriveError> {
        let not_parked = || RedriveError::NotParked { notification };
        let id = notification.as_uuid();
        let sql = "select order_id, sequence from notify_notification where id = $1 and parked = 1 and routes is not null";
        let row = self.store().query_opt(sql, params![id]).await?.ok_or_else(not_parked)?;
        let (order_id, sequence): (Uuid, u32) = (row.get("order_id")?, row.get("sequence")?);
        let (now, status) = (self.clock().now(), NotificationStatus::New.as_str());
        let mut batch = Batch::new();
        let next = sequence + 1;
        batch.execute_one(REDRIVE, params![status, next, now, now + TIME_TO_LIVE, id, sequence]);
        let reason = Some(Reason::new("driven again"));
        let transition = NewTransition { subject: id, sequence: next, order_id, at: now, status, reason };
        insert_transitions(&mut batch, vec![transition]);
        batch.wake(WAKE_TOPIC);
        if is_lost(self.store().commit(batch).await)? { Err(not_parked()) } else { Ok(()) }
    }
}
