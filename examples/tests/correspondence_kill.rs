//! Kill -9 in the middle of sending, publishing, reading and confirming: what was answered is there once and whole.
//!
//! The seed is printed; `ALTINN_TEST_SEED` sets it. `ALTINN_TEST_LONG` makes it 300 rounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

#[cfg(feature = "postgres")]
use driver::rounds::on_postgresql;
use driver::rounds::{Kill, Ledger, on_sqlite};
use driver::{Driver, Place};
use serde_json::{Value, json};

const SERVICE: &str = "mattilsynet/decisions";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services/decisions");

const KILL: Kill = Kill { rounds: (15, 300), life: 150_000, in_pipe: 8 };

/// What was sent, and what was answered for.
#[derive(Default)]
struct Letters {
    /// What is to be sent before something else is thought of.
    planned: VecDeque<Value>,
    sent: u64,
    open: BTreeSet<String>,
    /// The mailing and the correspondences of each key that was answered for.
    letters: BTreeMap<String, Vec<String>>,
    /// The answer to each confirmation.
    confirmed: BTreeMap<String, Value>,
    cut_off: usize,
}

impl Letters {
    fn next_letter(&mut self) -> Value {
        let key = format!("key-{:06}", self.sent);
        self.sent += 1;
        self.open.insert(key.clone());
        letter(&key)
    }

    /// What can happen next to letters that are not confirmed yet.
    fn next_deeds(&self) -> Vec<Value> {
        let waiting = self.letters.iter().filter(|(key, _)| !self.confirmed.contains_key(*key)).take(3);
        let deeds =
            waiting.flat_map(|(key, ids)| [deed("read", key, &ids[1]), deed("confirm", key, &ids[1])]);
        std::iter::once(json!({"id": "run", "op": "correspondence.run"})).chain(deeds).collect()
    }
}

impl Ledger for Letters {
    /// A letter, and then what can happen to those before it.
    fn next(&mut self) -> Value {
        if self.planned.is_empty() {
            let letter = self.next_letter();
            self.planned.extend(std::iter::once(letter).chain(self.next_deeds()));
        }
        self.planned.pop_front().unwrap()
    }

    fn keep(&mut self, answer: &Value) {
        let id = answer["id"].as_str().unwrap();
        let Some((what, key)) = id.split_once('/') else {
            assert!(answer["ok"]["slices"].is_u64(), "{answer}");
            return;
        };
        match what {
            "send" => {
                let ids = ids_of(&answer["ok"]);
                assert!(self.open.remove(key), "{key} was answered twice");
                self.letters.insert(key.to_owned(), ids);
            }
            // What is not published yet is not there for its recipient.
            _ if answer["error"]["code"] == "CORRESPONDENCE-NOT-FOUND" => {}
            // Nor is what was not read, since the reading was cut off, confirmed.
            "confirm" if answer["error"]["code"] == "CORRESPONDENCE-NOT-FETCHED" => {}
            "confirm" => {
                assert_eq!(answer["ok"]["status"], "Confirmed", "{answer}");
                let earlier = self.confirmed.insert(key.to_owned(), answer["ok"].clone());
                assert!(earlier.is_none_or(|earlier| earlier == answer["ok"]), "{key} was confirmed twice");
            }
            _ => assert!(answer["ok"]["html"]["nb"].is_string(), "{answer}"),
        }
    }
}

fn letter(key: &str) -> Value {
    let message = json!({"messageTitle": {"nb": key}, "messageBody": {"nb": format!("Vedtak **{key}**")},
        "attachments": [{"fileName": "vedtak.txt", "content": key}]});
    json!({"id": format!("send/{key}"), "op": "correspondence.send", "service": SERVICE, "key": key,
        "sendersReference": key, "recipients": [51_000_002, 51_000_003], "content": message})
}

fn deed(what: &str, key: &str, correspondence: &str) -> Value {
    json!({"id": format!("{what}/{key}"), "op": format!("correspondence.{what}"), "service": SERVICE,
        "correspondence": correspondence})
}

/// The mailing's id, and the two correspondences as their recipients name them.
fn ids_of(sent: &Value) -> Vec<String> {
    let recipients = sent["recipients"].as_array().unwrap();
    assert_eq!(recipients.len(), 2, "{sent}");
    let ids = recipients.iter().map(|to| to["correspondence"].as_str().unwrap().to_owned());
    std::iter::once(sent["mailing"]["id"].as_str().unwrap().to_owned()).chain(ids).collect()
}

fn start(place: &Place<'_>) -> Driver {
    let mut driver = Driver::start(place);
    driver.ok(&json!({"op": "correspondence.load", "folder": FOLDER}));
    driver
}

