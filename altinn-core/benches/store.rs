//! How fast the rows of one submission are committed, beside the bare driver in the same run.
//!
//! `cargo bench -p altinn-core --all-features --bench store [-- ROUNDS]`. SQLite: 64 tasks commit through the store,
//! against one loop that puts the same rows in with 64 batches a sync. PostgreSQL (where `ALTINN_TEST_POSTGRES` names a
//! server): the same tasks, against as many bare connections that pipeline the same statements.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and fails by panicking"
)]

use std::time::Instant;

use altinn_core::store::{Batch, Migration, Store, Value, params};
use uuid::Uuid;

/// How many tasks commit at the same time.
const TASKS: usize = 64;
/// How many batches each task commits in a round.
const BATCHES: usize = 100;

static MIGRATIONS: &[Migration] = &[Migration {
    owner: "bench",
    number: 1,
    name: "submission",
    sqlite: "create table bench_instance (id blob primary key, party integer not null, state text not null, \
             version integer not null, changed integer not null) strict, without rowid;
             create table bench_history (id blob primary key, instance blob not null, kind text not null, \
             at integer not null) strict, without rowid;
             create table bench_entry (id blob primary key, header text not null, content blob not null) strict, without rowid;
             create table bench_order (id blob primary key, due_at integer, subject text not null, body text not null) strict, without rowid;",
    postgres: "create table bench_instance (id uuid primary key, party bigint not null, state text not null, \
               version bigint not null, changed bigint not null);
               create table bench_history (id uuid primary key, instance uuid not null, kind text not null, at bigint not null);
               create table bench_entry (id uuid primary key, header text not null, content bytea not null);
               create table bench_order (id uuid primary key, due_at bigint, subject text not null, body text not null);",
}];

const INSTANCE: &str =
    "insert into bench_instance (id, party, state, version, changed) values ($1, $2, $3, 1, $4)";
const SUBMIT: &str = "update bench_instance set state = $1, version = version + 1, changed = $2 where id = $3 and version = $4";
const HISTORY: &str = "insert into bench_history (id, instance, kind, at) values ($1, $2, $3, $4)";
const ENTRY: &str = "insert into bench_entry (id, header, content) values ($1, $2, $3)";
const ORDER: &str = "insert into bench_order (id, due_at, subject, body) values ($1, $2, $3, $4)";

/// The statements of one submission: about 3 KiB in eight rows.
fn submission() -> Vec<(&'static str, Vec<Value>)> {
    let (id, now) = (Uuid::now_v7(), 1_795_000_000_000_000_i64);
    let mut statements = vec![
        (INSTANCE, params![id, 50_001, "{\"currentTask\":{\"elementId\":\"Task_1\"}}", now]),
        (SUBMIT, params!["{\"ended\":\"2026-11-20T12:00:00Z\",\"endEvent\":\"EndEvent_1\"}", now, id, 1]),
        (ENTRY, params![Uuid::now_v7(), "h".repeat(700), vec![7_u8; 1_024]]),
        (ORDER, params![Uuid::now_v7(), now, "Kvittering", "b".repeat(500)]),
    ];
    for kind in ["process_StartEvent", "process_EndTask", "Signed", "process_EndEvent"] {
        statements.push((HISTORY, params![Uuid::now_v7(), id, kind, now]));
    }
    statements
}

fn batch() -> Batch {
    let mut batch = Batch::new();
    for (sql, params) in submission() {
        batch.execute_one(sql, params);
    }
    batch
}

