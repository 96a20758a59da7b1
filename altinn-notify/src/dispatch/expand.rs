//! Orders that are due become notifications, slice by slice.
//!
//! A claim on an order is for one slice of its recipients: their addresses are asked for, their notifications written,
//! and the order put back for the next one, all in one batch. A slice is written once, whoever dies in it.

use altinn_core::store::{Batch, Claim, Row, StoreError, params};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{self, StreamExt};
use uuid::Uuid;

use super::backoff;
use crate::condition::Verdict;
use crate::order::{OpenOrder, Spec};
use crate::plan_recipients::{Resolved, Times, notifications_of};
use crate::rules::NoRoute;
use crate::seal::{KeyringError, OrderKey, Place, SealError};
use crate::status::decode;
use crate::table::{NewTransition, ORDERS, WAKE_TOPIC, insert_notifications, insert_transitions, is_lost};
use crate::{Keyring, Notifier, OrderId, OrderStatus, PendingOrder, Reason, Recipient, Recipients};

/// How often a condition that cannot be asked is asked in all.
const MAX_QUESTIONS: u32 = 3;

/// An order that this dispatcher holds until its lease ends.
struct DueOrder {
    claim: Claim,
    status: OrderStatus,
    sequence: u32,
    attempts: u32,
    send_at: DateTime<Utc>,
    recipients_of: Uuid,
    slices: u32,
    next_slice: u32,
    pending: PendingOrder,
    opened: Result<OpenOrder, KeyringError>,
}

/// Where an order goes from here.
struct OrderStep {
    status: OrderStatus,
    reason: Option<Reason>,
    next_slice: u32,
    attempts: u32,
    due_at: Option<DateTime<Utc>>,
}

const RECORD: &str = "update notify_order set status = $1, status_reason = $2, sequence = $3, attempts = $4, next_slice = $5, \
    due_at = $6, lease_until = 0 where id = $7 and lease_generation = $8";

impl Notifier {
    /// Writes the notifications of orders that are due, until there are none or `limit` slices of 500 recipients are
    /// written, and sends nothing; answers whether there may be more. [`Notifier::dispatch`] does it first.
    ///
    /// # Errors
    /// What the store says; what was due stays due.
    pub async fn expand_due(&self, limit: u32) -> Result<bool, StoreError> {
        let mut left = limit;
        while left > 0 {
            let size = left.min(u32::try_from(self.settings.concurrency).unwrap_or(u32::MAX));
            let mut batch = Batch::new();
            let claimed = ORDERS.claim(&mut batch, self.clock().now(), size, self.settings.lease);
            let committed = self.store().commit(batch).await?;
            let rows = committed.rows(claimed);
            if rows.is_empty() {
                return Ok(false);
            }
            left = left.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
            let orders: Vec<_> = rows.iter().map(|row| DueOrder::from_row(&self.keyring, row)).collect();
            let mut expanding = stream::iter(orders)
                .map(async |order| self.expand(order?).await)
                .buffer_unordered(self.settings.concurrency);
            while let Some(result) = expanding.next().await {
                result?;
            }
        }
        Ok(true)
    }

    async fn expand(&self, order: DueOrder) -> Result<(), StoreError> {
        let opened = match &order.opened {
            Ok(opened) => opened,
            Err(error) => return self.park(&order, error).await,
        };
        let spec = &opened.spec;
        if order.status == OrderStatus::Registered
            && let Some(step) = self.ask(&order, spec).await
        {
            return self.record(&order, Batch::new(), step).await;
        }
        let recipients = match self.slice(&order, &opened.key).await {
            Ok(recipients) => recipients,
            Err(KeyringError::Store(error)) => return Err(error),
            Err(error) => return self.park(&order, &error).await,
        };
        let resolved = match self.resolve(&recipients, spec.language).await {
            Ok(resolved) => resolved,
            Err(error) if self.clock().now() < spec.deadline(order.send_at) => {
                tracing::warn!(order = %order.claim.id, code = error.code(), "a contact register did not answer");
                return self.record(&order, Batch::new(), order.later(self.clock().now(), None)).await;
            }
            Err(_) => vec![Resolved::no_route(NoRoute::RegisterSilent, spec.language); recipients.len()],
        };
        let now = self.clock().now();
        let first = order.next_slice * Recipients::SLICE as u32;
        let (id, from) = (OrderId::from(order.claim.id), order.send_at);
        let times = Times { from, now, window: &self.window };
        let notifications =
            recipients.iter().zip(resolved).zip(first..).flat_map(|((recipient, resolved), number)| {
                let digest = self.keyring.recipient(&recipient.key());
                let planned = notifications_of(id, number, recipient, resolved, spec, times).into_iter();
                planned.map(move |planned| planned.sealed(digest.clone(), opened, &self.keyring))
            });
        let notifications = match notifications.collect::<Result<_, SealError>>() {
            Ok(notifications) => notifications,
            Err(error) => return self.park(&order, &error.into()).await,
        };
        let mut batch = Batch::new();
        insert_notifications(&mut batch, notifications, now);
        batch.wake(WAKE_TOPIC);
        self.record(&order, batch, order.next(now)).await
    }