#[test]
fn nothing_answered_for_is_lost_or_there_twice_on_sqlite() {
    on_sqlite(kill_again_and_again);
}

#[cfg(feature = "postgres")]
#[test]
fn nothing_answered_for_is_lost_or_there_twice_on_postgresql() {
    on_postgresql(kill_again_and_again);
}

fn kill_again_and_again(store: &str, place: &Place<'_>) {
    let mut ledger = Letters::default();
    let look = |ledger: &mut Letters| {
        ledger.cut_off += ledger.open.len();
        check_what_was_answered(place, ledger);
    };
    let killed = KILL.again_and_again(&mut ledger, |_| start(place), look);
    check_the_whole(place, &mut ledger);
    killed.report(store, format_args!("{} letters sent, {} of them cut off", ledger.sent, ledger.cut_off));
}

/// Starts again: what was answered is there as it was answered, and what was not is sent again.
fn check_what_was_answered(place: &Place<'_>, ledger: &mut Letters) {
    let mut driver = start(place);
    for key in ledger.open.clone() {
        let answer = driver.ask(&letter(&key));
        ledger.keep(&answer);
    }
    for (key, ids) in ledger.letters.iter().rev().take(10) {
        assert_eq!(&ids_of(&driver.ok(&letter(key))), ids, "{key} sent again");
    }
    for (key, confirmed) in ledger.confirmed.iter().rev().take(10) {
        assert_eq!(
            &driver.ok(&deed("confirm", key, &ledger.letters[key][1])),
            confirmed,
            "{key} confirmed again"
        );
    }
}

/// Publishes what is left: what a program held that was killed, once its lease is over.
fn publish_all(driver: &mut Driver, ledger: &Letters) {
    let deadline = Instant::now() + Duration::from_secs(60);
    for (key, ids) in &ledger.letters {
        let status = json!({"op": "correspondence.mailing", "service": SERVICE, "mailing": ids[0]});
        while driver.ok(&status)["mailing"]["counts"]["Published"] != json!(2) {
            let counts = driver.ok(&status)["mailing"]["counts"].clone();
            if counts.get("Confirmed").or(counts.get("Read")).is_some() {
                break;
            }
            assert!(Instant::now() < deadline, "{key} is not published: {counts}");
            driver.ok(&json!({"op": "correspondence.run"}));
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Letters, correspondences, statuses, events and entries of the archive are one to one.
fn check_the_whole(place: &Place<'_>, ledger: &mut Letters) {
    let mut driver = start(place);
    publish_all(&mut driver, ledger);
    assert!(ledger.open.is_empty());
    assert_eq!(ledger.letters.len() as u64, ledger.sent);
    for (key, ids) in ledger.letters.clone() {
        let read = driver.ok(&deed("read", &key, &ids[1]));
        assert_eq!(read["html"]["nb"], json!(format!("<p>Vedtak <strong>{key}</strong></p>\n")));
        ledger.keep(&driver.ask(&deed("confirm", &key, &ids[1])));
        let status = driver.ok(&deed("status", &key, &ids[1]));
        let history = status["history"].as_array().unwrap();
        let statuses: Vec<_> = history.iter().map(|entry| entry["status"].as_str().unwrap()).collect();
        let all = ["Initialized", "ReadyForPublish", "Published", "Fetched", "Read", "Confirmed"];
        assert_eq!(statuses, all, "{key}");
        let other = driver.ok(&deed("status", &key, &ids[2]));
        assert_eq!((&other["status"], other["history"].as_array().unwrap().len()), (&json!("Published"), 3));
    }
    let letters = ledger.letters.len();
    let ids: BTreeSet<_> = ledger.letters.values().flatten().collect();
    assert_eq!(ids.len(), 3 * letters, "an id is there twice");
    let evidence = ledger.confirmed.values().last().unwrap()["entry"].clone();
    driver.ok(&json!({"op": "archive.prove", "entry": evidence}));
    let entries = driver.ok(&json!({"op": "archive.audit"}));
    assert_eq!((&entries["sound"], &entries["entries"]), (&json!(true), &json!(3 * letters)), "{entries}");

    let told = driver.told("no.altinn.correspondence.");
    let expected = [
        ("correspondenceinitialized", 2 * letters),
        ("correspondencepublished", 2 * letters),
        ("correspondencereceiverconfirmed", letters),
        ("correspondencereceiverread", letters),
    ];
    assert_eq!(told, expected.map(|(name, count)| (name.to_owned(), count)).into());
}
