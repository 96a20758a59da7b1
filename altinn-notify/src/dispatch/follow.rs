//! The next route to a recipient, after one has failed.

use std::sync::Arc;
use std::time::Instant;

use altinn_core::store::Row;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::job::{Job, Opened};
use crate::channel::ChannelKind;
use crate::order::OpenOrder;
use crate::plan_recipients::{Start, Times};
use crate::rules::SendingWindow;
use crate::seal::{KeyringError, SealError};
use crate::table::NewNotification;
use crate::{Keyring, NotificationStatus, Reason};

/// What a follower depends on beside the notification that failed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Following<'a> {
    pub(crate) keyring: &'a Keyring,
    pub(crate) window: &'a SendingWindow,
    pub(crate) now: DateTime<Utc>,
}

impl Job {
    /// The notification that takes the next route to the same recipient; none when there is no other.
    pub(super) fn follower(&self, following: Following<'_>) -> Result<Option<NewNotification>, SealError> {
        let Following { keyring, window, now } = following;
        let (Ok(Opened { order, fallbacks, .. }), Some(recipient)) = (&self.opened, &self.recipient) else {
            return Ok(None);
        };
        let Some((next, behind)) = fallbacks.split_first() else { return Ok(None) };
        let start = Start { order: self.order, number: self.number, language: self.language };
        let reason = Some(Reason::new(&format!("the notification by {} failed", self.channel)));
        let times = Times { from: now, now, window };
        let planned = start.notification(self.route_number + 1, next, behind, reason, &order.spec, times);
        planned.sealed(recipient.clone(), order, keyring).map(Some)
    }
}

/// A notification that a receipt is about.
pub(crate) struct FailedRoute(Job);

impl FailedRoute {
    /// The notification of a row, opened by its order's; nothing is opened of one that was erased.
    pub(crate) fn from_rows(
        keyring: &Keyring,
        notification: &Row,
        order: &Row,
    ) -> Result<Self, KeyringError> {
        let mut job = Job::from_row(notification, Instant::now())?;
        if order.get::<Option<i64>>("erased_at")?.is_none() && job.channel != ChannelKind::Print {
            let order = OpenOrder::from_row(keyring, job.order.as_uuid(), order)?;
            job.open(Ok(Arc::new(order)));
        }
        Ok(Self(job))
    }

    pub(crate) fn channel(&self) -> ChannelKind {
        self.0.channel
    }

    pub(crate) fn status(&self) -> NotificationStatus {
        self.0.status
    }

    pub(crate) fn sequence(&self) -> u32 {
        self.0.sequence
    }

    pub(crate) fn order_id(&self) -> Uuid {
        self.0.order.as_uuid()
    }

    pub(crate) fn message_id(&self) -> &str {
        &self.0.message_id
    }

    pub(crate) fn follower(&self, following: Following<'_>) -> Result<Option<NewNotification>, SealError> {
        self.0.follower(following)
    }
}
