//! Kill -9 at any moment of a loop of submissions: what was acknowledged is there, whole, once, and proved.
//!
//! 50 kills, or 1,000 when `ALTINN_TEST_LONG` is set; `ALTINN_TEST_SEED` repeats the moments of an earlier run.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod driver;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use altinn_core::testing::report;
use driver::Driver;
use serde_json::{Value, json};

/// How many submissions are on their way when the program is killed.
const IN_THE_PIPE: usize = 12;
/// The longest time from a start to a kill, in milliseconds.
const LONGEST: u64 = 150;

/// What has been sent and acknowledged so far.
#[derive(Default)]
struct Ledger {
    /// Every key that was ever sent.
    sent: BTreeSet<String>,
    /// What was answered, by key.
    acknowledged: BTreeMap<String, Value>,
}

#[test]
fn nothing_acknowledged_is_lost_or_half_done_on_sqlite() {
    kill_again_and_again(None);
}

#[cfg(feature = "postgres")]
#[test]
fn nothing_acknowledged_is_lost_or_half_done_on_postgres() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match runtime.block_on(altinn_core::store::fresh::postgres_url()).unwrap() {
        Some(url) => kill_again_and_again(Some(&url)),
        None => {
            report(format_args!("skipped: {} names no server", altinn_core::store::fresh::POSTGRES_VARIABLE));
        }
    }
}

fn kill_again_and_again(store: Option<&str>) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let kills = if std::env::var_os("ALTINN_TEST_LONG").is_some() { 1_000 } else { 50 };
    let mut dice = Dice::from_environment();
    let mut ledger = Ledger::default();
    for kill in 0..kills {
        // Some are killed while they start.
        if dice.roll(5) == 0 {
            let mut starting = Driver::start(folder.path(), store);
            sleep(Duration::from_millis(dice.roll(20)));
            starting.kill();
        }
        submit_until_killed(
            folder.path(),
            store,
            &mut ledger,
            kill,
            Duration::from_millis(dice.roll(LONGEST)),
        );
    }
    let (sent, acknowledged) = (ledger.sent.len(), ledger.acknowledged.len());
    check(folder.path(), store, ledger);
    report(format_args!(
        "{kills} kills: {sent} submissions sent, {acknowledged} acknowledged before a kill, none lost"
    ));
}

/// Sends more submissions than can be done, takes the answers that come, and kills the program after a while.
fn submit_until_killed(
    folder: &Path,
    store: Option<&str>,
    ledger: &mut Ledger,
    kill: usize,
    after: Duration,
) {
    let mut driver = Driver::start(folder, store);
    let service = driver.load_sample();
    for number in 0..IN_THE_PIPE {
        let key = format!("{kill}-{number}");
        driver.send(&json!({"id": key, "op": "submit", "service": service, "key": key}));
        ledger.sent.insert(key);
    }
    let pid = driver.pid();
    let killer = std::thread::spawn(move || {
        sleep(after);
        std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    });
    while let Some(answer) = driver.answer() {
        assert!(answer["error"].is_null(), "{answer}");
        ledger.acknowledged.insert(answer["id"].as_str().unwrap().to_owned(), answer["ok"].clone());
    }
    killer.join().unwrap();
}

/// Starts once more, and holds what is there against what was acknowledged.
fn check(folder: &Path, store: Option<&str>, ledger: Ledger) {
    let mut driver = Driver::start(folder, store);
    let service = driver.load_sample();
    for (key, acknowledged) in &ledger.acknowledged {
        let verified = driver.ok(&json!({"op": "archive.verify", "receipt": acknowledged["receipt"]}));
        assert_eq!(verified["entry"], acknowledged["entry"]);
        let form = json!({"op": "archive.get", "entry": acknowledged["entry"], "element": "application"});
        let archived = driver.ok(&form);
        assert!(archived["content"].as_str().unwrap().starts_with('{'), "{key}: {archived}");
        assert_eq!(archived["labels"]["instance"], acknowledged["instance"]);
    }
    let mut entries = BTreeSet::new();
    for key in &ledger.sent {
        let again = driver.ok(&json!({"op": "submit", "service": service, "key": key}));
        if let Some(acknowledged) = ledger.acknowledged.get(key) {
            assert_eq!(again, *acknowledged, "{key} was answered otherwise before");
        }
        assert!(entries.insert(again["entry"].as_str().unwrap().to_owned()), "{key} shares its entry");
    }
    let anchor = ledger.acknowledged.values().next().map(|answer| answer["receipt"].clone());
    let audit = driver.ok(&json!({"op": "archive.audit", "anchor": anchor}));
    assert_eq!((&audit["sound"], &audit["waiting"]), (&json!(true), &json!(0)), "{audit}");
    assert_eq!(audit["entries"], ledger.sent.len(), "an entry without a submission, or the other way round");
    assert_eq!(completed(&mut driver), ledger.sent.len());
}

/// How many submissions the feed tells to be completed; it must tell each once.
fn completed(driver: &mut Driver) -> usize {
    let (mut after, mut seen, mut instances) = (0, BTreeSet::new(), BTreeSet::new());
    loop {
        let page = driver.ok(&json!({"op": "event.feed", "after": after, "limit": 1_000}));
        let events = page["events"].as_array().unwrap();
        if events.is_empty() {
            return instances.len();
        }
        for event in events {
            assert!(seen.insert(event["id"].to_string()), "an event is told twice");
            if event["type"] == "app.instance.process.completed" {
                assert!(instances.insert(event["resourceinstance"].to_string()), "completed twice");
            }
        }
        let next = page["next"].as_i64().unwrap();
        assert_eq!(next - after, events.len() as i64, "the feed has a gap");
        after = next;
    }
}

/// Numbers that look random and can be had again.
struct Dice(u64);

impl Dice {
    fn from_environment() -> Self {
        let given = std::env::var("ALTINN_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| u64::from(std::process::id()));
        report(format_args!("ALTINN_TEST_SEED={seed}"));
        Self(seed)
    }

    /// A number from 0 to below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}
