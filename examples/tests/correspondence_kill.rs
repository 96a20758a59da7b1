//! Kill -9 in the middle of sending, publishing, reading and confirming: what was answered is there once and whole.
//!
//! The seed is printed; `ALTINN_TEST_SEED` sets it. `ALTINN_TEST_LONG` makes it 300 rounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use altinn_core::testing::report;
#[cfg(feature = "postgres")]
use driver::rounds::on_postgresql;
use driver::rounds::{Chance, on_sqlite, rounds};
use driver::{Driver, Place};
use serde_json::{Value, json};

const SERVICE: &str = "mattilsynet/decisions";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services/decisions");

/// How long a program lives at most before it is killed, in microseconds.
const LIFE: u64 = 150_000;

/// What was sent, and what was answered for.
#[derive(Default)]
struct Ledger {
    sent: u64,
    open: BTreeSet<String>,
    /// The mailing and the correspondences of each key that was answered for.
    letters: BTreeMap<String, Vec<String>>,
    /// The answer to each confirmation.
    confirmed: BTreeMap<String, Value>,
    /// How many answers came from a program that was then killed.
    in_time: usize,
    cut_off: usize,
}

impl Ledger {
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
    let (began, mut chance) = (Instant::now(), Chance::new());
    let mut ledger = Ledger::default();
    for _ in 0..rounds(15, 300) {
        kill_in_the_middle(place, chance.life(LIFE), &mut ledger);
        check_what_was_answered(place, &mut ledger);
    }
    check_the_whole(place, &mut ledger);
    report(format_args!(
        "{store}: {} rounds, {} letters sent, {} answers before a kill, {} letters cut off; {:.1} s",
        rounds(15, 300),
        ledger.sent,
        ledger.in_time,
        ledger.cut_off,
        began.elapsed().as_secs_f64()
    ));
}

/// Keeps letters and deeds in the pipe until the moment of the kill.
fn kill_in_the_middle(place: &Place<'_>, life: Duration, ledger: &mut Ledger) {
    let mut driver = start(place);
    let deadline = Instant::now() + life;
    loop {
        let mut commands = vec![ledger.next_letter()];
        commands.extend(ledger.next_deeds());
        let count = commands.len();
        commands.iter().for_each(|command| {
            driver.send(command);
        });
        let answers: Vec<_> = (0..count).map_while(|_| driver.answer_by(deadline)).collect();
        ledger.in_time += answers.len();
        answers.iter().for_each(|answer| ledger.keep(answer));
        if answers.len() < count {
            break;
        }
    }
    driver.kill().iter().for_each(|answer| ledger.keep(answer));
    ledger.cut_off += ledger.open.len();
}

/// Starts again: what was answered is there as it was answered, and what was not is sent again.
fn check_what_was_answered(place: &Place<'_>, ledger: &mut Ledger) {
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
fn publish_all(driver: &mut Driver, ledger: &Ledger) {
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
fn check_the_whole(place: &Place<'_>, ledger: &mut Ledger) {
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

    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    let mut after = json!(0);
    loop {
        let page = driver.ok(&json!({"op": "event.feed", "after": after, "limit": 1_000}));
        for event in page["events"].as_array().unwrap() {
            *told
                .entry(event["type"].as_str().unwrap().replace("no.altinn.correspondence.", ""))
                .or_default() += 1;
        }
        if page["next"] == after {
            break;
        }
        after = page["next"].clone();
    }
    let expected = [
        ("correspondenceinitialized", 2 * letters),
        ("correspondencepublished", 2 * letters),
        ("correspondencereceiverconfirmed", letters),
        ("correspondencereceiverread", letters),
    ];
    assert_eq!(told, expected.map(|(name, count)| (name.to_owned(), count)).into());
}
