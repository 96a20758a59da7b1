//! The notifier: what orders go into and what sends them.

use std::sync::Arc;
use std::time::Duration;

use altinn_core::Clock;
use altinn_core::store::{Batch, Store};

use crate::channel::{
    AttachmentSource, AttachmentSources, BreakerSettings, Channel, ChannelKind, Lane, RateLimit, SenderId,
    UnknownOutcome,
};
use crate::condition::{Conditions, SendCondition};
use crate::contact::{ContactRegister, StoredContacts};
use crate::key::SendingKey;
use crate::order::{Defaults, Plan};
use crate::rules::SendingWindow;
use crate::{EmailAddress, Keyring, Order, OrderError, OrderId, table};

/// Takes orders, sends what is due, and tells what became of it.
///
/// The part of a program that orders needs no channel; one that sends has [`with_email_channel`] or
/// [`with_sms_channel`]. Any number of notifiers, on any number of nodes, share one store.
///
/// [`with_email_channel`]: Self::with_email_channel
/// [`with_sms_channel`]: Self::with_sms_channel
#[derive(Debug, Clone)]
pub struct Notifier {
    store: Store,
    pub(crate) keyring: Keyring,
    clock: Arc<dyn Clock>,
    sender: EmailAddress,
    sms_sender: Option<SenderId>,
    pub(crate) key: SendingKey,
    pub(crate) email: Lane,
    pub(crate) sms: Lane,
    pub(crate) window: SendingWindow,
    pub(crate) persons: Option<Arc<dyn ContactRegister>>,
    pub(crate) organizations: Option<Arc<dyn ContactRegister>>,
    pub(crate) conditions: Conditions,
    pub(crate) attachments: AttachmentSources,
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
    /// A notifier over a store whose tables are there ([`MIGRATIONS`](crate::MIGRATIONS)), which keeps personal data under
    /// the agency's keys; `sender` is the sender of every mail whose order names none.
    ///
    /// [`claim_keys`](Self::claim_keys) tells at the start of a program whether the keyring is that of the store.
    pub fn new(store: Store, keyring: Keyring, sender: EmailAddress, clock: Arc<dyn Clock>) -> Self {
        let settings = Settings {
            lease: Duration::from_secs(180),
            concurrency: 16,
            poll_interval: Duration::from_secs(5),
        };
        Self {
            store,
            keyring,
            clock,
            sender,
            sms_sender: None,
            key: SendingKey::default(),
            email: Lane::new(ChannelKind::Email),
            sms: Lane::new(ChannelKind::Sms),
            window: SendingWindow::default(),
            persons: None,
            organizations: None,
            conditions: Conditions::default(),
            attachments: AttachmentSources::default(),
            settings,
        }
    }

    /// The same notifier, able to send mail.
    #[must_use]
    pub fn with_email_channel(mut self, channel: impl Channel + 'static) -> Self {
        self.email.channel = Some(Arc::new(channel));
        self
    }

    /// The same notifier, able to send SMS.
    #[must_use]
    pub fn with_sms_channel(mut self, channel: impl Channel + 'static) -> Self {
        self.sms.channel = Some(Arc::new(channel));
        self
    }

    /// The same notifier, with the sender of every SMS whose order names none.
    #[must_use]
    pub fn with_sms_sender(mut self, sender: SenderId) -> Self {
        self.sms_sender = Some(sender);
        self
    }

    /// The same notifier under a key: in a test environment one that cannot reach citizens.
    #[must_use]
    pub fn with_key(mut self, key: SendingKey) -> Self {
        self.key = key;
        self
    }

    /// The same notifier, which finds people's addresses in this register.
    #[must_use]
    pub fn with_person_register(mut self, register: Arc<dyn ContactRegister>) -> Self {
        self.persons = Some(register);
        self
    }

    /// The same notifier, which finds organizations' addresses in this register.
    #[must_use]
    pub fn with_organization_register(mut self, register: Arc<dyn ContactRegister>) -> Self {
        self.organizations = Some(register);
        self
    }

    /// The same notifier, which knows the condition of this name.
    #[must_use]
    pub fn with_condition(
        mut self,
        name: impl Into<String>,
        condition: impl SendCondition + 'static,
    ) -> Self {
        self.conditions.insert(name.into(), Arc::new(condition));
        self
    }

    /// The same notifier, which asks condition endpoints by this client: where it may go is a setting of the client.
    /// Without one no endpoint is asked, and such orders are not sent.
    #[cfg(feature = "http")]
    #[must_use]
    pub fn with_condition_client(mut self, client: altinn_core::http::HttpClient) -> Self {
        self.conditions.set_client(client);
        self
    }

    /// The same notifier, which reads attachments from this source.
    #[must_use]
    pub fn with_attachments(self, source: impl AttachmentSource + 'static) -> Self {
        self.with_attachments_under("", source)
    }

    /// The same notifier, which reads attachments whose reference begins so from this source; of several, the one with the
    /// longest beginning is asked.
    #[must_use]
    pub fn with_attachments_under(
        mut self,
        beginning: impl Into<String>,
        source: impl AttachmentSource + 'static,
    ) -> Self {
        self.attachments.set(beginning.into(), Arc::new(source));
        self
    }

    /// The same notifier with other hours for what is sent by day: 08:00 to 17:00 in Oslo if nothing is said.
    #[must_use]
    pub fn with_sending_window(mut self, window: SendingWindow) -> Self {
        self.window = window;
        self
    }

    /// The same notifier, which gives a channel no more messages than this, on this node.
    #[must_use]
    pub fn with_rate_limit(mut self, channel: ChannelKind, limit: RateLimit) -> Self {
        if let Some(lane) = self.lane_mut(channel) {
            lane.set_rate_limit(limit);
        }
        self
    }

    /// The same notifier, which leaves a failing channel alone by these settings.
    #[must_use]
    pub fn with_breaker(mut self, channel: ChannelKind, settings: BreakerSettings) -> Self {
        if let Some(lane) = self.lane_mut(channel) {
            lane.set_breaker(settings);
        }
        self
    }

    /// The same notifier with another answer to attempts whose end nobody knows.
    #[must_use]
    pub fn with_unknown_outcome(mut self, channel: ChannelKind, unknown: UnknownOutcome) -> Self {
        if let Some(lane) = self.lane_mut(channel) {
            lane.unknown_outcome = unknown;
        }
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
        let plan = Plan::of(order, self.defaults(), now)?;
        batch.append(table::insert_order(&self.keyring, &plan, now)?);
        Ok(plan.id)
    }

    /// The contacts that are kept in the same store under the same keys: to put some into it, or to give them as a
    /// register.
    pub fn stored_contacts(&self) -> StoredContacts {
        StoredContacts::new(self.store.clone(), self.keyring.clone())
    }

    pub(crate) fn defaults(&self) -> Defaults<'_> {
        Defaults { sender: &self.sender, sms_sender: self.sms_sender.as_ref(), key: &self.key }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// The channels that something can be sent by: under a test key all of them, since nothing leaves.
    pub(crate) fn lanes(&self) -> impl Iterator<Item = &Lane> {
        let simulates = matches!(self.key, SendingKey::Test);
        [&self.email, &self.sms].into_iter().filter(move |lane| simulates || lane.channel.is_some())
    }

    fn lane_mut(&mut self, channel: ChannelKind) -> Option<&mut Lane> {
        match channel {
            ChannelKind::Email => Some(&mut self.email),
            ChannelKind::Sms => Some(&mut self.sms),
            ChannelKind::Print => None,
        }
    }
}