/// Batches a second through the store, from 64 tasks at once.
async fn through_the_store(store: &Store) -> f64 {
    let start = Instant::now();
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..BATCHES {
                    store.commit(batch()).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    rate(start)
}

fn rate(start: Instant) -> f64 {
    (TASKS * BATCHES) as f64 / start.elapsed().as_secs_f64()
}

fn print(name: &str, mut rounds: Vec<(f64, f64)>) {
    rounds.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    let (store, bare) = rounds[rounds.len() / 2];
    let ratios: Vec<String> = rounds.iter().map(|(store, bare)| format!("{:.2}", store / bare)).collect();
    println!(
        "{name}: store {store:.0}/s, bare {bare:.0}/s, median ratio {:.2} of [{}]",
        store / bare,
        ratios.join(" ")
    );
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;

    /// Batches a second in a bare loop: the same rows, 64 batches a sync, the same durability.
    fn bare(connection: &rusqlite::Connection) -> f64 {
        let start = Instant::now();
        for _ in 0..BATCHES {
            connection.execute_batch("begin immediate").unwrap();
            for _ in 0..TASKS {
                for (sql, params) in submission() {
                    let mut statement = connection.prepare_cached(sql).unwrap();
                    assert_eq!(statement.execute(rusqlite::params_from_iter(params)).unwrap(), 1);
                }
            }
            connection.execute_batch("commit").unwrap();
        }
        rate(start)
    }

    pub(super) async fn run(rounds: usize) {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let store =
            Store::open(&format!("sqlite:{}", folder.path().join("store.db").display())).await.unwrap();
        store.migrate(&[MIGRATIONS]).await.unwrap();
        let connection = rusqlite::Connection::open(folder.path().join("bare.db")).unwrap();
        connection.pragma_update(None, "journal_mode", "WAL").unwrap();
        connection.pragma_update(None, "synchronous", "FULL").unwrap();
        connection.execute_batch(MIGRATIONS[0].sqlite).unwrap();
        let mut measured = Vec::new();
        for _ in 0..rounds {
            measured
                .push((through_the_store(&store).await, tokio::task::block_in_place(|| bare(&connection))));
        }
        print("SQLite, 64 tasks against 64 batches a sync", measured);
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use altinn_core::store::{Postgres, fresh};
    use futures_util::future::join_all;
    use tokio_postgres::{Client, NoTls};

    use super::*;

    /// How many connections either side has.
    const CONNECTIONS: usize = 16;

    async fn bare_connection(url: &str) -> Client {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    async fn commit_bare(client: &Client, prepared: &[(&'static str, tokio_postgres::Statement)]) {
        let statements = submission();
        let run = statements.iter().map(|(sql, params)| {
            let statement = &prepared.iter().find(|(text, _)| text == sql).unwrap().1;
            client.execute_raw(statement, params.iter())
        });
        let (begun, outcomes, committed) = futures_util::future::join3(
            client.batch_execute("begin"),
            join_all(run),
            client.batch_execute("commit"),
        )
        .await;
        begun.and(committed).unwrap();
        assert!(outcomes.into_iter().all(|changed| changed.unwrap() == 1));
    }

    async fn bare(url: &str) -> f64 {
        let clients = join_all((0..CONNECTIONS).map(|_| bare_connection(url))).await;
        let mut ready = Vec::new();
        for client in clients {
            let mut prepared = Vec::new();
            for sql in [INSTANCE, SUBMIT, HISTORY, ENTRY, ORDER] {
                prepared.push((sql, client.prepare(sql).await.unwrap()));
            }
            ready.push((client, prepared));
        }
        let start = Instant::now();
        let tasks: Vec<_> = ready
            .into_iter()
            .map(|(client, prepared)| {
                tokio::spawn(async move {
                    for _ in 0..TASKS * BATCHES / CONNECTIONS {
                        commit_bare(&client, &prepared).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        rate(start)
    }

    pub(super) async fn run(rounds: usize) {
        let Some(url) = fresh::postgres_url().await.unwrap() else {
            println!("PostgreSQL: skipped, {} names no server", fresh::POSTGRES_VARIABLE);
            return;
        };
        let store = Store::new(Postgres::connect_with(&url, CONNECTIONS).await.unwrap());
        store.migrate(&[MIGRATIONS]).await.unwrap();
        let mut measured = Vec::new();
        for _ in 0..rounds {
            measured.push((through_the_store(&store).await, bare(&url).await));
        }
        print("PostgreSQL, 64 tasks on 16 connections against 16 bare pipelining connections", measured);
    }
}

#[tokio::main]
async fn main() {
    let rounds = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(7);
    #[cfg(feature = "sqlite")]
    sqlite::run(rounds).await;
    #[cfg(feature = "postgres")]
    postgres::run(rounds).await;
}
