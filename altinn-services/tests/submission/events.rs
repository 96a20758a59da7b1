//! The feed of events: nothing is skipped, nothing comes twice, and an instance's events come in their order.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use altinn_core::store::Batch;
use altinn_core::{InstanceId, RandomIds};
use altinn_services::event::{CloudEvent, EventFeed, NewEvent};
use chrono::Utc;
use futures_util::future::join_all;

use crate::scene::{Scene, everywhere};

const PUBLISHERS: u128 = 32;
const EACH: i64 = 20;

/// An event whose type says its place among those of its instance.
fn event(scene: &Scene, instance: &InstanceId, sequence: i64) -> NewEvent {
    let about = (scene.service.id(), instance);
    NewEvent::of_instance(&RandomIds, about, &sequence.to_string(), Utc::now(), sequence).unwrap()
}

/// Commits an event whose type says its place among those of its instance.
async fn publish(scene: &Scene, number: u128, sequence: i64) {
    let instance = InstanceId::new(scene.bakery.id, uuid::Uuid::from_u128(number));
    let mut batch = Batch::new();
    EventFeed::publish(&mut batch, &event(scene, &instance, sequence));
    scene.altinn.store().commit(batch).await.unwrap();
}

/// Reads on from where it is until there is nothing more and nobody publishes.
async fn follow(feed: EventFeed, published: Arc<AtomicBool>) -> Vec<CloudEvent> {
    let (mut after, mut seen) = (0, Vec::new());
    loop {
        let last = published.load(Ordering::SeqCst);
        let page = feed.read(after, 7).await.unwrap();
        if last && page.events.is_empty() {
            return seen;
        }
        after = page.next;
        seen.extend(page.events);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_by_cursor_sees_every_event_once_and_an_instances_in_order() {
    everywhere(async |scene| {
        let published = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..2)
            .map(|_| tokio::spawn(follow(scene.altinn.events().clone(), Arc::clone(&published))))
            .collect();
        join_all((0..PUBLISHERS).map(async |number| {
            for sequence in 0..EACH {
                publish(&scene, number, sequence).await;
            }
        }))
        .await;
        published.store(true, Ordering::SeqCst);
        let mut seen = Vec::new();
        for reader in readers {
            seen.push(reader.await.unwrap());
        }
        assert_eq!(seen[0], seen[1], "every reader reads the same");
        let mut of_instance: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for event in &seen[0] {
            let place = event.event_type().parse().unwrap();
            of_instance.entry(event.resource_instance().unwrap().to_owned()).or_default().push(place);
        }
        assert_eq!(of_instance.len() as u128, PUBLISHERS);
        let all: Vec<i64> = (0..EACH).collect();
        assert!(of_instance.values().all(|places| *places == all), "{of_instance:?}");
    })
    .await;
}

#[tokio::test]
async fn a_page_has_at_most_a_thousand_events() {
    everywhere(async |scene| {
        let instance = InstanceId::new(scene.bakery.id, uuid::Uuid::from_u128(1));
        let mut batch = Batch::new();
        for sequence in 0..1_001 {
            EventFeed::publish(&mut batch, &event(&scene, &instance, sequence));
        }
        scene.altinn.store().commit(batch).await.unwrap();
        while scene.altinn.events().number().await.unwrap() > 0 {}
        let page = scene.altinn.events().read(0, u32::MAX).await.unwrap();
        assert_eq!((page.events.len(), page.next), (1_000, 1_000));
        let rest = scene.altinn.events().read(page.next, u32::MAX).await.unwrap();
        assert_eq!((rest.events.len(), rest.next), (1, 1_001));
    })
    .await;
}
