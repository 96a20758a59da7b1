//! The black-box driver: what its documentation shows, bad commands, and what must never be said.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod driver;

use altinn_core::PartyIdentifier;
use altinn_core::testing::SyntheticPeople;
use driver::Driver;
use serde_json::{Value, json};

/// Asserts that an answer has all that is expected of it, at whatever depth.
fn assert_has(answer: &Value, expected: &Value, command: &str) {
    match expected {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| assert_has(&answer[name], value, command));
        }
        value => assert_eq!(answer, value, "{command}"),
    }
}

#[test]
fn the_session_in_the_documentation_goes_as_it_says() {
    let documentation = include_str!("../../docs/blackbox.md");
    let session = documentation.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::start(folder.path(), None);
    let lines: Vec<_> = session.lines().collect();
    assert!(lines.len() >= 20, "the session has ten commands");
    for pair in lines.chunks(2) {
        let (command, expected) = (pair[0].strip_prefix("> ").unwrap(), pair[1].strip_prefix("< ").unwrap());
        driver.send_raw(command.as_bytes());
        driver.send_raw(b"\n");
        let answer = driver.answer().unwrap();
        assert!(answer["ok"].is_object() != answer["error"].is_object(), "{answer}");
        assert_has(&answer, &serde_json::from_str(expected).unwrap(), command);
    }
}

#[test]
fn bad_commands_are_answered_and_the_next_one_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::start(folder.path(), None);
    let deep = format!("{{\"op\": \"submit\", \"service\": {}", "[".repeat(100_000));
    let long = format!("{{\"op\": \"{}\"}}", "x".repeat(17 * 1024 * 1024));
    let bad: [&[u8]; 9] = [
        b"{",
        b"[]",
        b"7",
        b"{\"id\": 1}",
        b"\xff\xfe\x00",
        b"{\"op\": 7}",
        b"{\"op\": \"submit\"}",
        deep.as_bytes(),
        long.as_bytes(),
    ];
    for line in bad {
        driver.send_raw(line);
        driver.send_raw(b"\n\n   \n");
        let answer = driver.answer().unwrap();
        assert_eq!(answer["error"]["code"], "BLACKBOX-BAD-COMMAND", "{answer}");
        let known = driver.ok(&json!({"op": "identifier.parse", "kind": "party", "value": "7"}));
        assert_eq!(known["value"], 7);
    }
}

#[test]
fn wrong_arguments_are_refused_with_a_code_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::start(folder.path(), None);
    driver.load_sample();
    let nobody = "00000000-0000-7000-8000-000000000000";
    for (command, code) in [
        (json!({"op": "app.load", "folder": "/no/such/folder"}), "APP-NOT-AN-APP"),
        (json!({"op": "submit", "service": "ttd/unknown"}), "SUBMISSION-UNKNOWN-SERVICE"),
        (json!({"op": "submit", "service": "ttd/bakery-licence", "key": ""}), "IDEMPOTENCY-KEY"),
        (json!({"op": "submit", "service": "ttd/bakery-licence", "data": [1]}), "FORM-DATA-NOT-AN-OBJECT"),
        (json!({"op": "archive.get", "entry": nobody}), "ARCHIVE-NOT-FOUND"),
        (json!({"op": "archive.verify", "receipt": {}}), "RECEIPT-FORM"),
        (json!({"op": "event.feed", "after": "x"}), "BLACKBOX-BAD-COMMAND"),
        (json!({"op": "identifier.parse", "kind": "nothing", "value": "7"}), "BLACKBOX-BAD-COMMAND"),
    ] {
        let answer = driver.ask(&command);
        let found = answer["error"]["code"].as_str().unwrap_or_default();
        assert!(found.starts_with(code), "{command}: {answer}");
    }
}

#[test]
fn a_submission_survives_a_restart_and_its_key_gives_the_same_answer() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::start(folder.path(), None);
    let service = driver.load_sample();
    let command = json!({"op": "submit", "service": service, "key": "one"});
    let first = driver.ok(&command);
    assert_eq!(driver.ok(&command), first);
    drop(driver);
    let mut driver = Driver::start(folder.path(), None);
    driver.load_sample();
    assert_eq!(driver.ok(&command), first);
    let audit = driver.ok(&json!({"op": "archive.audit", "anchor": first["receipt"]}));
    assert_eq!((&audit["sound"], &audit["entries"]), (&json!(true), &json!(1)));
}

#[test]
fn a_receipt_with_any_other_value_in_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::start(folder.path(), None);
    let service = driver.load_sample();
    let receipt = driver.ok(&json!({"op": "submit", "service": service}))["receipt"].clone();
    driver.ok(&json!({"op": "archive.verify", "receipt": receipt}));
    let mut leaves = Vec::new();
    pointers(&receipt, String::new(), &mut leaves);
    assert!(leaves.len() > 30, "a receipt has many values");
    for pointer in leaves {
        let mut forged = receipt.clone();
        let value = forged.pointer_mut(&pointer).unwrap();
        *value = match &*value {
            Value::Number(number) => json!(number.as_i64().unwrap() + 1),
            Value::String(text) => json!(format!("{text}x")),
            _ => json!("other"),
        };
        let answer = driver.ask(&json!({"op": "archive.verify", "receipt": forged}));
        assert!(answer["error"]["code"].is_string(), "{pointer}: {answer}");
    }
}

/// The places of all values that hold no others.
fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| pointers(value, format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items
                .iter()
                .zip(0..)
                .for_each(|(value, index): (_, usize)| pointers(value, format!("{at}/{index}"), found));
        }
        _ => found.push(at),
    }
}

#[test]
fn no_answer_repeats_a_personal_number() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::start(folder.path(), None);
    let mut said = driver.load_sample();
    let mut people = SyntheticPeople::from_seed(1);
    let numbers: Vec<_> = (0..8)
        .filter_map(|_| match people.person().identifier {
            PartyIdentifier::Person(number) => Some(number.expose().to_owned()),
            _ => None,
        })
        .collect();
    assert_eq!(numbers.len(), 8);
    let spoiled: String = numbers[0].chars().rev().collect();
    for command in [
        json!({"op": "submit", "service": "ttd/bakery-licence"}),
        json!({"op": "submit", "service": "ttd/bakery-licence", "data": {"applicant": numbers[0], (&numbers[1]): 1}}),
        json!({"op": "identifier.parse", "kind": "national-identity-number", "value": numbers[0], "synthetic": true}),
        json!({"op": "identifier.parse", "kind": "national-identity-number", "value": numbers[0]}),
        json!({"op": "identifier.parse", "kind": "national-identity-number", "value": spoiled}),
        json!({"op": "identifier.parse", "kind": "organization-number", "value": numbers[0]}),
        json!({"op": "event.feed"}),
        json!({"op": "archive.get", "entry": numbers[0]}),
    ] {
        said.push_str(&driver.ask(&command).to_string());
    }
    for number in numbers.iter().chain([&spoiled]) {
        assert!(!said.contains(number.as_str()), "a personal number was said");
    }
}
