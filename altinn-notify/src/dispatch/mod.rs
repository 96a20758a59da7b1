//! Dispatch: what is due is claimed, attempted and brought to an end.

mod attempt;
mod backoff;
mod job;
mod run;
mod step;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use altinn_core::store::{Batch, StoreError};
use futures_util::stream::{self, StreamExt};
use serde::Serialize;
use thiserror::Error;

use self::attempt::Ending;
use self::job::Job;
use crate::channel::Channel;
use crate::table::NOTIFICATIONS;
use crate::{NotificationStatus, Notifier};

/// What a call of [`Notifier::dispatch`] did. Each number counts notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DispatchReport {
    /// Claimed by this call.
    pub claimed: u32,
    /// Taken over by the mail server.
    pub succeeded: u32,
    /// Come to their end without success: refused, expired or parked.
    pub failed: u32,
    /// To be tried again later, since the attempt failed in a way that may pass.
    pub deferred: u32,
    /// To be tried again later, since nobody knows how the attempt ended.
    pub unknown: u32,
    /// Found with an attempt whose end had not been recorded, and tried again.
    pub recovered: u32,
    /// No longer this dispatcher's when it wanted to record something: another one has them.
    pub lost: u32,
    /// Given back untried, since the lease had run too far; they are due at once.
    pub given_back: u32,
}

/// Why a dispatch stopped. What had been begun was brought to its end first, as far as the store allowed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DispatchError {
    /// The notifier has no channel to send with.
    #[error("the notifier has no channel for mail")]
    NoChannel,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DispatchError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoChannel => "NOTIFY-DISPATCH-NO-CHANNEL",
            Self::Store(error) => error.code(),
        }
    }
}

impl Notifier {
    /// Sends what is due, at most `limit` notifications, and answers when none of them is in flight any more.
    ///
    /// Any number of dispatchers may run at once, in this program and others: each notification is one dispatcher's at
    /// a time. The beginning of an attempt is durable before its first byte leaves. If this future is dropped, attempts
    /// in flight end unrecorded: when their lease ends they are found, shown as
    /// [`OutcomeUnknown`](NotificationStatus::OutcomeUnknown), and go once more with the same Message-ID.
    ///
    /// # Errors
    /// [`DispatchError`]; what was due stays due.
    #[tracing::instrument(level = "debug", skip(self))]
    pub async fn dispatch(&self, limit: u32) -> Result<DispatchReport, DispatchError> {
        self.dispatch_until(limit, Arc::default()).await
    }

    /// As [`Notifier::dispatch`], but claims nothing more once `stopping` is true.
    async fn dispatch_until(
        &self,
        limit: u32,
        stopping: Arc<AtomicBool>,
    ) -> Result<DispatchReport, DispatchError> {
        let channel = self.email_channel().ok_or(DispatchError::NoChannel)?;
        let dispatch = Arc::new(Dispatch { notifier: self.clone(), channel, stopping, failed: false.into() });
        let claiming = Arc::clone(&dispatch);
        let claims = stream::unfold(limit, move |left| Arc::clone(&claiming).claim(left));
        let endings = claims
            .flat_map(stream::iter)
            .map(move |job| Arc::clone(&dispatch).carry_out(job))
            .buffer_unordered(self.settings.concurrency);
        let mut report = DispatchReport::default();
        let mut failure = None;
        let mut endings = std::pin::pin!(endings);
        while let Some(ending) = endings.next().await {
            match ending {
                Ok(ending) => report.count(ending),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(report), |error| Err(error.into()))
    }
}

/// What the futures of one dispatch share.
struct Dispatch {
    notifier: Notifier,
    channel: Arc<dyn Channel>,
    /// Whether it is to claim nothing more.
    stopping: Arc<AtomicBool>,
    /// Whether the store has failed, so that it claims nothing more.
    failed: AtomicBool,
}

impl Dispatch {
    /// Claims the next of `left` notifications; nothing when there are none, or none are to be claimed any more.
    async fn claim(self: Arc<Self>, left: u32) -> Option<(Vec<Result<Job, StoreError>>, u32)> {
        let size = left.min(u32::try_from(self.notifier.settings.concurrency).unwrap_or(u32::MAX));
        if size == 0 || self.stopping.load(Ordering::Relaxed) || self.failed.load(Ordering::Relaxed) {
            return None;
        }
        match self.notifier.claim(size).await {
            Ok(jobs) if jobs.is_empty() => None,
            Ok(jobs) => Some((jobs, left - size)),
            Err(error) => Some((vec![Err(error)], 0)),
        }
    }

    async fn carry_out(self: Arc<Self>, job: Result<Job, StoreError>) -> Result<Ending, StoreError> {
        let result = self.notifier.attempt(job?, self.channel.as_ref()).await;
        if result.is_err() {
            self.failed.store(true, Ordering::Relaxed);
        }
        result
    }
}

impl Notifier {
    async fn claim(&self, size: u32) -> Result<Vec<Result<Job, StoreError>>, StoreError> {
        let mut batch = Batch::new();
        let claimed_at = Instant::now();
        let claimed = NOTIFICATIONS.claim(&mut batch, self.clock().now(), size, self.settings.lease);
        let committed = self.store().commit(batch).await?;
        Ok(committed.rows(claimed).iter().map(|row| Job::from_row(row, claimed_at)).collect())
    }
}

impl DispatchReport {
    fn count(&mut self, ending: Ending) {
        self.claimed += 1;
        match ending {
            Ending::Recorded { status, recovered, is_final } => {
                self.recovered += u32::from(recovered);
                match status {
                    NotificationStatus::Succeeded => self.succeeded += 1,
                    NotificationStatus::OutcomeUnknown => self.unknown += 1,
                    _ if is_final => self.failed += 1,
                    _ => self.deferred += 1,
                }
            }
            Ending::Lost => self.lost += 1,
            Ending::GivenBack => self.given_back += 1,
        }
    }
}
