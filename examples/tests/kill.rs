//! Kill -9 at any moment of a stream of submissions loses nothing that was answered for, and leaves nothing half done.
//!
//! The seed is printed; `ALTINN_TEST_SEED` sets it. `ALTINN_TEST_LONG` makes it 1,000 rounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

#[cfg(feature = "postgres")]
use driver::rounds::on_postgresql;
use driver::rounds::{Chance, Kill, Ledger, on_sqlite, rounds};
use driver::{Driver, Place, SAMPLE_SERVICE, form_with_remark};
use serde_json::{Value, json};

const KILL: Kill = Kill { rounds: (50, 1_000), life: 150_000, in_pipe: 8 };

/// What was sent, and what was answered for.
#[derive(Default)]
struct Submissions {
    /// The keys that were sent.
    sent: u64,
    /// The keys that were sent and not answered for.
    open: BTreeSet<String>,
    /// The answer to each key that was answered for.
    answered: BTreeMap<String, Value>,
    /// How many of them were answered by a program that was started again.
    later: usize,
}

impl Ledger for Submissions {
    fn next(&mut self) -> Value {
        let key = format!("key-{:06}", self.sent);
        self.sent += 1;
        self.open.insert(key.clone());
        submission(&key)
    }

    /// Keeps an answer, which must be a proved receipt.
    fn keep(&mut self, answer: &Value) {
        let key = answer["id"].as_str().unwrap();
        assert!(answer["ok"]["receipt"].is_object(), "{key} was answered with {answer}");
        assert!(self.open.remove(key), "{key} was answered twice");
        self.answered.insert(key.to_owned(), answer["ok"].clone());
    }
}

fn submission(key: &str) -> Value {
    json!({"id": key, "op": "submit", "service": SAMPLE_SERVICE, "key": key, "data": form_with_remark(key)})
}

#[test]
fn nothing_answered_for_is_lost_and_nothing_half_done_stays_on_sqlite() {
    on_sqlite(kill_again_and_again);
}

#[cfg(feature = "postgres")]
#[test]
fn nothing_answered_for_is_lost_and_nothing_half_done_stays_on_postgresql() {
    on_postgresql(kill_again_and_again);
}

#[test]
fn keys_whose_making_was_cut_off_are_made_again() {
    let mut chance = Chance::new();
    for _ in 0..rounds(50, 1_000) / 10 {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let place = Place::folder(folder.path());
        for _ in 0..3 {
            let driver = Driver::start(&place);
            sleep(Duration::from_micros(chance.below(30_000)));
            driver.kill();
        }
        let mut driver = Driver::with_sample_app(&place);
        driver.ok(&submission("one"));
        assert_eq!(key_files(folder.path()), ["archive", "log.pem", "register.key"]);
    }
}

fn key_files(folder: &Path) -> Vec<String> {
    let files = std::fs::read_dir(folder.join("altinn-data/keys")).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn kill_again_and_again(store: &str, place: &Place<'_>) {
    let (mut ledger, mut at_start) = (Submissions::default(), 0);
    let start = |chance: &mut Chance| {
        if chance.below(5) == 0 {
            at_start += 1;
            kill_during_start(place, chance);
        }
        Driver::with_sample_app(place)
    };
    let killed = KILL.again_and_again(&mut ledger, start, |ledger| check_what_was_answered(place, ledger));
    let (events, entries) = check_the_whole(place, &ledger);
    let sent = ledger.sent;
    killed.report(
        store,
        format_args!(
            "{at_start} kills during the start, {sent} keys sent, {entries} entries, {events} events"
        ),
    );
    assert!(killed.in_time > 0, "no submission was ever answered");
    assert!(ledger.later > 0, "no submission was ever cut off");
}

fn kill_during_start(place: &Place<'_>, chance: &mut Chance) {
    let driver = Driver::start(place);
    sleep(chance.life(KILL.life) / 2);
    driver.kill();
}

/// Starts again: what was answered in the last rounds is there, and what was not is sent again.
fn check_what_was_answered(place: &Place<'_>, ledger: &mut Submissions) {
    let mut driver = Driver::with_sample_app(place);
    let newest = ledger.answered.iter().rev().take(20);
    newest.for_each(|(key, answer)| check_submission(&mut driver, key, answer));
    for key in ledger.open.clone() {
        ledger.keep(&driver.ask(&submission(&key)));
        ledger.later += 1;
    }
}

/// A submission is there whole, its receipt verifies, and sending it again gives the same.
fn check_submission(driver: &mut Driver, key: &str, answer: &Value) {
    let get = json!({"op": "archive.get", "entry": answer["entry"], "element": "application"});
    let entry = driver.ok(&get);
    let content: Value = serde_json::from_str(entry["content"].as_str().unwrap()).unwrap();
    assert_eq!(content, form_with_remark(key));
    assert_eq!(entry["labels"]["instance"], answer["instance"]);
    let verified = driver.ok(&json!({"op": "archive.verify", "receipt": answer["receipt"]}));
    assert_eq!(verified["entry"], answer["entry"]);
    assert_eq!(&driver.ok(&submission(key)), answer, "{key} sent again");
}

/// Submissions, entries of the archive and events are one to one; gives the numbers of events and entries.
fn check_the_whole(place: &Place<'_>, ledger: &Submissions) -> (usize, usize) {
    let mut driver = Driver::with_sample_app(place);
    assert!(ledger.open.is_empty());
    assert_eq!(ledger.answered.len() as u64, ledger.sent);
    ledger.answered.iter().for_each(|(key, answer)| check_submission(&mut driver, key, answer));
    let entries: BTreeSet<_> = ledger.answered.values().map(|answer| text(&answer["entry"])).collect();
    let instances: BTreeSet<_> = ledger.answered.values().map(|answer| text(&answer["instance"])).collect();
    assert_eq!((entries.len(), instances.len()), (ledger.answered.len(), ledger.answered.len()));

    let anchor = &ledger.answered["key-000000"]["receipt"];
    let audit = driver.ok(&json!({"op": "archive.audit", "anchor": anchor}));
    assert_eq!(audit["sound"], json!(true), "{audit}");
    assert!(audit["rollbackExcludedTo"].is_u64(), "{audit}");
    assert_eq!((&audit["entries"], &audit["waiting"]), (&json!(entries.len()), &json!(0)));

    let feed = driver.events();
    let ids: BTreeSet<_> = feed.iter().map(|event| text(&event["id"])).collect();
    assert_eq!(ids.len(), feed.len(), "an event is there twice");
    for event_type in ["app.instance.created", "app.instance.process.completed"] {
        let of_type = feed.iter().filter(|event| event["type"] == event_type);
        let told: Vec<_> = of_type.map(|event| text(&event["resourceinstance"])).collect();
        assert_eq!(told.len(), instances.len(), "{event_type}");
        assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), instances, "{event_type}");
    }
    (feed.len(), entries.len())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
