//! The same command twice has one effect, on every back end.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use altinn_core::store::{Batch, Store, fresh};
use altinn_core::{Idempotency, IdempotencyAnswer, IdempotencyError, MIGRATIONS, Subject};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

const PARTY: Uuid = Uuid::from_u128(50001);

fn agency(org: &str) -> Subject {
    Subject::ServiceOwner { org: org.to_owned(), number: None }
}

fn command(key: &str) -> Idempotency {
    Idempotency::new(&agency("ttd"), PARTY, "submission.create", key, b"{}").unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-03-31T12:00:00Z".parse().unwrap()
}

async fn claim(store: &Store, command: &Idempotency, id: Uuid, at: DateTime<Utc>) -> bool {
    let mut batch = Batch::new();
    command.claim(&mut batch, id, at);
    match store.commit(batch).await {
        Ok(_) => true,
        Err(error) if error.is_conflict() => false,
        Err(error) => panic!("{error}"),
    }
}

async fn on_every_back_end<F: Future<Output = ()>>(test: impl Fn(Store) -> F) {
    for (_, store) in fresh::all().await.unwrap() {
        store.migrate(&[MIGRATIONS]).await.unwrap();
        test(store).await;
    }
}

#[tokio::test]
async fn a_command_is_fresh_until_it_is_claimed_and_repeated_from_then_on() {
    on_every_back_end(async |store| {
        let (command, id) = (command("k-1"), Uuid::now_v7());
        assert_eq!(command.lookup(&store, now()).await, Ok(IdempotencyAnswer::Fresh));
        assert!(claim(&store, &command, id, now()).await);
        assert_eq!(command.lookup(&store, now()).await, Ok(IdempotencyAnswer::Repeated(id)));
    })
    .await;
}

#[tokio::test]
async fn of_two_that_are_claimed_at_once_one_conflicts_and_then_finds_the_others_answer() {
    on_every_back_end(async |store| {
        let (command, ids) = (command("k-1"), [Uuid::now_v7(), Uuid::now_v7()]);
        let (first, second) =
            tokio::join!(claim(&store, &command, ids[0], now()), claim(&store, &command, ids[1], now()));
        assert!(first ^ second);
        let winner = if first { ids[0] } else { ids[1] };
        assert_eq!(command.lookup(&store, now()).await, Ok(IdempotencyAnswer::Repeated(winner)));
    })
    .await;
}

#[tokio::test]
async fn the_same_key_with_another_request_is_refused() {
    on_every_back_end(async |store| {
        assert!(claim(&store, &command("k-1"), Uuid::now_v7(), now()).await);
        let other =
            Idempotency::new(&agency("ttd"), PARTY, "submission.create", "k-1", b"{\"a\":1}").unwrap();
        assert_eq!(other.lookup(&store, now()).await, Err(IdempotencyError::DifferentRequest));
        assert!(!claim(&store, &other, Uuid::now_v7(), now()).await);
    })
    .await;
}

#[tokio::test]
async fn a_key_belongs_to_its_caller_party_and_operation() {
    on_every_back_end(async |store| {
        assert!(claim(&store, &command("k-1"), Uuid::now_v7(), now()).await);
        let others = [
            Idempotency::new(&agency("skd"), PARTY, "submission.create", "k-1", b"{}"),
            Idempotency::new(&agency("ttd"), Uuid::from_u128(50002), "submission.create", "k-1", b"{}"),
            Idempotency::new(&agency("ttd"), PARTY, "correspondence.send", "k-1", b"{}"),
            Idempotency::new(&agency("ttd"), PARTY, "submission.create", "k-2", b"{}"),
        ];
        for other in others {
            assert_eq!(other.unwrap().lookup(&store, now()).await, Ok(IdempotencyAnswer::Fresh));
        }
    })
    .await;
}

#[tokio::test]
async fn a_key_is_remembered_for_90_days_and_free_again_after_them() {
    on_every_back_end(async |store| {
        let (command, id) = (command("k-1"), Uuid::now_v7());
        assert!(claim(&store, &command, id, now()).await);
        let just_before = now() + TimeDelta::days(90) - TimeDelta::microseconds(1);
        assert_eq!(command.lookup(&store, just_before).await, Ok(IdempotencyAnswer::Repeated(id)));
        assert!(!claim(&store, &command, Uuid::now_v7(), just_before).await);
        let after = now() + TimeDelta::days(90);
        assert_eq!(command.lookup(&store, after).await, Ok(IdempotencyAnswer::Fresh));
        assert!(claim(&store, &command, Uuid::now_v7(), after).await);
    })
    .await;
}

#[tokio::test]
async fn old_keys_are_forgotten_a_limited_number_at_a_time() {
    on_every_back_end(async |store| {
        for key in ["k-1", "k-2", "k-3"] {
            assert!(claim(&store, &command(key), Uuid::now_v7(), now()).await);
        }
        assert!(claim(&store, &command("k-4"), Uuid::now_v7(), now() + TimeDelta::days(1)).await);
        let count = async || {
            let row = store.query_one("select count(*) as n from core_idempotency", vec![]).await.unwrap();
            row.get::<i64>("n").unwrap()
        };
        for left in [2, 1, 1] {
            let mut batch = Batch::new();
            Idempotency::forget_old(&mut batch, 2, now() + TimeDelta::days(90));
            store.commit(batch).await.unwrap();
            assert_eq!(count().await, left);
        }
    })
    .await;
}

#[test]
fn a_key_has_1_to_200_bytes() {
    for key in ["", &"k".repeat(201)] {
        let refused = Idempotency::new(&agency("ttd"), PARTY, "submission.create", key, b"{}");
        assert_eq!(refused, Err(IdempotencyError::Key));
    }
    assert!(Idempotency::new(&agency("ttd"), PARTY, "submission.create", &"k".repeat(200), b"{}").is_ok());
}
