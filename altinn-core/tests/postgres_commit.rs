//! A COMMIT whose answer is lost: the server is asked what became of it, and the caller is told the truth.
#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use altinn_core::store::{Batch, Migration, Store, StoreError, fresh, params};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

static MIGRATIONS: &[Migration] = &[Migration {
    owner: "lost-answer",
    number: 1,
    name: "row",
    sqlite: "create table lost_row (id text primary key) strict",
    postgres: "create table lost_row (id text primary key)",
}];

/// The simple query with which a transaction is committed.
const COMMIT: &[u8] = b"commit\0";

/// Where a connection breaks when it is armed.
#[derive(Clone, Copy, PartialEq)]
enum Break {
    /// COMMIT does not reach the server.
    BeforeCommit,
    /// COMMIT reaches the server, and its answer does not come back.
    AfterCommit,
}

/// A wire to a server that breaks once when it is armed and sees a COMMIT.
struct Wire {
    port: u16,
    armed: Arc<AtomicBool>,
}

impl Wire {
    async fn to(server: String, at: Break) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let armed = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&armed);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                let forward = forward(from_client, to_server, Arc::clone(&shared), at);
                let back = copy(from_server, to_client);
                tokio::spawn(async move {
                    tokio::select! {
                        () = forward => {}
                        () = back => {}
                    }
                });
            }
        });
        Self { port, armed }
    }
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let _ = tokio::io::copy(&mut from, &mut to).await;
}

/// Passes bytes on until the armed break; then both directions end.
async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, armed: Arc<AtomicBool>, at: Break) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let bytes = &buffer[..length];
        let breaks = bytes.ends_with(COMMIT) && armed.swap(false, Ordering::SeqCst);
        if breaks && at == Break::BeforeCommit {
            return;
        }
        to.write_all(bytes).await.unwrap();
        if breaks {
            return;
        }
    }
}

/// Commits a row over a wire that breaks, and answers with what the caller was told and how often the row is there.
async fn commit_over(at: Break) -> Option<(Result<(), StoreError>, i64)> {
    let url = fresh::postgres_url().await.unwrap()?;
    let (start, rest) = url.split_once("127.0.0.1:").unwrap();
    let (port, path) = rest.split_once('/').unwrap();
    let wire = Wire::to(format!("127.0.0.1:{port}"), at).await;
    let store = Store::open(&format!("{start}127.0.0.1:{}/{path}", wire.port)).await.unwrap();
    store.migrate(&[MIGRATIONS]).await.unwrap();

    wire.armed.store(true, Ordering::SeqCst);
    let mut batch = Batch::new();
    batch.execute_one("insert into lost_row (id) values ($1)", params!["a"]);
    let told = store.commit(batch).await.map(drop);
    assert!(!wire.armed.load(Ordering::SeqCst), "the wire did not break");
    let row = store.query_one("select count(*) as rows from lost_row", params![]).await.unwrap();
    Some((told, row.get("rows").unwrap()))
}

fn run(at: Break) -> Option<(Result<(), StoreError>, i64)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(commit_over(at));
    if outcome.is_none() {
        altinn_core::testing::report(format_args!("skipped: {} names no server", fresh::POSTGRES_VARIABLE));
    }
    outcome
}

#[test]
fn a_commit_whose_answer_is_lost_is_found_to_be_stored_once() {
    let Some((told, rows)) = run(Break::AfterCommit) else { return };
    assert_eq!(told, Ok(()));
    assert_eq!(rows, 1);
}

#[test]
fn a_commit_that_did_not_reach_the_server_is_found_not_to_be_stored() {
    let Some((told, rows)) = run(Break::BeforeCommit) else { return };
    assert!(matches!(told, Err(StoreError::Unavailable { .. })), "{told:?}");
    assert_eq!(rows, 0);
}
