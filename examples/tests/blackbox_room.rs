//! `collaboration.transmit` and `collaboration.room`: what participants of a case say to each other, over the driver's lines.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use driver::{Driver, Place};
use serde_json::{Value, json};

const SERVICE: &str = "ttd/opening";
const SERVICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services");

/// The program with the collaboration of the examples; the ids of its parties by their roles.
fn start(place: &Place<'_>) -> (Driver, Value) {
    let mut driver = Driver::with_sample_app(place);
    let loaded = driver.ok(&json!({"op": "collaboration.load", "folder": format!("{SERVICES}/opening"),
        "message": ["decision", format!("{SERVICES}/decisions")]}));
    (driver, loaded["participants"].clone())
}

fn transmit(case: &Value, by: &str, key: &str, body: &str) -> Value {
    json!({"op": "collaboration.transmit", "service": SERVICE, "case": case, "by": by, "key": key,
        "title": "The sink", "body": body})
}

fn room(case: &Value, by: &str, after: i64) -> Value {
    json!({"op": "collaboration.room", "service": SERVICE, "case": case, "by": by, "after": after})
}

#[test]
fn what_participants_say_is_there_once_in_order_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::folder(folder.path());
    let (mut driver, parties) = start(&place);
    let case =
        driver.ok(&json!({"op": "collaboration.open", "service": SERVICE, "key": "1"}))["case"].clone();
    let empty = driver.ok(&room(&case, "business", 0));
    assert_eq!((&empty["said"], &empty["seen"]), (&json!([]), &json!([])));
    assert_eq!(empty["turn"], json!([parties["business"]]));
    let question = transmit(&case, "business", "q-1", "Does it have to be of steel?");
    assert_eq!(driver.ok(&question)["number"], 1);
    assert_eq!(driver.ok(&question)["number"], 1, "the same again is the same");
    assert_eq!(
        driver.ok(&transmit(&case, "inspectorate", "q-1", "No."))["number"],
        2,
        "another's key is another"
    );

    // Text that a page or a database might take for something else comes back as it was.
    let odd = "<script>alert(1)</script>\u{202e} '); drop table x;-- \u{0}";
    assert_eq!(driver.ok(&transmit(&case, "business", "odd", odd))["number"], 3);
    driver.kill();
    let (mut driver, _) = start(&place);
    let heard = driver.ok(&room(&case, "inspectorate", 1));
    let said: Vec<_> = heard["said"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
    assert_eq!(said, [&json!(2), &json!(3)]);
    assert_eq!(
        (&heard["said"][0]["party"], &heard["said"][0]["body"]),
        (&parties["inspectorate"], &json!("No."))
    );
    assert_eq!(heard["said"][1]["body"], odd);
    assert_eq!(heard["seen"], json!([{"party": parties["inspectorate"], "number": 3}]));
    assert!(driver.finish().success());
}

#[test]
fn what_cannot_be_said_is_refused_with_a_code() {
    let folder = tempfile::tempdir().unwrap();
    let (mut driver, _) = start(&Place::folder(folder.path()));
    let case =
        driver.ok(&json!({"op": "collaboration.open", "service": SERVICE, "key": "1"}))["case"].clone();
    let nothing = json!("01a20b42-1edc-7444-8a30-0f2b52a9d301");
    for (command, code) in [
        (transmit(&case, "business", "1", ""), "COLLABORATION-TEXT"),
        (transmit(&case, "business", "1", &"x".repeat(30_001)), "COLLABORATION-TEXT"),
        (transmit(&case, "business", "", "x"), "COLLABORATION-TEXT"),
        (transmit(&case, "business", "a\u{0}", "x"), "STORE-TEXT"),
        (transmit(&case, "mayor", "1", "x"), "BLACKBOX-BAD-COMMAND"),
        (transmit(&nothing, "business", "1", "x"), "COLLABORATION-NOT-FOUND"),
        (room(&nothing, "business", 0), "COLLABORATION-NOT-FOUND"),
        (room(&case, "mayor", 0), "BLACKBOX-BAD-COMMAND"),
    ] {
        assert_eq!(driver.error(&command), code, "{command}");
    }
    assert_eq!(driver.ok(&room(&case, "business", 0))["said"], json!([]));
    assert!(driver.finish().success());
}
