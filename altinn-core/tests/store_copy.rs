//! A store is copied into another one, row by row, and what differs is found.
#![cfg(all(feature = "sqlite", feature = "testing"))]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_core::store::{Batch, CopyError, Migration, Store, fresh, params};
use uuid::Uuid;

static BAKERY: &[Migration] = &[Migration {
    owner: "bakery",
    number: 1,
    name: "bakery",
    sqlite: "create table bakery_oven (id blob primary key, name text not null, parent blob references bakery_oven (id), hot integer not null, bytes blob) strict;
             create table bakery_bread (oven blob not null references bakery_oven (id), number integer not null, note text, primary key (oven, number)) strict, without rowid;
             create table bakery_head (id integer primary key, next integer not null) strict;
             insert into bakery_head (id, next) values (1, 0);",
    postgres: r#"create table bakery_oven (id uuid primary key, name text not null, parent uuid references bakery_oven (id), hot boolean not null, bytes bytea);
             create table bakery_bread (oven uuid not null references bakery_oven (id), number bigint not null, note text, primary key (oven, number));
             create table bakery_head (id bigint primary key, next bigint not null);
             insert into bakery_head (id, next) values (1, 0);"#,
}];

/// Ovens of which each rests on one with a larger id, a thousand loaves, and a head that has moved on.
async fn filled(store: Store) -> Store {
    store.migrate(&[BAKERY]).await.unwrap();
    let mut batch = Batch::new();
    for number in (1..=3_u128).rev() {
        let parent = (number < 3).then(|| Uuid::from_u128(number + 1));
        batch.execute_one(
            "insert into bakery_oven (id, name, parent, hot, bytes) values ($1, $2, $3, $4, $5)",
            params![
                Uuid::from_u128(number),
                format!("ovn {number} æøå"),
                parent,
                number == 2,
                vec![0_u8, 255]
            ],
        );
    }
    for number in 0..1_000_i64 {
        let oven = Uuid::from_u128(1 + number.unsigned_abs() as u128 % 3);
        let note = (number % 7 == 0).then(|| format!("loaf {number}"));
        batch.execute_one(
            "insert into bakery_bread (oven, number, note) values ($1, $2, $3)",
            params![oven, number, note],
        );
    }
    batch.execute_one("update bakery_head set next = $1", params![1_000]);
    store.commit(batch).await.unwrap();
    store
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_arrives_on_every_back_end() {
    for (from_name, from) in fresh::all().await.unwrap() {
        let from = filled(from).await;
        for (to_name, to) in fresh::all().await.unwrap() {
            let copied = from.copy_to(&to, &[BAKERY]).await.unwrap();
            let tables: Vec<_> = copied.tables.iter().map(|(name, rows)| (name.as_str(), *rows)).collect();
            assert_eq!(
                tables,
                [("bakery_bread", 1_000), ("bakery_head", 1), ("bakery_oven", 3)],
                "{from_name} to {to_name}"
            );
            assert_eq!(copied.rows(), 1_004);
            let row = to
                .query_one(
                    "select name, hot, bytes from bakery_oven where parent = $1",
                    params![Uuid::from_u128(3)],
                )
                .await
                .unwrap();
            assert_eq!(row.get::<String>("name").unwrap(), "ovn 2 æøå");
            assert!(row.get::<bool>("hot").unwrap());
            assert_eq!(row.get::<Vec<u8>>("bytes").unwrap(), [0, 255]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_empty_is_never_copied_into() {
    let from = filled(fresh::sqlite().await.unwrap()).await;
    for (name, to) in fresh::all().await.unwrap() {
        let to = filled(to).await;
        assert_eq!(from.copy_to(&to, &[BAKERY]).await, Err(CopyError::NotEmpty), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_whose_steps_are_not_given_is_named() {
    let from = filled(fresh::sqlite().await.unwrap()).await;
    let to = fresh::sqlite().await.unwrap();
    let refused = from.copy_to(&to, &[]).await;
    assert_eq!(refused, Err(CopyError::UnknownStep { owner: "bakery".to_owned(), number: 1 }));
    assert!(from.copy_to(&to, &[BAKERY]).await.is_ok(), "nothing was made");
}
