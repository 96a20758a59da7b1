//! Dispatch: what is due is claimed, attempted and brought to an end.

mod attempt;
mod backoff;
mod expand;
mod follow;
mod job;
mod run;
mod send;
mod step;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use altinn_core::store::{Batch, StoreError, params};
use futures_util::stream::{self, StreamExt};
use serde::Serialize;
use thiserror::Error;
use uuid::Uuid;

use self::attempt::Begun;
pub(crate) use self::follow::{FailedRoute, Following};
use self::job::Job;
use crate::channel::{Lane, Outcome};
use crate::order::OpenOrder;
use crate::table::NOTIFICATIONS;
use crate::{NotificationStatus, Notifier, OrderId, Reason};

/// What a call of [`Notifier::dispatch`] did. Each number counts notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DispatchReport {
    /// Claimed by this call.
    pub claimed: u32,
    /// Taken over by the mail server or the gateway.
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
    /// Whether there may be orders left that are due.
    #[serde(skip)]
    pub(crate) has_more_orders: bool,
}

/// Why a dispatch stopped. What had been begun was brought to its end first, as far as the store allowed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DispatchError {
    /// The notifier has no channel to send with.
    #[error("the notifier has no channel to send by")]
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
    /// Expands the orders that are due, sends what is due of their notifications, at most `limit` of them, and answers
    /// when none is in flight any more.
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
        if self.lanes().next().is_none() {
            return Err(DispatchError::NoChannel);
        }
        let mut report =
            DispatchReport { has_more_orders: self.expand_due(limit).await?, ..Default::default() };
        let left = Arc::new(AtomicU32::new(limit));
        for lane in self.lanes() {
            let run = Arc::new(LaneRun {
                notifier: self.clone(),
                lane: lane.clone(),
                left: Arc::clone(&left),
                stopping: Arc::clone(&stopping),
                failed: false.into(),
                orders: Mutex::default(),
            });
            run.run(&mut report).await?;
        }
        Ok(report)
    }
}

/// How many orders a run keeps in memory, for the notifications that follow.
const MAX_ORDERS: usize = 32;

/// What the futures share that send by one channel.
struct LaneRun {
    notifier: Notifier,
    lane: Lane,
    /// How many notifications may still be claimed.
    left: Arc<AtomicU32>,
    /// Whether to claim nothing more.
    stopping: Arc<AtomicBool>,
    /// Whether the store has failed, so that nothing more is claimed.
    failed: AtomicBool,
    orders: Mutex<HashMap<Uuid, Result<Arc<OpenOrder>, Reason>>>,
}

