//! The notifier: what orders go into and what sends them.

use std::sync::Arc;
use std::time::Duration;

use altinn_core::Clock;
use altinn_core::store::{Batch, Store};

use crate::channel::Channel;
use crate::order::Plan;
use crate::{EmailAddress, Order, OrderError, OrderId, table};

/// Takes orders, sends what is due, and tells what became of it.
///
/// The part of a program that orders needs no channel; one that sends has [`with_email_channel`]. Any number of
/// notifiers, on any number of nodes, share one store.
///
/// [`with_email_channel`]: Self::with_email_channel
#[derive(Debug, Clone)]
pub struct Notifier {
    store: Store,
    clock: Arc<dyn Clock>,
    sender: EmailAddress,
    email: Option<Arc<dyn Channel>>,
    pub(crate) settings: Settings,
}

/// How a notifier dispatches.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) lease: Duration,
    pub(crate) concurrency: usize,
    pub(crate) poll_interval: Duration,
}

impl Notifier {
    /// A notifier over a store whose tables are there ([`MIGRATIONS`](crate::MIGRATIONS)); `sender` is the sender
    /// of every mail whose order names none.
    pub fn new(store: Store, sender: EmailAddress, clock: Arc<dyn Clock>) -> Self {
        let settings = Settings {
            lease: Duration::from_secs(180),
            concurrency: 16,
            poll_interval: Duration::from_secs(5),
        };
        Self { store, clock, sender, email: None, settings }
    }

    /// The same notifier, able to send mail.
    #[must_use]
    pub fn with_email_channel(mut self, channel: impl Channel + 'static) -> Self {
        self.email = Some(Arc::new(channel));
        self
    }

    /// The same notifier, with how long a dispatcher holds a notification: 3 minutes if nothing is said. An attempt
    /// may take half of it; what a dead dispatcher held is free again when it ends.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.settings.lease = lease;
        self
    }

    /// The same notifier, with how many attempts it has in flight at once: 16 if nothing is said, at least 1.
    #[must_use]
    pub fn with_concurrency(mut self, attempts: usize) -> Self {
        self.settings.concurrency = attempts.max(1);
        self
    }

    /// The same notifier, with how often [`run`](Self::run) looks for work that nobody woke it for: every 5 seconds
    /// if nothing is said.
    #[must_use]
    pub fn with_poll_interval(mut self, interval: Duration) -> Self {
        self.settings.poll_interval = interval;
        self
    }

    /// Adds an order to the batch of its cause: both are stored, or neither.
    ///
    /// An order that is stored already under the same idempotency id stays as it is, and the batch commits. If it asked
    /// for something else then (another recipient, text, time, ...), the whole batch is refused when it commits, with
    /// [`StoreError::Conflict`](altinn_core::store::StoreError::Conflict) in `insert into notify_order`: one id for two
    /// orders is an error of the program, and sending one of them without a word would hide it.
    ///
    /// # Errors
    /// [`OrderError`] says what is wrong with the order; the batch is as it was.
    pub fn order(&self, batch: &mut Batch, order: &Order) -> Result<OrderId, OrderError> {
        let now = self.clock.now();
        let plan = Plan::of(order, &self.sender, now)?;
        table::insert_order(batch, &plan, now);
        Ok(plan.id)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    pub(crate) fn email_channel(&self) -> Option<Arc<dyn Channel>> {
        self.email.clone()
    }
}
