//! What the tests begin with.
#![allow(dead_code, reason = "every test program uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::time::Duration;

use altinn_core::SteppableClock;
use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, Store, fresh};
use altinn_notify::channel::{Channel, Smtp, SmtpSettings, TlsMode};
use altinn_notify::contact::StoredContacts;
use altinn_notify::testing::SmtpSink;
use altinn_notify::{
    Content, Keyring, MIGRATIONS, NotificationState, NotificationStatus, Notifier, Order, OrderId, Recipient,
};

/// A clock that stands at 2026-12-01 08:00 UTC.
pub(crate) fn clock() -> Arc<SteppableClock> {
    Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()))
}

/// The keyring of every scene.
pub(crate) fn keyring() -> Keyring {
    Keyring::new(&SecretKey::from_bytes([7; 32]))
}

/// A store, a clock, and what a notifier needs beside its channel.
pub(crate) struct Scene {
    pub(crate) back_end: &'static str,
    pub(crate) store: Store,
    pub(crate) clock: Arc<SteppableClock>,
}

impl Scene {
    /// A scene on every back end there is.
    pub(crate) async fn all() -> Vec<Self> {
        let mut scenes = Vec::new();
        for (back_end, store) in fresh::all().await.unwrap() {
            store.migrate(&[MIGRATIONS]).await.unwrap();
            scenes.push(Self { back_end, store, clock: clock() });
        }
        scenes
    }

    pub(crate) fn notifier(&self, channel: impl Channel + 'static) -> Notifier {
        self.notifier_without_channel().with_email_channel(channel)
    }

    pub(crate) fn notifier_without_channel(&self) -> Notifier {
        let sender = "noreply@example.com".parse().unwrap();
        let notifier = Notifier::new(self.store.clone(), keyring(), sender, self.clock.clone());
        notifier.with_sms_sender("Etaten".parse().unwrap())
    }

    /// The contact register in the store.
    pub(crate) fn contacts(&self) -> StoredContacts {
        StoredContacts::new(self.store.clone(), keyring())
    }

    /// A notifier whose mail and SMS go to one channel.
    pub(crate) fn all_channels(&self, channel: impl Channel + 'static) -> Notifier {
        let channel = Arc::new(channel);
        self.notifier(Arc::clone(&channel)).with_sms_channel(channel)
    }

    pub(crate) fn step(&self, minutes: u64) {
        self.clock.step(Duration::from_secs(60 * minutes));
    }

    /// Commits one order in a batch of its own.
    pub(crate) async fn commit(&self, order: &Order) -> OrderId {
        let mut batch = Batch::new();
        let id = self.notifier_without_channel().order(&mut batch, order).unwrap();
        self.store.commit(batch).await.unwrap();
        id
    }

    /// Expands what is due into notifications, without sending anything.
    pub(crate) async fn expand(&self) {
        assert!(!self.notifier_without_channel().expand_due(1000).await.unwrap());
    }

    /// The only notification of an order.
    pub(crate) async fn notification(&self, order: OrderId) -> NotificationState {
        let state = self.notifier_without_channel().status(order).await.unwrap();
        assert_eq!(state.notifications.len(), 1);
        state.notifications.into_iter().next().unwrap()
    }
}

/// A mail to ola, about the idempotency id.
pub(crate) fn order(idempotency_id: &str) -> Order {
    let recipient = Recipient::Email("ola.nordmann@example.com".parse().unwrap());
    Order::new(idempotency_id, recipient, Content::text(format!("About {idempotency_id}"), "Hei på deg!"))
}

/// A channel to a sink.
pub(crate) fn smtp(sink: &SmtpSink) -> Smtp {
    Smtp::new(SmtpSettings::new("127.0.0.1", sink.port(), TlsMode::None)).unwrap()
}

/// The names of the statuses that a notification has had.
pub(crate) fn history(notification: &NotificationState) -> Vec<&'static str> {
    let numbers: Vec<_> = notification.transitions.iter().map(|transition| transition.sequence).collect();
    assert!(numbers.iter().copied().eq(0..numbers.len() as u32), "the history has no gap: {numbers:?}");
    assert_eq!(notification.transitions.last().map(|last| last.status), Some(notification.status));
    notification.transitions.iter().map(|transition| transition.status.as_str()).collect()
}

/// The reason of the last transition into a status.
pub(crate) fn reason(notification: &NotificationState, status: NotificationStatus) -> String {
    let transition = notification.transitions.iter().rev().find(|transition| transition.status == status);
    transition.and_then(|transition| transition.reason.clone()).unwrap_or_default()
}
