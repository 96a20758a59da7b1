//! Cancelling what has not been sent.

use altinn_core::store::{Batch, StoreError, params};
use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

use crate::table::{NewTransition, insert_transitions};
use crate::{NotificationStatus, Notifier, OrderId, OrderStatus};

/// What a cancellation came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cancelled {
    /// How many notifications were held back that had been written already.
    pub notifications: u64,
    /// How many attempts had begun, or had come to their end, before: those stay as they are.
    pub too_late: u64,
    /// How many reminders were cancelled with the order.
    pub reminders: u64,
}

/// Why nothing was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CancelError {
    /// There is no such order.
    #[error("there is no order `{order}`")]
    NotFound {
        /// The order's id.
        order: OrderId,
    },
    /// Everything was sent, or not sent for another reason.
    #[error("order `{order}` is past cancelling")]
    TooLate {
        /// The order's id.
        order: OrderId,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CancelError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "NOTIFY-CANCEL-NOT-FOUND",
            Self::TooLate { .. } => "NOTIFY-CANCEL-TOO-LATE",
            Self::Store(error) => error.code(),
        }
    }
}

/// How often a cancellation that met a dispatcher is tried again.
const TRIES: u32 = 10;

/// Takes an order from whoever holds it: a late write of theirs fails on the generation.
const CANCEL_ORDER: &str = "update notify_order set status = 'Cancelled', sequence = sequence + 1, due_at = null, \
    lease_until = 0, lease_generation = lease_generation + 1 where id = $1 and sequence = $2";

const WRITE_DOWN: &str = "insert into notify_transition (subject, sequence, order_id, at, status) \
    select id, sequence + 1, order_id, $1, 'Cancelled' from notify_notification where order_id = $2 and status = 'New'";

const HOLD_BACK: &str = "update notify_notification set status = 'Cancelled', sequence = sequence + 1, due_at = null, \
    lease_until = 0, lease_generation = lease_generation + 1 where order_id = $1 and status = 'New' returning id";

const COUNT: &str =
    "select count(*) as count from notify_notification where order_id = $1 and status <> 'New'";

impl Notifier {
    /// Cancels an order: what of it has not been sent, and its reminders that are not due yet. A reminder is cancelled
    /// by its own id.
    ///
    /// What a dispatcher had begun stays as it is, and is counted in [`Cancelled::too_late`]. To cancel twice is to cancel
    /// once.
    ///
    /// # Errors
    /// [`CancelError::TooLate`] when there is nothing left to cancel.
    pub async fn cancel(&self, order: OrderId) -> Result<Cancelled, CancelError> {
        for _ in 1..TRIES {
            match self.try_cancel(order).await {
                Err(CancelError::Store(error)) if error.is_conflict() => {}
                result => return result,
            }
        }
        self.try_cancel(order).await
    }

    async fn try_cancel(&self, order: OrderId) -> Result<Cancelled, CancelError> {
        let id = order.as_uuid();
        let sql = "select id, status, sequence, number from notify_order where id = $1 \
            or (main_id = $2 and status = 'Registered') order by number";
        let rows = self.store().query(sql, params![id, id]).await?;
        let mut batch = Batch::new();
        let (mut found, mut reminders, mut is_cancelled) = (false, 0, false);
        for row in &rows {
            let (subject, status): (Uuid, String) = (row.get("id")?, row.get("status")?);
            let sequence: u32 = row.get("sequence")?;
            if subject == id {
                found = true;
                is_cancelled = status == OrderStatus::Cancelled.as_str();
                if is_cancelled || status == OrderStatus::SendConditionNotMet.as_str() {
                    continue;
                }
            } else {
                reminders += 1;
            }
            self.cancel_order(&mut batch, subject, sequence);
        }
        if !found {
            return Err(CancelError::NotFound { order });
        }
        batch.execute(WRITE_DOWN, params![self.clock().now(), id]);
        let held_back = batch.returning(HOLD_BACK, params![id]);
        let counted = batch.returning(COUNT, params![id]);
        let is_open = self.is_open(id).await?;
        if !is_open && reminders == 0 && !is_cancelled {
            return Err(CancelError::TooLate { order });
        }
        let committed = self.store().commit(batch).await?;
        let notifications = committed.rows(held_back).len() as u64;
        let count = committed.rows(counted).first().map_or(Ok(0), |row| row.get::<i64>("count"))?;
        let too_late = count.unsigned_abs().saturating_sub(notifications);
        Ok(Cancelled { notifications, too_late, reminders })
    }

    fn cancel_order(&self, batch: &mut Batch, order: Uuid, sequence: u32) {
        batch.execute_one(CANCEL_ORDER, params![order, sequence]);
        insert_transitions(
            batch,
            vec![NewTransition {
                subject: order,
                sequence: sequence + 1,
                order_id: order,
                at: self.clock().now(),
                status: OrderStatus::Cancelled.as_str(),
                reason: None,
            }],
        );
    }

    /// Whether anything of an order is still to be written or sent for the first time.
    async fn is_open(&self, order: Uuid) -> Result<bool, StoreError> {
        let new = NotificationStatus::New.as_str();
        let sql = "select 1 as open from notify_order where id = $1 and due_at is not null \
            union all select 1 from notify_notification where order_id = $2 and status = $3 limit 1";
        Ok(self.store().query_opt(sql, params![order, order, new]).await?.is_some())
    }
}
