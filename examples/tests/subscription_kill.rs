//! Kill -9 in the middle of subscribing and of making instances: each occasion has one instance in the end.
//!
//! The seed is printed; `ALTINN_TEST_SEED` sets it. `ALTINN_TEST_LONG` makes it 300 rounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use altinn_core::testing::report;
#[cfg(feature = "postgres")]
use driver::rounds::on_postgresql;
use driver::rounds::{Chance, on_sqlite, rounds};
use driver::{Driver, Place};
use serde_json::{Value, json};

const SERVICE: &str = "ttd/bakery-licence";

/// How long a program lives at most before it is killed, in microseconds.
const LIFE: u64 = 150_000;

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

fn kill_again_and_again(store: &str, place: &Place<'_>) {
    let (began, mut chance) = (Instant::now(), Chance::new());
    let (mut subscribed, mut in_time) = (0, 0);
    for _ in 0..rounds(12, 300) {
        in_time += kill_in_the_middle(place, chance.life(LIFE), &mut subscribed);
    }
    let instances = check_the_whole(place, subscribed);
    report(format_args!(
        "{store}: {} rounds, {subscribed} subscriptions, {in_time} answers before a kill, {instances} instances; {:.1} s",
        rounds(12, 300),
        began.elapsed().as_secs_f64()
    ));
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

/// Keeps commands in the pipe until the moment of the kill; gives how many were answered before it.
fn kill_in_the_middle(place: &Place<'_>, life: Duration, subscribed: &mut usize) -> usize {
    let mut driver = Driver::with_sample_app(place);
    let deadline = Instant::now() + life;
    let mut answered = 0;
    loop {
        let commands = [subscribe(*subscribed), run(), run(), run()];
        *subscribed += 1;
        commands.iter().for_each(|command| {
            driver.send(command);
        });
        let answers = commands.iter().map_while(|_| driver.answer_by(deadline)).count();
        answered += answers;
        if answers < commands.len() {
            break;
        }
    }
    driver.kill();
    answered
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
    let (mut told, mut after) = (BTreeSet::new(), json!(0));
    loop {
        let page = driver.ok(&json!({"op": "event.feed", "after": after, "limit": 1_000}));
        for event in page["events"].as_array().unwrap() {
            if event["type"] == "app.instance.created" {
                assert!(told.insert(event["resourceinstance"].as_str().unwrap().to_owned()), "told twice");
            }
        }
        if page["next"] == after {
            return told;
        }
        after = page["next"].clone();
    }
}
