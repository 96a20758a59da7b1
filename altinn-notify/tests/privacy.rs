//! No address and no text of a mail comes out where it should not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod scene;

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use altinn_notify::testing::{Misbehaviour, SmtpSink};
use scene::{Scene, order, smtp};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Writes every field of every span and event down.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl Log {
    fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

impl Visit for Log {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0.lock().unwrap(), "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn nothing_that_is_logged_or_shown_holds_an_address_or_a_text() {
    for scene in Scene::all().await {
        let log = Log::default();
        let _guard = tracing::subscriber::set_default(log.clone());
        let sink = SmtpSink::start().await.unwrap();
        sink.misbehave(Misbehaviour::RefuseRecipient);
        sink.misbehave(Misbehaviour::DeferRecipient);
        let notifier = scene.notifier(smtp(&sink)).with_concurrency(1);
        for name in ["a", "b", "c"] {
            scene.commit(&order(name)).await;
        }
        let report = notifier.dispatch(10).await.unwrap();
        assert_eq!((report.failed, report.deferred, report.succeeded), (1, 1, 1));

        let states = [notifier.status(order("a").id()).await, notifier.status(order("c").id()).await];
        let shown = format!("{}{notifier:?}{states:?}{sink:?}{:?}", log.text(), sink.mails());
        assert!(log.text().contains("550 5.1.1 <***>: no such mailbox"), "it is logged: {}", log.text());
        for hidden in ["nordmann", "ola@", "ola.", "Hei på", "About"] {
            assert!(!shown.to_lowercase().contains(&hidden.to_lowercase()), "{hidden}: {shown}");
        }
    }
}
