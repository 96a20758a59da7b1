//! An archive that is killed at any moment loses nothing that it has acknowledged.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::print_stdout, reason = "the child tells its parent what it has done")]

mod world;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use altinn_archive::{Archive, ArchiveKeys, EntryId, KeyFolder, MIGRATIONS, Objects, Receipt};
use altinn_core::store::{Batch, Store};
use altinn_core::testing::report;
use world::{entry, repeatable_log_key};

/// Where the child works; the test below is the child when it is set.
const CHILD: &str = "ALTINN_ARCHIVE_KILLED_IN";

async fn open(folder: &Path) -> (Store, Archive) {
    let store = Store::open(&format!("sqlite:{}", folder.join("archive.db").display())).await.unwrap();
    store.migrate(&[MIGRATIONS]).await.unwrap();
    let provider = KeyFolder::open(folder.join("keys")).unwrap();
    let objects = Objects::folder(folder.join("objects")).unwrap();
    let keys = ArchiveKeys::new(repeatable_log_key(), provider);
    let archive = Archive::open(store.clone(), objects, keys).await.unwrap();
    (store, archive)
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// Stages, integrates and proves for ever, and says what is done; only when the parent has asked for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let (store, archive) = open(Path::new(&folder)).await;
    let (_, other) = open(Path::new(&folder)).await;
    tokio::spawn(async move {
        loop {
            other.integrate().await.unwrap();
        }
    });
    for n in 0.. {
        let mut batch = Batch::new();
        let mut staged = Vec::new();
        for _ in 0..n % 7 + 1 {
            // Content of either kind: in the row, and in an object.
            let element = vec![7; if n % 5 == 0 { 100_000 } else { 100 }];
            let content = archive.store_content(&element).await.unwrap();
            let large = altinn_archive::NewElement::new("large", "text/plain", content);
            staged.push(archive.stage(&mut batch, entry("{}").with_element(large)).await.unwrap());
        }
        store.commit(batch).await.unwrap();
        staged.iter().for_each(|entry| say(&format!("staged {entry}")));
        if n % 3 == 0 {
            let state = archive.prove(staged[0], Duration::from_secs(20)).await.unwrap();
            say(&format!("proved {}", state.proved().unwrap().to_json()));
        }
    }
}

/// What a child has said before it was killed.
fn run_and_kill(folder: &Path, after: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env(CHILD, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let reader = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>());
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

#[tokio::test]
async fn what_was_acknowledged_outlives_a_kill_at_any_moment() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::create_dir(folder.path().join("objects")).unwrap();
    KeyFolder::create(folder.path().join("keys")).unwrap();
    let kills = if std::env::var_os("ALTINN_TEST_LONG").is_some() { 200 } else { 12 };
    let mut staged: Vec<EntryId> = Vec::new();
    let mut proved: BTreeMap<EntryId, String> = BTreeMap::new();
    for kill in 0..kills {
        let said = run_and_kill(folder.path(), Duration::from_millis(150 + kill * 37 % 400));
        // What was said last may have been cut off.
        let whole = said.iter().filter_map(|line| line.split_once(' '));
        for (what, line) in whole {
            match what {
                "staged" => staged.extend(line.parse::<EntryId>()),
                "proved" => {
                    if let Ok(receipt) = line.parse::<Receipt>() {
                        proved.insert(receipt.entry(), line.to_owned());
                    }
                }
                _ => {}
            }
        }
        let (_, archive) = open(folder.path()).await;
        while archive.integrate().await.unwrap().added > 0 {}
        let audited = archive.audit(None).await.unwrap();
        assert!(audited.is_sound(), "after kill {kill}: {audited}");
        for entry in &staged {
            let receipt = archive.receipt(*entry).await.unwrap().proved().unwrap();
            receipt.verify(archive.verifier_key()).unwrap();
            if let Some(told) = proved.get(entry) {
                assert_eq!(receipt.to_json(), *told, "a receipt stays the same");
            }
        }
    }
    report(format_args!("{kills} kills, {} entries, {} receipts", staged.len(), proved.len()));
    assert!(staged.len() > 20 && proved.len() > 3, "{} {}", staged.len(), proved.len());
}
