//! Events reach those who subscribed, signed, and nobody is told twice of what he accepted.
#![cfg(feature = "webhooks")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::time::Duration;

use altinn_core::http::Destinations;
use altinn_core::key::SigningKey;
use altinn_core::store::{Batch, Store, fresh};
use altinn_core::{Clock, RandomIds, SteppableClock};
use altinn_services::event::{
    CloudEvent, EventFeed, EventFilter, EventGate, InvalidWebhook, NewEvent, SubscriptionState, WebhookKey,
    WebhookVerifier, Webhooks,
};
use chrono::TimeDelta;
use end_point::EndPoint;
use serde_json::Value;

mod end_point;

struct Scene {
    store: Store,
    clock: Arc<SteppableClock>,
    webhooks: Webhooks,
    verifier: WebhookVerifier,
    end_point: EndPoint,
}

impl Scene {
    async fn publish(&self, kind: &str) {
        let event = CloudEvent::new(uuid::Uuid::new_v4().to_string(), "/bakeries/7", kind).unwrap();
        let event = event.with("resource", "urn:altinn:resource:bakery").unwrap();
        let mut batch = Batch::new();
        EventFeed::publish(&mut batch, &NewEvent::of(event, self.clock.now()).unwrap());
        self.store.commit(batch).await.unwrap();
    }

    /// Sends until nothing is due any more.
    async fn run(&self) {
        while self.webhooks.run_once().await.unwrap() > 0 {}
    }

    async fn subscribe(&self, filter: EventFilter) -> altinn_services::event::Subscription {
        self.webhooks.subscriptions().subscribe("/org/ttd", &self.end_point.url(), filter).await.unwrap()
    }

    async fn state(&self) -> SubscriptionState {
        self.webhooks.subscriptions().of("/org/ttd").await.unwrap()[0].state
    }
}

fn bakeries() -> EventFilter {
    EventFilter { source_filter: Some("/bakeries".to_owned()), ..EventFilter::default() }
}

#[allow(clippy::future_not_send, reason = "a claim is awaited where it is made")]
async fn everywhere(claim: impl AsyncFn(Scene)) {
    for (_, store) in fresh::all().await.unwrap() {
        store
            .migrate(&[
                altinn_core::MIGRATIONS,
                altinn_auth::register::MIGRATIONS,
                altinn_services::MIGRATIONS,
            ])
            .await
            .unwrap();
        let clock = Arc::new(SteppableClock::at("2026-03-01T12:00:00Z".parse().unwrap()));
        let key = WebhookKey::new(SigningKey::generate().unwrap());
        let verifier = key.verifier();
        let with = (Arc::clone(&clock) as Arc<dyn Clock>, Arc::new(RandomIds) as _);
        let webhooks =
            Webhooks::new(store.clone(), with, Destinations::public().with_loopback(), key).unwrap();
        claim(Scene { store, clock, webhooks, verifier, end_point: EndPoint::start().await }).await;
    }
}

#[tokio::test]
async fn an_end_point_gets_what_was_committed_after_it_accepted_its_validation() {
    everywhere(async |scene| {
        scene.publish("before").await;
        scene.subscribe(bakeries()).await;
        assert_eq!(scene.state().await, SubscriptionState::Pending);
        scene.end_point.answer_with(404);
        scene.run().await;
        assert_eq!(scene.end_point.take_types(), ["platform.events.validatesubscription"]);
        scene.publish("not yet valid").await;
        scene.run().await;
        assert!(scene.end_point.take().is_empty());

        scene.end_point.answer_with(200);
        scene.clock.step(Duration::from_secs(10));
        scene.run().await;
        assert_eq!(scene.end_point.take_types(), ["platform.events.validatesubscription"]);
        assert_eq!(scene.state().await, SubscriptionState::Valid);
        scene.publish("after").await;
        scene.publish("later").await;
        scene.run().await;
        assert_eq!(scene.end_point.take_types(), ["after", "later"]);
        scene.run().await;
        assert!(scene.end_point.take().is_empty(), "nothing is sent twice");
    })
    .await;
}

#[tokio::test]
async fn what_is_sent_is_signed_over_its_id_time_and_body() {
    everywhere(async |scene| {
        scene.subscribe(bakeries()).await;
        scene.run().await;
        let got = scene.end_point.take().remove(0);
        let (id, time, signature) = got.signature();
        let now = scene.clock.now();
        let verify = |headers: (&str, &str, &str), body: &str, now| scene.verifier.verify(headers, body, now);
        assert_eq!(got.headers["content-type"], "application/cloudevents+json; charset=utf-8");
        assert_eq!(verify((id, time, signature), &got.body, now), Ok(()));
        assert_eq!(verify((id, time, &format!("v1,AAAA {signature}")), &got.body, now), Ok(()));
        assert_eq!(verify(("other", time, signature), &got.body, now), Err(InvalidWebhook::Signature));
        assert_eq!(
            verify((id, time, signature), &got.body.replace("1.0", "1.1"), now),
            Err(InvalidWebhook::Signature)
        );
        assert_eq!(verify((id, time, "v1a,AAAA"), &got.body, now), Err(InvalidWebhook::Signature));
        assert_eq!(verify((id, time, ""), &got.body, now), Err(InvalidWebhook::Signature));
        let late = now + TimeDelta::seconds(301);
        assert_eq!(verify((id, time, signature), &got.body, late), Err(InvalidWebhook::Time));
        assert_eq!(verify((id, "soon", signature), &got.body, now), Err(InvalidWebhook::Time));
        let other_time = (now.timestamp() + 1).to_string();
        assert_eq!(verify((id, &other_time, signature), &got.body, now), Err(InvalidWebhook::Signature));
    })
    .await;
}

