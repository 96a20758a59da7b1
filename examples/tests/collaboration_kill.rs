//! Kill -9 in the middle of opening cases, doing what follows in them and raising events: every case goes on, and everything
//! that happens in it happens once.
//!
//! The seed is printed; `ALTINN_TEST_SEED` sets it. `ALTINN_TEST_LONG` makes it 300 rounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
#[cfg(feature = "postgres")]
use driver::rounds::on_postgresql;
use driver::rounds::{Kill, Ledger, on_sqlite};
use driver::{Driver, Place};
use serde_json::{Value, json};

const SERVICE: &str = "ttd/opening";
const SERVICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services");

/// How long a worker holds what it has taken up.
const LEASE: Duration = Duration::from_secs(60);

const KILL: Kill = Kill { rounds: (10, 300), life: 300_000, in_pipe: 1 };

/// How far a case has come, by the answers that came.
#[derive(Debug, Default, Clone)]
struct Case {
    id: Option<Value>,
    is_started: bool,
    withdrawn: Option<Value>,
}

struct Cases {
    cases: BTreeMap<String, Case>,
    now: DateTime<Utc>,
}

impl Cases {
    /// The next moment.
    fn at(&mut self) -> DateTime<Utc> {
        self.now += TimeDelta::minutes(3);
        self.now
    }
}

impl Ledger for Cases {
    /// What comes next for the first case that is not at its end, or for a new one.
    fn next(&mut self) -> Value {
        let open = self.cases.iter().find(|(_, case)| case.withdrawn.is_none());
        let (key, case) = match open {
            Some((key, case)) => (key.clone(), case.clone()),
            None => {
                let key = format!("key-{:06}", self.cases.len());
                self.cases.insert(key.clone(), Case::default());
                (key, Case::default())
            }
        };
        let at = self.at();
        match case.id {
            None => {
                json!({"id": format!("open/{key}"), "op": "collaboration.open", "service": SERVICE, "key": key, "at": at})
            }
            Some(_) if !case.is_started => {
                json!({"id": format!("run/{key}"), "op": "collaboration.run", "at": at})
            }
            Some(id) => {
                json!({"id": format!("raise/{key}"), "op": "collaboration.raise", "service": SERVICE, "case": id,
                "event": "withdrawn", "key": key, "by": "business", "at": at})
            }
        }
    }

    fn keep(&mut self, answer: &Value) {
        let (what, key) = answer["id"].as_str().unwrap().split_once('/').unwrap();
        let case = self.cases.get_mut(key).unwrap();
        match what {
            "open" => {
                let id = answer["ok"]["case"].clone();
                assert!(id.is_string(), "{answer}");
                assert!(case.id.as_ref().is_none_or(|known| *known == id), "{key} was opened twice");
                case.id = Some(id);
            }
            "run" => {
                assert!(answer["ok"]["done"].is_u64(), "{answer}");
                case.is_started = true;
            }
            _ => {
                let told = answer["ok"]["answer"].clone();
                assert_eq!(told["CurrentStateName"], "abandoned", "{answer}");
                assert!(case.withdrawn.as_ref().is_none_or(|known| *known == told), "{key}: {told}");
                case.withdrawn = Some(told);
            }
        }
    }
}

fn start(place: &Place<'_>) -> Driver {
    let mut driver = Driver::with_sample_app(place);
    let decisions = format!("{SERVICES}/decisions");
    driver.ok(&json!({"op": "collaboration.load", "folder": format!("{SERVICES}/opening"),
        "message": ["decision", decisions]}));
    driver
}

#[test]
fn cases_go_on_and_everything_in_them_happens_once_on_sqlite() {
    on_sqlite(kill_again_and_again);
}

#[cfg(feature = "postgres")]
#[test]
fn cases_go_on_and_everything_in_them_happens_once_on_postgresql() {
    on_postgresql(kill_again_and_again);
}

fn kill_again_and_again(store: &str, place: &Place<'_>) {
    let now = "2026-12-01T08:00:00Z".parse().unwrap();
    let mut ledger = Cases { cases: BTreeMap::new(), now };
    let killed = KILL.again_and_again(&mut ledger, |_| start(place), |_| ());
    finish_all(place, &mut ledger);
    killed.report(store, format_args!("{} cases", ledger.cases.len()));
}

/// Brings every case to its end: one application each, each event once, nothing left to be done.
fn finish_all(place: &Place<'_>, ledger: &mut Cases) {
    let mut driver = start(place);
    while ledger.cases.values().any(|case| case.withdrawn.is_none()) {
        let command = ledger.next();
        ledger.keep(&driver.ask(&command));
    }
    let ids: BTreeSet<_> = ledger.cases.values().map(|case| case.id.clone().unwrap().to_string()).collect();
    assert_eq!(ids.len(), ledger.cases.len(), "a case each");
    // What a program held that was killed is free when its lease is over.
    let deadline = Instant::now() + LEASE * 3;
    for (key, known) in ledger.cases.clone() {
        let open =
            json!({"id": format!("open/{key}"), "op": "collaboration.open", "service": SERVICE, "key": key});
        ledger.keep(&driver.ask(&open));
        let id = known.id.unwrap();
        let pending = json!({"op": "collaboration.pending", "service": SERVICE, "case": id});
        while driver.ok(&pending)["pending"] != json!([]) {
            assert!(Instant::now() < deadline, "{key}: {}", driver.ok(&pending));
            driver.ok(&json!({"op": "collaboration.run", "at": ledger.at()}));
            std::thread::sleep(Duration::from_millis(50));
        }
        let case = driver.ok(&json!({"op": "collaboration.case", "service": SERVICE, "case": id}));
        assert_eq!((&case["state"], &case["closed"]), (&json!("abandoned"), &json!(true)));
        let history = case["history"].as_array().unwrap();
        for happened in ["Instantiated of application", "withdrawn"] {
            let times = history.iter().filter(|entry| entry["happened"] == happened).count();
            assert!(times == 1, "{key}: `{happened}` {times} times: {case}");
        }
    }
    let applications = driver.told("").remove("app.instance.created").unwrap_or_default();
    assert_eq!(applications, ledger.cases.len(), "one application a case");
}
