//! Kill -9 in the middle of lookups: what was answered is in the trail and the archive, once, and the same key gives the same
//! lookup.
//!
//! The seed is printed; `ALTINN_TEST_SEED` sets it. `ALTINN_TEST_LONG` makes it 300 rounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::collections::BTreeMap;

#[cfg(feature = "postgres")]
use driver::rounds::on_postgresql;
use driver::rounds::{Kill, Ledger, on_sqlite};
use driver::{Driver, Place};
use serde_json::{Value, json};

const SERVICE: &str = "brreg/organization";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services/organization-lookup");
const NUMBER: &str = "312345005";

const KILL: Kill = Kill { rounds: (10, 300), life: 150_000, in_pipe: 4 };

/// The lookup of each key, by the answers that came.
#[derive(Default)]
struct Lookups {
    lookups: BTreeMap<String, Option<Value>>,
}

impl Ledger for Lookups {
    fn next(&mut self) -> Value {
        let key = format!("key-{:06}", self.lookups.len());
        self.lookups.insert(key.clone(), None);
        ask(&key)
    }

    fn keep(&mut self, answer: &Value) {
        let known = self.lookups.get_mut(answer["id"].as_str().unwrap()).unwrap();
        let lookup = answer["ok"]["lookup"].clone();
        assert_eq!(answer["ok"]["answer"]["navn"], "BAKERIET AS", "{answer}");
        assert!(known.as_ref().is_none_or(|known| *known == lookup), "one key, two lookups: {answer}");
        *known = Some(lookup);
    }
}

fn ask(key: &str) -> Value {
    json!({"id": key, "op": "lookup.ask", "service": SERVICE, "query": {"organisasjonsnummer": NUMBER}, "purpose": key,
        "key": key})
}

fn start(place: &Place<'_>) -> Driver {
    let mut driver = Driver::start(place);
    let unit =
        json!({"organisasjonsnummer": NUMBER, "navn": "BAKERIET AS", "organisasjonsform": {"kode": "AS"}});
    driver.ok(&json!({"op": "lookup.load", "folder": FOLDER, "by": "organisasjonsnummer", "register": {NUMBER: unit}}));
    driver
}

#[test]
fn every_answer_is_in_the_trail_once_on_sqlite() {
    on_sqlite(kill_again_and_again);
}

#[cfg(feature = "postgres")]
#[test]
fn every_answer_is_in_the_trail_once_on_postgresql() {
    on_postgresql(kill_again_and_again);
}

fn kill_again_and_again(store: &str, place: &Place<'_>) {
    let mut ledger = Lookups::default();
    let killed =
        KILL.again_and_again(&mut ledger, |_| start(place), |ledger| look_where_it_stands(place, ledger));
    killed.report(store, format_args!("{} lookups", ledger.lookups.len()));
}

/// Starts again: what was answered is in the trail; what was not is asked again, and then everything is there once.
fn look_where_it_stands(place: &Place<'_>, ledger: &mut Lookups) {
    let mut driver = start(place);
    let before = trail(&mut driver);
    for (key, lookup) in ledger.lookups.iter().filter_map(|(key, lookup)| Some((key, lookup.as_ref()?))) {
        let element = format!("lookup/{}", lookup.as_str().unwrap());
        assert_eq!(before.get(key), Some(&vec![element]), "{key} was answered");
    }
    for key in ledger.lookups.keys().cloned().collect::<Vec<_>>().iter().rev().take(12) {
        ledger.keep(&driver.ask(&ask(key)));
    }
    let after = trail(&mut driver);
    assert_eq!(after.len(), ledger.lookups.len());
    assert!(after.values().all(|elements| elements.len() == 1), "{after:?}");
    let last = ledger.lookups.len();
    driver.ok(&json!({"op": "event.feed", "after": 0, "limit": 1}));
    let audit = driver.ok(&json!({"op": "archive.audit"}));
    assert_eq!(audit["sound"], json!(true), "{audit}");
    let (entries, waiting) = (audit["entries"].as_u64().unwrap(), audit["waiting"].as_u64().unwrap());
    assert_eq!(entries + waiting, last as u64, "an entry a lookup: {audit}");
}

/// The elements of the trail by their purposes, which are the keys.
fn trail(driver: &mut Driver) -> BTreeMap<String, Vec<String>> {
    let told = driver.ok(&json!({"op": "lookup.trail", "service": SERVICE}));
    let mut by_key: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in told["entries"].as_array().unwrap() {
        let (key, element) = (entry["purpose"].as_str().unwrap(), entry["element"].as_str().unwrap());
        by_key.entry(key.to_owned()).or_default().push(element.to_owned());
    }
    by_key
}
