//! What was given up, and drives it again.

use altinn_core::store::{Batch, StoreError, params};
use chrono::TimeDelta;
use thiserror::Error;
use uuid::Uuid;

use crate::status::gather;
use crate::table::{NewTransition, WAKE_TOPIC, insert_transitions, is_lost};
use crate::{NotificationId, NotificationState, NotificationStatus, Notifier, Reason};

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
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RedriveError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotParked { .. } => "NOTIFY-REDRIVE-NOT-PARKED",
            Self::Store(error) => error.code(),
        }
    }
}

const PARKED: &str = "select n.*, t.sequence as transition_sequence, t.at as transition_at, \
    t.status as transition_status, t.reason as transition_reason \
    from (select * from notify_notification where parked = 1 and id > $1 order by id limit $2) n \
    join notify_transition t on t.subject = n.id order by n.id, t.sequence";

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
        gather(&self.store().query(PARKED, params![after, limit]).await?)
    }

    /// Drives a parked notification again: it is due at once, for 48 hours, and bears the same message id.
    ///
    /// # Errors
    /// [`RedriveError::NotParked`] when it is not parked, or not any more.
    pub async fn redrive(&self, notification: NotificationId) -> Result<(), RedriveError> {
        let not_parked = || RedriveError::NotParked { notification };
        let id = notification.as_uuid();
        let sql = "select order_id, sequence from notify_notification where id = $1 and parked = 1 and address is not null";
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