impl LaneRun {
    /// Claims, sends and records, until nothing is due or nothing more is to be claimed.
    async fn run(self: Arc<Self>, report: &mut DispatchReport) -> Result<(), StoreError> {
        let concurrency = self.notifier.settings.concurrency;
        let (claiming, sending) = (Arc::clone(&self), Arc::clone(&self));
        let claims = stream::unfold((), move |()| Arc::clone(&claiming).claim());
        let sent = claims
            .flat_map(stream::iter)
            .map(move |begun| Arc::clone(&sending).carry_out(begun))
            .buffer_unordered(concurrency)
            .ready_chunks(concurrency);
        let (mut sent, mut failure) = (std::pin::pin!(sent), None);
        while let Some(chunk) = sent.next().await {
            if let Err(error) = self.record(chunk, report).await {
                self.failed.store(true, Ordering::Relaxed);
                failure = failure.or(Some(error));
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// Claims the next notifications, and records that their attempts begin; nothing when there are none, or none are
    /// to be claimed.
    async fn claim(self: Arc<Self>) -> Option<(Vec<Result<Begun, StoreError>>, ())> {
        if self.stopping.load(Ordering::Relaxed) || self.failed.load(Ordering::Relaxed) {
            return None;
        }
        let concurrency = u32::try_from(self.notifier.settings.concurrency).unwrap_or(u32::MAX);
        let wanted = self.left.load(Ordering::Relaxed).min(concurrency);
        let allowed = self.lane.allows(wanted, self.notifier.clock().now());
        if allowed == 0 {
            return None;
        }
        match self.claim_and_begin(allowed).await {
            Ok(begun) if begun.is_empty() => None,
            Ok(begun) => Some((begun.into_iter().map(Ok).collect(), ())),
            Err(error) => {
                self.failed.store(true, Ordering::Relaxed);
                Some((vec![Err(error)], ()))
            }
        }
    }

    async fn claim_and_begin(&self, allowed: u32) -> Result<Vec<Begun>, StoreError> {
        let Self { notifier, lane, .. } = self;
        let mut batch = Batch::new();
        let (now, claimed_at) = (notifier.clock().now(), Instant::now());
        let kind = lane.kind.as_str();
        let claimed =
            NOTIFICATIONS.claim_where(&mut batch, "channel", kind, now, allowed, notifier.settings.lease);
        let committed = notifier.store().commit(batch).await?;
        let rows = committed.rows(claimed);
        let found = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        lane.give_back(allowed.saturating_sub(found));
        self.left.fetch_sub(found.min(self.left.load(Ordering::Relaxed)), Ordering::Relaxed);
        let mut jobs =
            rows.iter().map(|row| Job::from_row(row, claimed_at)).collect::<Result<Vec<_>, _>>()?;
        for job in &mut jobs {
            job.open(self.order(job.order).await?);
        }
        if jobs.is_empty() { Ok(Vec::new()) } else { notifier.begin(jobs, lane).await }
    }

    /// An order, opened, or why it cannot be.
    async fn order(&self, order: OrderId) -> Result<Result<Arc<OpenOrder>, Reason>, StoreError> {
        let orders = || self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let id = order.as_uuid();
        if let Some(known) = orders().get(&id) {
            return Ok(known.clone());
        }
        let sql = "select sealed_under, wrapped_key, spec from notify_order where id = $1";
        let row = self.notifier.store().query_one(sql, params![id]).await?;
        let opened = OpenOrder::from_row(&self.notifier.keyring, id, &row).map(Arc::new);
        let opened = opened.map_err(|error| {
            tracing::warn!(order = %id, code = error.code(), "an order cannot be opened, and its notifications are parked");
            Reason::new(&error.to_string())
        });
        let mut orders = orders();
        if orders.len() >= MAX_ORDERS {
            orders.clear();
        }
        orders.insert(id, opened.clone());
        Ok(opened)
    }

    async fn carry_out(self: Arc<Self>, begun: Result<Begun, StoreError>) -> Result<Carried, StoreError> {
        let job = match begun? {
            Begun::Send(job) => job,
            Begun::Ended(ending) => return Ok(Carried::Ended(ending)),
        };
        if job.claimed_at.elapsed() > self.notifier.settings.lease / 2 {
            return Ok(Carried::Sent(job, None));
        }
        let outcome = self.notifier.send(&job, &self.lane).await;
        self.lane.learn(&outcome, self.notifier.clock().now());
        Ok(Carried::Sent(job, Some(outcome)))
    }

    /// Records the ends of a chunk; an error among them is given on when the others are recorded.
    async fn record(
        &self,
        chunk: Vec<Result<Carried, StoreError>>,
        report: &mut DispatchReport,
    ) -> Result<(), StoreError> {
        let (mut sent, mut failure) = (Vec::with_capacity(chunk.len()), None);
        for carried in chunk {
            match carried {
                Ok(Carried::Sent(job, outcome)) => sent.push((job, outcome)),
                Ok(Carried::Ended(ending)) => report.count(ending),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        if !sent.is_empty() {
            let endings = self.notifier.finish(sent, &self.lane).await?;
            endings.into_iter().for_each(|ending| report.count(ending));
        }
        failure.map_or(Ok(()), Err)
    }
}

/// What became of a claimed notification before its end is recorded.
#[allow(clippy::large_enum_variant, reason = "it lives for a moment")]
enum Carried {
    Sent(Job, Option<Outcome>),
    Ended(Ending),
}

/// What became of a claimed notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// A status was recorded.
    Recorded { status: NotificationStatus, recovered: bool, is_final: bool },
    /// The claim is another dispatcher's.
    Lost,
    /// The lease had run too far to begin.
    GivenBack,
}

impl DispatchReport {
    fn count(&mut self, ending: Ending) {
        self.claimed += 1;
        match ending {
            Ending::Recorded { status, recovered, is_final } => {
                self.recovered += u32::from(recovered);
                match status {
                    NotificationStatus::Succeeded | NotificationStatus::Accepted => self.succeeded += 1,
                    NotificationStatus::OutcomeUnknown if !is_final => self.unknown += 1,
                    _ if is_final => self.failed += 1,
                    _ => self.deferred += 1,
                }
            }
            Ending::Lost => self.lost += 1,
            Ending::GivenBack => self.given_back += 1,
        }
    }
}
