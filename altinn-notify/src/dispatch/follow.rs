//! The next route to a recipient, after one has failed.

use std::sync::Arc;
use std::time::Instant;

use altinn_core::store::{Row, StoreError};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::job::Job;
use crate::channel::ChannelKind;
use crate::order::Spec;
use crate::plan_recipients::{Start, Times};
use crate::rules::SendingWindow;
use crate::table::NewNotification;
use crate::{NotificationStatus, Reason};

impl Job {
    /// The notification that takes the next route to the same recipient.
    pub(super) fn follower(&self, window: &SendingWindow, now: DateTime<Utc>) -> Option<NewNotification> {
        let (next, behind) = self.fallbacks.split_first()?;
        let spec = self.spec.as_ref().ok()?;
        let recipient = self.recipient.clone()?;
        let start = Start { order: self.order, number: self.number, recipient, language: self.language };
        let reason = Some(Reason::new(&format!("the notification by {} failed", self.channel)));
        let times = Times { from: now, now, window };
        Some(start.notification(self.route_number + 1, next, behind, reason, spec, times))
    }
}

/// A notification that a receipt is about.
pub(crate) struct FailedRoute(Job);

impl FailedRoute {
    pub(crate) fn from_rows(notification: &Row, order: &Row) -> Result<Self, StoreError> {
        let mut job = Job::from_row(notification, Instant::now())?;
        job.spec = Spec::from_row(order).map(Arc::new).map_err(|error| Reason::new(&error.to_string()));
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

    pub(crate) fn follower(&self, window: &SendingWindow, now: DateTime<Utc>) -> Option<NewNotification> {
        self.0.follower(window, now)
    }
}
