//! Kill -9 in the middle of announcing, uploading, publishing and confirming: uploads go on, and what was answered is there
//! once and whole.
//!
//! The seed is printed; `ALTINN_TEST_SEED` sets it. `ALTINN_TEST_LONG` makes it 300 rounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::collections::BTreeMap;

use altinn_core::Digest;
#[cfg(feature = "postgres")]
use driver::rounds::on_postgresql;
use driver::rounds::{Kill, Ledger, on_sqlite};
use driver::{Driver, Place};
use serde_json::{Value, json};

const SERVICE: &str = "ttd/annual-accounts";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services/annual-accounts");

/// How large a file is: two segments.
const SIZE: u64 = 8 * 1024 * 1024 + 4_321;

const KILL: Kill = Kill { rounds: (12, 300), life: 800_000, in_pipe: 1 };

/// What is known of a file by the answers that came.
#[derive(Debug, Default, Clone)]
struct File {
    transfer: Option<Value>,
    received: u64,
    is_downloaded: bool,
    confirmed: Option<Value>,
}

#[derive(Default)]
struct Files {
    files: BTreeMap<String, File>,
    /// How many uploads went on from a place that was not their beginning.
    gone_on: usize,
}

impl Ledger for Files {
    /// What comes next for the first file that is not confirmed, or for a new one.
    fn next(&mut self) -> Value {
        let open = self.files.iter().find(|(_, file)| file.confirmed.is_none());
        let (key, file) = match open {
            Some((key, file)) => (key.clone(), file.clone()),
            None => {
                let key = format!("key-{:06}", self.files.len());
                self.files.insert(key.clone(), File::default());
                (key, File::default())
            }
        };
        match file.transfer {
            None => initialise(&key),
            Some(transfer) if file.received < SIZE => {
                self.gone_on += usize::from(file.received > 0);
                upload(&key, &transfer, file.received)
            }
            Some(transfer) => of(&key, if file.is_downloaded { "confirm" } else { "download" }, &transfer),
        }
    }

    fn keep(&mut self, answer: &Value) {
        let (what, key) = answer["id"].as_str().unwrap().split_once('/').unwrap();
        let file = self.files.get_mut(key).unwrap();
        match what {
            "initialise" => {
                let transfer = answer["ok"]["transfer"].clone();
                assert!(transfer.is_string(), "{answer}");
                assert!(
                    file.transfer.as_ref().is_none_or(|known| *known == transfer),
                    "{key} is there twice"
                );
                file.transfer = Some(transfer);
            }
            "upload" => {
                assert_eq!(answer["ok"]["received"], SIZE, "{answer}");
                file.received = SIZE;
            }
            "download" => {
                assert_eq!(answer["ok"]["size"], SIZE, "{answer}");
                file.is_downloaded = true;
            }
            _ => {
                let entry = answer["ok"]["entry"].clone();
                assert!(entry.is_string(), "{answer}");
                assert!(file.confirmed.as_ref().is_none_or(|known| *known == entry), "{key} confirmed twice");
                file.confirmed = Some(entry);
            }
        }
    }
}

fn initialise(key: &str) -> Value {
    json!({"id": format!("initialise/{key}"), "op": "broker.initialise", "service": SERVICE, "key": key,
        "fileName": format!("{key}.bin"), "size": SIZE, "recipients": [52_000_003]})
}

fn upload(key: &str, transfer: &Value, from: u64) -> Value {
    json!({"id": format!("upload/{key}"), "op": "broker.upload", "service": SERVICE, "transfer": transfer, "from": from,
        "madeUp": SIZE - from})
}

fn of(key: &str, what: &str, transfer: &Value) -> Value {
    json!({"id": format!("{what}/{key}"), "op": format!("broker.{what}"), "service": SERVICE, "transfer": transfer})
}

/// The digest of what is uploaded: words that follow from their places.
fn digest() -> String {
    let words = (0..SIZE.div_ceil(8)).flat_map(|word| word.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes());
    Digest::of(&words.take(SIZE as usize).collect::<Vec<_>>()).to_string()
}