    /// Asks the order's condition; nothing when it may be sent.
    async fn ask(&self, order: &DueOrder, spec: &Spec) -> Option<OrderStep> {
        match self.conditions.ask(spec.condition.as_ref(), &order.pending).await {
            Verdict::Met => None,
            Verdict::NotMet(reason) => Some(order.not_sent(reason)),
            Verdict::Failed(reason) if order.attempts + 1 >= MAX_QUESTIONS => {
                Some(order.not_sent(Reason::new(&format!("the condition could not be asked: {reason}"))))
            }
            Verdict::Failed(reason) => Some(order.later(self.clock().now(), Some(reason))),
        }
    }

    async fn slice(&self, order: &DueOrder, key: &OrderKey) -> Result<Vec<Recipient>, KeyringError> {
        let DueOrder { recipients_of, next_slice, .. } = order;
        let sql = "select recipients from notify_recipients where order_id = $1 and slice = $2";
        let row = self.store().query_one(sql, params![*recipients_of, *next_slice]).await?;
        let lines = key.open(Place::Slice(*recipients_of, *next_slice), row.get("recipients")?)?;
        Ok(Recipients::read_slice(&lines).collect())
    }

    /// Leaves an order that cannot be opened where it is, for somebody to look at.
    async fn park(&self, order: &DueOrder, error: &KeyringError) -> Result<(), StoreError> {
        tracing::warn!(order = %order.claim.id, code = error.code(), "an order cannot be opened, and is parked");
        let reason = Some(Reason::new(&format!("parked: {error}")));
        let DueOrder { status, next_slice, attempts, .. } = *order;
        let step = OrderStep { status, reason, next_slice, attempts, due_at: None };
        self.record(order, Batch::new(), step).await
    }

    /// Records where an order goes from here, with what belongs to it, if the claim is still held.
    async fn record(&self, order: &DueOrder, mut batch: Batch, step: OrderStep) -> Result<(), StoreError> {
        let OrderStep { status, reason, next_slice, attempts, due_at } = step;
        let id = order.claim.id;
        let mut sequence = order.sequence;
        if status != order.status {
            sequence += 1;
            let at = self.clock().now();
            let reason = reason.clone();
            let transition =
                NewTransition { subject: id, sequence, order_id: id, at, status: status.as_str(), reason };
            insert_transitions(&mut batch, vec![transition]);
        }
        batch.execute_one(
            RECORD,
            params![
                status.as_str(),
                reason.as_ref().map(Reason::as_str),
                sequence,
                attempts,
                next_slice,
                due_at,
                id,
                order.claim.generation,
            ],
        );
        if !is_lost(self.store().commit(batch).await)? && due_at.is_none() {
            tracing::info!(order = %id, status = status.as_str(), "order came into a status");
        }
        Ok(())
    }
}

impl DueOrder {
    fn from_row(keyring: &Keyring, row: &Row) -> Result<Self, StoreError> {
        let claim = Claim::from_row(row)?;
        let (idempotency_id, reference) = (row.get("idempotency_id")?, row.get("senders_reference")?);
        Ok(Self {
            claim,
            status: decode(row, "status", "an order's status", OrderStatus::named)?,
            sequence: row.get("sequence")?,
            attempts: row.get("attempts")?,
            send_at: row.get("send_at")?,
            recipients_of: row.get("recipients_of")?,
            slices: row.get("slices")?,
            next_slice: row.get("next_slice")?,
            pending: PendingOrder::new(claim.id.into(), idempotency_id, reference, row.get("number")?),
            opened: OpenOrder::from_row(keyring, claim.id, row),
        })
    }

    /// The slice is written: the next one, or the end.
    fn next(&self, now: DateTime<Utc>) -> OrderStep {
        let next_slice = self.next_slice + 1;
        let is_last = next_slice >= self.slices;
        OrderStep {
            status: if is_last { OrderStatus::Processed } else { OrderStatus::Processing },
            reason: None,
            next_slice,
            attempts: 0,
            due_at: (!is_last).then_some(now),
        }
    }

    fn not_sent(&self, reason: Reason) -> OrderStep {
        let (next_slice, attempts) = (self.next_slice, self.attempts);
        OrderStep {
            status: OrderStatus::SendConditionNotMet,
            reason: Some(reason),
            next_slice,
            attempts,
            due_at: None,
        }
    }

    /// It is tried again after a back-off.
    fn later(&self, now: DateTime<Utc>, reason: Option<Reason>) -> OrderStep {
        let attempts = self.attempts + 1;
        let wait = backoff::delay(attempts, backoff::jitter(self.claim.id, attempts));
        let due_at = now.checked_add_signed(wait).unwrap_or(now + TimeDelta::hours(1));
        OrderStep { status: self.status, reason, next_slice: self.next_slice, attempts, due_at: Some(due_at) }
    }
}