#[tokio::test]
async fn an_end_point_that_is_down_is_tried_after_every_pause_and_then_no_more_until_somebody_asks() {
    everywhere(async |scene| {
        let subscription = scene.subscribe(bakeries()).await;
        scene.run().await;
        scene.end_point.take();
        scene.end_point.answer_with(500);
        scene.publish("lost?").await;
        scene.run().await;
        let pauses = [10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200, 43_200];
        for pause in pauses {
            scene.clock.step(Duration::from_secs(pause - 1));
            scene.run().await;
            assert_eq!(scene.end_point.take().len(), 1, "before the pause of {pause} s is over");
            scene.clock.step(Duration::from_secs(1));
            scene.run().await;
        }
        let ids: Vec<_> =
            scene.end_point.take().iter().map(|got| got.headers["webhook-id"].clone()).collect();
        scene.clock.step(Duration::from_secs(30 * 86_400));
        scene.run().await;
        assert!(scene.end_point.take().is_empty());
        let dead = scene.webhooks.dead("/org/ttd", subscription.id, None).await.unwrap();
        assert_eq!((dead.len(), dead[0].attempts, dead[0].reason.as_deref()), (1, 12, Some("STATUS-500")));
        assert_eq!(ids, [dead[0].id.to_string()]);

        assert_eq!(
            scene.webhooks.redrive("/org/nav", dead[0].id).await.unwrap_err().code(),
            "SUBSCRIPTION-NOT-FOUND"
        );
        scene.end_point.answer_with(204);
        scene.webhooks.redrive("/org/ttd", dead[0].id).await.unwrap();
        scene.run().await;
        assert_eq!(scene.end_point.take_types(), ["lost?"]);
        assert!(scene.webhooks.dead("/org/ttd", subscription.id, None).await.unwrap().is_empty());
        assert_eq!(
            scene.webhooks.redrive("/org/ttd", dead[0].id).await.unwrap_err().code(),
            "SUBSCRIPTION-NOT-FOUND"
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_subscription_again_is_the_one_that_is_there_and_an_ended_one_is_served_no_more() {
    everywhere(async |scene| {
        let first = scene.subscribe(bakeries()).await;
        assert_eq!(scene.subscribe(bakeries()).await, first);
        scene.run().await;
        assert_eq!(scene.end_point.take().len(), 1);
        scene.publish("on its way").await;
        let subscriptions = scene.webhooks.subscriptions();
        assert_eq!(
            subscriptions.end("/org/nav", first.id).await.unwrap_err().code(),
            "SUBSCRIPTION-NOT-FOUND"
        );
        subscriptions.end("/org/ttd", first.id).await.unwrap();
        assert_eq!(
            subscriptions.end("/org/ttd", first.id).await.unwrap_err().code(),
            "SUBSCRIPTION-NOT-FOUND"
        );
        scene.run().await;
        assert!(scene.end_point.take().is_empty());
        assert_ne!(scene.subscribe(bakeries()).await.id, first.id);
    })
    .await;
}

#[tokio::test]
async fn many_nodes_send_each_event_to_each_subscriber_once() {
    everywhere(async |scene| {
        scene.subscribe(bakeries()).await;
        scene.run().await;
        scene.end_point.take();
        for number in 0..100 {
            scene.publish(&format!("{number:03}")).await;
        }
        let nodes: Vec<_> = (0..8)
            .map(|_| {
                let webhooks = scene.webhooks.clone();
                tokio::spawn(async move {
                    let mut idle = 0;
                    while idle < 3 {
                        idle = if webhooks.run_once().await.unwrap() == 0 { idle + 1 } else { 0 };
                    }
                })
            })
            .collect();
        for node in nodes {
            node.await.unwrap();
        }
        scene.run().await;
        let expected: Vec<_> = (0..100).map(|number| format!("{number:03}")).collect();
        assert_eq!(scene.end_point.take_types(), expected);
    })
    .await;
}

#[tokio::test]
async fn end_points_inside_and_filters_for_everything_are_refused() {
    everywhere(async |scene| {
        let subscriptions = scene.webhooks.subscriptions();
        let cases = [
            ("https://10.0.0.1/hook", bakeries(), "HTTP-DESTINATION"),
            ("https://169.254.169.254/latest", bakeries(), "HTTP-DESTINATION"),
            ("http://altinn.test/hook", bakeries(), "HTTP-SCHEME"),
            ("ftp://altinn.test/hook", bakeries(), "HTTP-SCHEME"),
            ("https://user:pw@altinn.test/hook", bakeries(), "HTTP-ADDRESS"),
            ("hook", bakeries(), "HTTP-ADDRESS"),
            ("https://altinn.test/hook", EventFilter::default(), "SUBSCRIPTION-FILTER"),
            (
                "https://altinn.test/hook",
                EventFilter { source_filter: Some("//".to_owned()), ..bakeries() },
                "SUBSCRIPTION-FILTER",
            ),
            (
                "https://altinn.test/hook",
                EventFilter { resource_filter: Some("x".to_owned()), ..bakeries() },
                "SUBSCRIPTION-FILTER",
            ),
        ];
        for (end_point, filter, code) in cases {
            let refused = subscriptions.subscribe("/org/ttd", end_point, filter).await.unwrap_err();
            assert_eq!(refused.code(), code, "{end_point}");
        }
        assert!(subscriptions.of("/org/ttd").await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_name_that_leads_inside_is_refused_when_it_is_called() {
    everywhere(async |scene| {
        let inside = scene.end_point.url().replace("http://127.0.0.1", "https://localhost");
        let with = (Arc::clone(&scene.clock) as Arc<dyn Clock>, Arc::new(RandomIds) as _);
        let key = WebhookKey::new(SigningKey::generate().unwrap());
        let webhooks = Webhooks::new(scene.store.clone(), with, Destinations::public(), key).unwrap();
        let subscription = webhooks.subscriptions().subscribe("/org/ttd", &inside, bakeries()).await.unwrap();
        assert!(!format!("{subscription:?}").contains("s3cret"));
        webhooks.run_once().await.unwrap();
        assert!(scene.end_point.take().is_empty());
        let rows = scene.store.query("select reason from services_delivery", vec![]).await.unwrap();
        assert_eq!(rows[0].get::<String>("reason").unwrap(), "HTTP-DESTINATION");
    })
    .await;
}

#[test]
fn a_subscription_is_written_with_altinns_names() {
    let filter = EventFilter { type_filter: Some("t".to_owned()), ..bakeries() };
    let json: Value = serde_json::to_value(filter).unwrap();
    assert_eq!(json, serde_json::json!({"sourceFilter": "/bakeries", "typeFilter": "t"}));
}

#[tokio::test]
async fn the_workers_send_what_is_committed() {
    let folder = tempfile::tempdir().unwrap();
    let end_point = EndPoint::start().await;
    let local = altinn_services::AltinnBuilder::local(folder.path()).unwrap();
    let key = WebhookKey::new(SigningKey::generate().unwrap());
    let altinn = local.webhooks(key, Destinations::public().with_loopback()).build().await.unwrap();
    let subscriptions = altinn.webhooks().unwrap().subscriptions();
    subscriptions.subscribe("/org/ttd", &end_point.url(), bakeries()).await.unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let workers = altinn.run_workers(async move { drop(stopped.await) });
    let mut got = Vec::new();
    while got.is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
        got = end_point.take_types();
    }
    assert_eq!(got, ["platform.events.validatesubscription"]);
    stop.send(()).unwrap();
    workers.await.unwrap();
}

/// Lets a subscriber know of what was opened, as long as it can tell.
#[derive(Debug, Default)]
struct Opened(std::sync::atomic::AtomicBool);

#[async_trait::async_trait]
impl EventGate for Opened {
    async fn lets_through(&self, consumer: &str, event: &CloudEvent) -> Option<bool> {
        assert_eq!(consumer, "/org/ttd");
        let can_tell = self.0.load(std::sync::atomic::Ordering::SeqCst);
        can_tell.then(|| event.event_type() == "opened")
    }
}

#[tokio::test]
async fn nobody_is_told_of_what_they_may_not_know() {
    everywhere(async |scene| {
        let gate = Arc::new(Opened::default());
        let webhooks = scene.webhooks.clone().with_gate(gate.clone());
        let scene = Scene { webhooks, ..scene };
        let subscription = scene.subscribe(bakeries()).await;
        scene.run().await;
        scene.publish("closed").await;
        scene.publish("opened").await;
        scene.run().await;
        assert_eq!(
            scene.end_point.take_types(),
            ["platform.events.validatesubscription"],
            "it cannot be told"
        );
        gate.0.store(true, std::sync::atomic::Ordering::SeqCst);
        scene.clock.step(Duration::from_secs(10));
        scene.run().await;
        assert_eq!(scene.end_point.take_types(), ["opened"]);
        scene.clock.step(Duration::from_secs(24 * 3600));
        scene.run().await;
        assert!(scene.end_point.take().is_empty(), "what is withheld is not tried again");
        assert!(scene.webhooks.dead("/org/ttd", subscription.id, None).await.unwrap().is_empty());
    })
    .await;
}