fn start(place: &Place<'_>) -> Driver {
    let mut driver = Driver::start(place);
    driver.ok(&json!({"op": "broker.load", "folder": FOLDER}));
    driver
}

#[test]
fn uploads_go_on_and_nothing_answered_for_is_lost_on_sqlite() {
    on_sqlite(kill_again_and_again);
}

#[cfg(feature = "postgres")]
#[test]
fn uploads_go_on_and_nothing_answered_for_is_lost_on_postgresql() {
    on_postgresql(kill_again_and_again);
}

fn kill_again_and_again(store: &str, place: &Place<'_>) {
    let mut ledger = Files::default();
    let killed =
        KILL.again_and_again(&mut ledger, |_| start(place), |ledger| look_where_it_stands(place, ledger));
    finish_all(place, &mut ledger);
    killed.report(store, format_args!("{} files, {} uploads went on", ledger.files.len(), ledger.gone_on));
}

/// Starts again: what was answered for is there, and what was not goes on from where it stands.
fn look_where_it_stands(place: &Place<'_>, ledger: &mut Files) {
    let mut driver = start(place);
    let open: Vec<_> =
        ledger.files.iter().rev().take(3).map(|(key, file)| (key.clone(), file.clone())).collect();
    for (key, known) in open {
        ledger.keep(&driver.ask(&initialise(&key)));
        let transfer = ledger.files[&key].transfer.clone().unwrap();
        let status = driver.ok(&of(&key, "status", &transfer));
        let received = status["received"].as_u64().unwrap();
        assert!(received >= known.received, "{key}: bytes that were answered for are lost: {status}");
        ledger.files.get_mut(&key).unwrap().received = if status["entry"].is_null() {
            // All bytes may be there, and the file not published: the upload's last answer is missing.
            received.min(SIZE)
        } else {
            SIZE
        };
        if received == SIZE && status["entry"].is_null() {
            driver.ok(&of(&key, "complete", &transfer));
        }
    }
}

/// Brings every file to its end; transfers, entries and events are one to one.
fn finish_all(place: &Place<'_>, ledger: &mut Files) {
    let (mut driver, digest) = (start(place), digest());
    for key in ledger.files.keys().cloned().collect::<Vec<_>>() {
        ledger.keep(&driver.ask(&initialise(&key)));
        let file = ledger.files[&key].clone();
        let transfer = file.transfer.unwrap();
        if file.received < SIZE {
            ledger.keep(&driver.ask(&upload(&key, &transfer, file.received)));
        }
        let downloaded = driver.ok(&of(&key, "download", &transfer));
        assert_eq!((&downloaded["size"], &downloaded["sha256"]), (&json!(SIZE), &json!(digest)), "{key}");
        ledger.keep(&driver.ask(&of(&key, "confirm", &transfer)));
        let status = driver.ok(&of(&key, "status", &transfer));
        let history = status["history"].as_array().unwrap();
        let statuses: Vec<_> = history.iter().map(|step| step["status"].as_str().unwrap()).collect();
        let all = [
            "Initialized",
            "UploadStarted",
            "Published",
            "DownloadStarted",
            "DownloadConfirmed",
            "AllConfirmedDownloaded",
        ];
        assert_eq!(statuses, all, "{key}");
    }
    let files = ledger.files.len();
    let last = ledger.files.values().last().unwrap().confirmed.clone().unwrap();
    driver.ok(&json!({"op": "archive.prove", "entry": last}));
    let audit = driver.ok(&json!({"op": "archive.audit"}));
    assert_eq!((&audit["sound"], &audit["entries"]), (&json!(true), &json!(2 * files)), "{audit}");
    let told = driver.told("no.altinn.broker.");
    let expected = [
        ("allconfirmeddownloaded", files),
        ("downloadconfirmed", files),
        ("filetransferinitialized", files),
        ("published", 2 * files),
    ];
    assert_eq!(told, expected.map(|(name, count)| (name.to_owned(), count)).into());
}
