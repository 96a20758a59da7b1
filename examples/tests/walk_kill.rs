//! Kill -9 at any moment of a walk through a payment, service tasks, a signature and a document: every instance goes on,
//! and ends once in effect.
//!
//! The seed is printed; `ALTINN_TEST_SEED` sets it. `ALTINN_TEST_LONG` makes it 500 rounds.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;
#[path = "../../altinn-services/tests/own_app/mod.rs"]
mod own_app;

use std::collections::{BTreeMap, BTreeSet};

use altinn_core::store::{Batch, Store, params};
#[cfg(feature = "postgres")]
use driver::rounds::on_postgresql;
use driver::rounds::{Kill, Ledger, on_sqlite};
use driver::{Driver, Place};
use own_app::long_way::{HELD, TASKS, long_way};
use serde_json::{Value, json};

const SERVICE: &str = "ttd/long-way";

const KILL: Kill = Kill { rounds: (12, 500), life: 200_000, in_pipe: 3 };

/// What became of each key: the answer to it, once there was one.
#[derive(Default)]
struct Walks {
    walks: BTreeMap<String, Option<Value>>,
}

impl Ledger for Walks {
    fn next(&mut self) -> Value {
        let key = format!("key-{:06}", self.walks.len());
        self.walks.insert(key.clone(), None);
        walk(&key)
    }

    /// Keeps an answer: the receipt at the end of the whole way, always the same.
    fn keep(&mut self, answer: &Value) {
        let key = answer["id"].as_str().unwrap();
        assert!(answer["ok"]["receipt"].is_object(), "{key} was answered with {answer}");
        let known = self.walks.get_mut(key).unwrap();
        assert!(known.as_ref().is_none_or(|known| *known == answer["ok"]), "{key} has two receipts");
        *known = Some(answer["ok"].clone());
    }
}

/// The whole way of the instance of a key, or what is left of it.
fn walk(key: &str) -> Value {
    json!({"id": key, "op": "submit", "service": SERVICE, "key": key, "data": {"remark": key}})
}

#[test]
fn every_instance_goes_on_and_ends_once_in_effect_on_sqlite() {
    on_sqlite(kill_again_and_again);
}

#[cfg(feature = "postgres")]
#[test]
fn every_instance_goes_on_and_ends_once_in_effect_on_postgresql() {
    on_postgresql(kill_again_and_again);
}

fn kill_again_and_again(name: &str, place: &Place<'_>) {
    let mut ledger = Walks::default();
    let app = place.folder.join("long-way");
    long_way().write(&app);
    let start = || {
        let mut driver = Driver::start(place);
        driver.ok(&json!({"op": "app.load", "folder": app, "standIns": true}));
        driver
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut cut_off = 0;
    let go_on = |ledger: &mut Walks| {
        runtime.block_on(async { minutes_later(&open(place).await).await });
        let mut driver = start();
        let open = ledger.walks.iter().filter(|(_, answer)| answer.is_none());
        for key in open.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
            cut_off += 1;
            ledger.keep(&driver.ask(&walk(&key)));
        }
    };
    let killed = KILL.again_and_again(&mut ledger, |_| start(), go_on);
    let mut driver = start();
    check_what_is_told(&mut driver, &ledger);
    assert!(driver.finish().success());
    runtime.block_on(async { check_what_is_stored(&open(place).await, ledger.walks.len()).await });
    killed.report(name, format_args!("{} walks, {cut_off} gone on with", ledger.walks.len()));
    assert!(cut_off > 0, "no walk was ever cut off");
}

/// The store of the program, which has ended.
async fn open(place: &Place<'_>) -> Store {
    let file = format!("sqlite:{}", place.folder.join("altinn-data/altinn.db").display());
    Store::open(place.store.unwrap_or(&file)).await.unwrap()
}

/// The leases of the program that was killed are over.
async fn minutes_later(store: &Store) {
    let mut batch = Batch::new();
    batch.execute("update services_task set lease_until = 0", params![]);
    store.commit(batch).await.unwrap();
}

/// Sent again, a walk gives its receipt; walks, entries and events are one to one.
fn check_what_is_told(driver: &mut Driver, ledger: &Walks) {
    let (mut entries, mut instances) = (BTreeSet::new(), BTreeSet::new());
    for (key, answer) in &ledger.walks {
        let answer = answer.as_ref().unwrap();
        assert_eq!(&driver.ok(&walk(key)), answer, "{key} sent again");
        driver.ok(&json!({"op": "archive.verify", "receipt": answer["receipt"]}));
        entries.insert(answer["entry"].to_string());
        instances.insert(answer["instance"].to_string());
    }
    assert_eq!((entries.len(), instances.len()), (ledger.walks.len(), ledger.walks.len()));
    let audit = driver.ok(&json!({"op": "archive.audit"}));
    assert_eq!(audit["sound"], json!(true), "{audit}");
    assert_eq!((&audit["entries"], &audit["waiting"]), (&json!(entries.len()), &json!(0)));
    let told = driver.told("");
    for event_type in ["app.instance.created", "app.instance.process.completed"] {
        assert_eq!(told[event_type], instances.len(), "{event_type}: {told:?}");
    }
}

/// Each instance came through each task once, did each work of the machine once, paid once, and holds each thing once.
async fn check_what_is_stored(store: &Store, walks: usize) {
    let counted = async |sql: &'static str| {
        let rows = store.query(sql, params![]).await.unwrap();
        rows.iter().map(|row| (row.at(0).unwrap(), row.at(1).unwrap())).collect::<BTreeMap<String, i64>>()
    };
    let each = |names: &[&str]| {
        let names = names.iter().map(|name| ((*name).to_owned(), walks as i64));
        names.collect::<BTreeMap<_, _>>()
    };
    let visited =
        "select element, count(*) from services_history where type = 'process_StartTask' group by element";
    assert_eq!(counted(visited).await, each(&TASKS));
    let done = counted("select state, count(*) from services_task group by state").await;
    assert_eq!(done, BTreeMap::from([("done".to_owned(), 2 * walks as i64)]));
    assert_eq!(
        counted("select task, count(*) from services_task group by task").await,
        each(&["Tell", "Send"])
    );
    let held: Vec<&str> = HELD.into_iter().filter(|name| *name != "case-number").collect();
    assert_eq!(
        counted("select data_type, count(*) from services_data group by data_type").await,
        each(&held)
    );
    let twice =
        "select data_type, count(*) from services_data group by instance, data_type having count(*) > 1";
    assert_eq!(counted(twice).await, BTreeMap::new());
    let ended = "select service, count(*) from services_instance where entry is not null group by service";
    assert_eq!(counted(ended).await, each(&[SERVICE]));
}
