//! An audit finds what was done to the database behind the archive's back.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod anchors;
mod columns;
mod entries;
mod log;
#[path = "../world/mod.rs"]
mod world;

use altinn_archive::{EntryId, Fault, NewElement, Rollback};
use altinn_core::store::{Batch, FromValue, Value, params};
use world::{World, entry, stores};

/// An archive of 12 entries in rounds of 1 to 4, and two that wait; the content of the third is an object.
async fn worlds() -> Vec<(World, Vec<EntryId>)> {
    let mut worlds = Vec::new();
    for store in stores().await {
        let world = World::on(store).await;
        let large = world.archive.store_content(&vec![7; 100_000]).await.unwrap();
        let mut ids = Vec::new();
        for round in [1, 4, 2, 4, 1, 2] {
            let mut batch = Batch::new();
            for _ in 0..round {
                let n = ids.len();
                let mut new = entry(format!("{{\"n\":{n}}}"));
                if n == 2 {
                    new = new.with_element(NewElement::new("film", "video/mp4", large.clone()));
                }
                ids.push(world.archive.stage(&mut batch, new).await.unwrap());
            }
            world.store.commit(batch).await.unwrap();
            if ids.len() <= 12 {
                world.archive.integrate().await.unwrap();
            }
        }
        worlds.push((world, ids));
    }
    worlds
}

async fn fault(world: &World) -> Fault {
    let report = world.archive.audit(None).await.unwrap();
    assert!(!report.is_sound());
    assert_eq!(report.rollback, Rollback::NotExcluded);
    report.fault.unwrap()
}

/// The fault after a change of the database, once for every back end.
async fn fault_after(sql: &str, params: impl Fn(&[EntryId]) -> Vec<Value>) -> Vec<(Fault, Vec<EntryId>)> {
    let mut faults = Vec::new();
    for (world, ids) in worlds().await {
        world.tamper(sql, params(&ids)).await;
        faults.push((fault(&world).await, ids));
    }
    faults
}

async fn assert_altered(index: usize, sql: &str, params: impl Fn(&[EntryId]) -> Vec<Value>) {
    for (fault, ids) in fault_after(sql, params).await {
        match fault {
            Fault::Altered { index: found, entry, .. } => {
                assert_eq!((found, entry), (index as u64, ids[index]));
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
}

async fn assert_fault(expected: Fault, sql: &str, params: impl Fn(&[EntryId]) -> Vec<Value>) {
    for (fault, _) in fault_after(sql, params).await {
        assert_eq!(fault, expected, "{sql}");
    }
}

/// A column's value as it is, whatever its kind.
struct Raw(Value);

impl FromValue for Raw {
    const NAME: &'static str = "anything";

    fn from_value(value: &Value) -> Option<Self> {
        Some(Self(value.clone()))
    }
}

/// The rows of a table.
async fn rows(world: &World, table: &str, columns: &[&str]) -> Vec<Vec<Value>> {
    let sql = format!("select {} from {table} order by 1", columns.join(", "));
    let rows = world.store.query(sql, params![]).await.unwrap();
    let value = |row: &altinn_core::store::Row, column: &&str| row.get::<Raw>(column).unwrap().0;
    rows.iter().map(|row| columns.iter().map(|column| value(row, column)).collect()).collect()
}

/// Puts these rows in the place of all that a table holds.
async fn put_rows(world: &World, table: &str, columns: &[&str], rows: Vec<Vec<Value>>) {
    let places: Vec<_> = (1..=columns.len()).map(|n| format!("${n}")).collect();
    let sql = format!("insert into {table} ({}) values ({})", columns.join(", "), places.join(", "));
    let mut batch = Batch::new();
    batch.execute(format!("delete from {table}"), params![]);
    rows.into_iter().for_each(|row| batch.execute(sql.clone(), row));
    world.store.commit(batch).await.unwrap();
}
