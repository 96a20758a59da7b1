//! Kill -9 in the middle of subscribing and of making instances: each occasion has one instance in the end.
//!
//! The seed is printed; `ALTINN_TEST_SEED` sets it. `ALTINN_TEST_LONG` makes it 300 rounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

#[cfg(feature = "postgres")]
use driver::rounds::on_postgresql;
use driver::rounds::{Kill, Ledger, on_sqlite};
use driver::{Driver, Place};
use serde_json::{Value, json};

const SERVICE: &str = "ttd/bakery-licence";

const KILL: Kill = Kill { rounds: (12, 300), life: 150_000, in_pipe: 4 };

/// How many occasions each subscription has: they were all missed when it is run for the first time.
const OCCASIONS: usize = 6;

#[test]
fn each_occasion_has_one_instance_on_sqlite() {
    on_sqlite(kill_again_and_again);
}

#[cfg(feature = "postgres")]
#[test]
fn each_occasion_has_one_instance_on_postgresql() {
    on_postgresql(kill_again_and_again);
}

/// How many have subscribed, and how often it was run since the last did.
#[derive(Default)]
struct Subscribers {
    count: usize,
    runs: usize,
}

impl Ledger for Subscribers {
    /// Somebody subscribes, and then it is run three times.
    fn next(&mut self) -> Value {
        if self.count > 0 && self.runs < 3 {
            self.runs += 1;
            return run();
        }
        (self.count, self.runs) = (self.count + 1, 0);
        subscribe(self.count - 1)
    }

    fn keep(&mut self, answer: &Value) {
        assert!(answer.get("ok").is_some(), "{answer}");
    }
}

fn kill_again_and_again(store: &str, place: &Place<'_>) {
    let mut ledger = Subscribers::default();
    let killed = KILL.again_and_again(&mut ledger, |_| Driver::with_sample_app(place), |_| ());
    let instances = check_the_whole(place, ledger.count);
    killed.report(store, format_args!("{} subscriptions, {instances} instances", ledger.count));
}

fn subscribe(number: usize) -> Value {
    let schedule = json!({"kind": "periodic", "first": "2031-01-31", "every": "P1M", "until": "2031-06-30"});
    json!({"id": format!("subscribe/{number}"), "op": "subscription.create", "service": SERVICE,
        "at": "2031-01-01T12:00:00Z",
        "subscription": {"schedule": schedule, "idempotencyKey": format!("key-{number}")}})
}

fn run() -> Value {
    json!({"id": "run", "op": "subscription.run", "limit": 2, "at": "2031-12-24T12:00:00Z"})
}

/// Starts again, subscribes once more with every key, and runs until all is made; gives how many instances there are.
fn check_the_whole(place: &Place<'_>, subscribed: usize) -> usize {
    let mut driver = Driver::with_sample_app(place);
    for number in 0..subscribed {
        driver.ok(&subscribe(number));
    }
    // What a program held that was killed is free when its lease is over.
    let deadline = Instant::now() + Duration::from_secs(120);
    let all = loop {
        let made = driver.ok(&run());
        assert_eq!(made["deferred"], json!(0), "{made}");
        let all = driver.ok(&json!({"op": "subscription.list", "service": SERVICE}))["subscriptions"].clone();
        let is_done = |one: &Value| one["subscription"]["state"] == "done";
        if made["claimed"] == json!(0) && all.as_array().unwrap().iter().all(is_done) {
            break all;
        }
        assert!(Instant::now() < deadline, "not all is made");
        if made["claimed"] == json!(0) {
            std::thread::sleep(Duration::from_millis(200));
        }
    };
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), subscribed, "a subscription is missing or there twice");
    let mut ids = BTreeSet::new();
    for one in all {
        let made = one["instances"].as_array().unwrap();
        let days: Vec<&str> = made.iter().map(|made| made["opens"].as_str().unwrap()).collect();
        assert_eq!(
            days,
            ["2031-01-31", "2031-02-28", "2031-03-31", "2031-04-30", "2031-05-31", "2031-06-30"]
        );
        ids.extend(made.iter().map(|made| made["instance"].as_str().unwrap().to_owned()));
    }
    assert_eq!(ids.len(), OCCASIONS * subscribed);
    assert_eq!(created(&mut driver), ids, "every instance that there is was made by a subscription, once");
    ids.len()
}

/// The instances that the feed tells of.
fn created(driver: &mut Driver) -> BTreeSet<String> {
    let events = driver.events().into_iter().filter(|event| event["type"] == "app.instance.created");
    let told: Vec<_> = events.map(|event| event["resourceinstance"].as_str().unwrap().to_owned()).collect();
    let instances: BTreeSet<_> = told.iter().cloned().collect();
    assert_eq!(instances.len(), told.len(), "told twice");
    instances
}
