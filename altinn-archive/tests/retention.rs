//! How long entries are kept, what holds them, and who has read them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod world;

use std::time::Duration;

use altinn_archive::{EntryId, ErasureOrder, HoldScope, Participant, Reader, RetentionRule};
use altinn_core::AuthenticationLevel;
use world::{World, entry, stores};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn order() -> ErasureOrder {
    ErasureOrder::new(Participant::new("50003", ""), AuthenticationLevel::Sensitive, "an order")
}

async fn append(world: &World, class: &str) -> EntryId {
    world.archive.append(entry("{}").with_class(class)).await.unwrap().entry()
}

async fn is_there(world: &World, id: EntryId) -> bool {
    match world.archive.get(id).await {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.code(), "ARCHIVE-ERASED");
            false
        }
    }
}

#[tokio::test]
async fn what_a_rule_no_longer_keeps_is_erased_and_nothing_else() {
    for store in stores().await {
        let world = World::on(store).await;
        world.archive.set_rule(&RetentionRule::new("ttd/bakery-licence", "draft", 30)).await.unwrap();
        let mut old = Vec::new();
        for _ in 0..40 {
            old.push(append(&world, "draft").await);
        }
        let kept = append(&world, "case-file").await;
        world.clock.step(20 * DAY);
        let young = append(&world, "draft").await;
        assert_eq!(world.archive.erase_due().await.unwrap(), 0);
        world.clock.step(10 * DAY);
        assert_eq!(world.archive.erase_due().await.unwrap(), 40);
        for id in old {
            assert!(!is_there(&world, id).await);
        }
        assert!(is_there(&world, kept).await && is_there(&world, young).await);
        assert_eq!(world.archive.erase_due().await.unwrap(), 0);

        world.clock.set("2020-01-01T00:00:00Z".parse().unwrap());
        world.archive.set_rule(&RetentionRule::new("ttd/bakery-licence", "draft", 1)).await.unwrap();
        assert_eq!(world.archive.erase_due().await.unwrap(), 0, "a clock that goes backwards erases nothing");
        assert_eq!(world.archive.rules().await.unwrap()[0].keep_days, 1);
        world.archive.remove_rule("ttd/bakery-licence", "draft").await.unwrap();
        assert_eq!(world.archive.rules().await.unwrap(), []);
        while world.archive.integrate().await.unwrap().added > 0 {}
        assert!(world.archive.audit(None).await.unwrap().is_sound());
    }
}

#[tokio::test]
async fn a_hold_keeps_what_rules_and_orders_would_erase() {
    for store in stores().await {
        let world = World::on(store).await;
        world.archive.set_rule(&RetentionRule::new("ttd/bakery-licence", "draft", 1)).await.unwrap();
        let (first, second) = (append(&world, "draft").await, append(&world, "draft").await);
        let one = world.archive.hold(&HoldScope::Entry(first)).await.unwrap();
        world.clock.step(2 * DAY);
        assert_eq!(world.archive.erase_due().await.unwrap(), 1);
        assert!(is_there(&world, first).await && !is_there(&world, second).await);
        assert_eq!(world.archive.erase(first, &order()).await.unwrap_err().code(), "ARCHIVE-HELD");

        let service = "ttd/bakery-licence".to_owned();
        let scopes = [
            HoldScope::Party("50001".to_owned()),
            HoldScope::Service(service.clone()),
            HoldScope::Class { service, class: "draft".to_owned() },
        ];
        let mut last = one;
        for scope in scopes {
            let next = world.archive.hold(&scope).await.unwrap();
            world.archive.release(last).await.unwrap();
            assert_eq!(world.archive.erase(first, &order()).await.unwrap_err().code(), "ARCHIVE-HELD");
            last = next;
        }
        world.archive.hold(&HoldScope::Party("50002".to_owned())).await.unwrap();
        world.archive.release(last).await.unwrap();
        world.archive.release(last).await.unwrap();
        world.archive.erase(first, &order()).await.unwrap();
        assert!(!is_there(&world, first).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_was_placed_is_kept_by_every_erasure_that_ends_after_it() {
    for store in stores().await {
        let world = World::on(store).await;
        for _ in 0..20 {
            let id = append(&world, "draft").await;
            let eraser = world.archive.clone();
            let erasing = tokio::spawn(async move { eraser.erase(id, &order()).await.is_ok() });
            let hold = world.archive.hold(&HoldScope::Entry(id)).await.unwrap();
            let there = is_there(&world, id).await;
            let erased = erasing.await.unwrap();
            assert_eq!(is_there(&world, id).await, there, "erased while it was held");
            assert_eq!(erased, !there);
            world.archive.release(hold).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_person_is_told_all_that_is_kept_about_them_and_who_has_read_it() {
    for store in stores().await {
        let world = World::on(store).await;
        let first = append(&world, "draft").await;
        world.clock.step(DAY);
        let second = append(&world, "draft").await;
        let reader =
            |name: &str| Reader::new(Participant::new("urn:altinn:party:50009", name), "case 2026/17");
        world.archive.read_as(reader("Ola")).get(first).await.unwrap();
        world.clock.step(DAY);
        world.archive.read_as(reader("Per")).content(first, "plan").await.unwrap();
        assert!(world.archive.read_as(reader("Per")).content(first, "other").await.is_err());

        for person in ["50001", "urn:altinn:party:50002"] {
            let page = world.archive.access_report(person, None, 1).await.unwrap();
            assert_eq!((page.kept.len(), page.kept[0].entry), (1, second));
            assert_eq!(page.kept[0].reads, []);
            let page = world.archive.access_report(person, page.next, 1).await.unwrap();
            assert_eq!((page.kept[0].entry, page.next), (first, None));
            let reads: Vec<_> = page.kept[0]
                .reads
                .iter()
                .map(|read| (read.reader.who().expose().1, read.reader.purpose(), read.element.as_deref()))
                .collect();
            assert_eq!(reads, [("Per", "case 2026/17", Some("plan")), ("Ola", "case 2026/17", None)]);
        }
        assert_eq!(world.archive.access_report("50009", None, 10).await.unwrap().kept.len(), 0);

        world.archive.erase(first, &order()).await.unwrap();
        assert_eq!(world.archive.access_report("50001", None, 10).await.unwrap().kept.len(), 1);
        let left = world.store.query_one("select count(*) as n from archive_read", Vec::new()).await.unwrap();
        assert_eq!(left.get::<i64>("n").unwrap(), 0);
        let refused = world.archive.read_as(reader("Ola")).get(first).await.unwrap_err();
        assert_eq!(refused.code(), "ARCHIVE-ERASED");
    }
}
