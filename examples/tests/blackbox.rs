//! The black-box program takes whatever comes over its input, and keeps what it has answered for.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::process::{Command, Stdio};

use altinn_core::PartyIdentifier;
use altinn_core::testing::SyntheticPeople;
use driver::{Driver, Place, SAMPLE_SERVICE, code_of, form_with_remark};
use serde_json::{Value, json};

/// The numbers of the first synthetic people, who act in the sample app too, and one with a wrong check digit.
fn personal_numbers() -> Vec<String> {
    let mut people = SyntheticPeople::from_seed(1);
    let mut numbers = vec!["13924999999".to_owned()];
    for _ in 0..8 {
        if let PartyIdentifier::Person(number) = people.person().identifier {
            numbers.push(number.expose().to_owned());
        }
    }
    assert_eq!(numbers.len(), 9);
    numbers
}

fn submission(key: &str) -> Value {
    json!({"op": "submit", "service": SAMPLE_SERVICE, "key": key, "data": form_with_remark(key)})
}

#[test]
fn a_bad_line_gets_one_error_and_the_program_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::start(&Place::folder(folder.path()));
    let deep = format!("{{\"op\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let just_too_long = format!("{{\"op\":\"{}\"}}", "x".repeat(16 * 1024 * 1024 - 8));
    let lines: [&[u8]; 15] = [
        b"hello",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"{\"op\":7}",
        b"{\"op\":null}",
        b"\0\0\0",
        b"{\"op\":\"app.load\0\"",
        b"\xff\xfe{}",
        b"{\"op\":\"identifier.parse\"}",
        b"{\"op\":\"identifier.parse\",\"kind\":5,\"value\":[]}",
        b"{\"op\":\"archive.get\",\"entry\":\"not a uuid\"}",
        deep.as_bytes(),
        just_too_long.as_bytes(),
    ];
    for (number, line) in lines.iter().enumerate() {
        let answer = driver.ask_line(line);
        assert_eq!(code_of(&answer), "BLACKBOX-BAD-COMMAND", "line {number}");
        let good = json!({"id": number, "op": "identifier.parse", "kind": "party", "value": "50001"});
        assert_eq!(driver.ask(&good)["id"], json!(number), "after line {number}");
    }
    assert!(driver.finish().success());
}

#[test]
fn a_line_that_is_too_long_is_passed_over_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::start(&Place::folder(folder.path()));
    let command = json!({"op": "identifier.parse", "kind": "party", "value": "50001"}).to_string();
    // Cut anywhere, the rest would be a command of its own.
    let long = format!("{}{command}", " ".repeat(17 * 1024 * 1024));
    assert_eq!(code_of(&driver.ask_line(long.as_bytes())), "BLACKBOX-BAD-COMMAND");
    let next =
        driver.ask(&json!({"id": "next", "op": "identifier.parse", "kind": "party", "value": "50002"}));
    assert_eq!(next, json!({"id": "next", "ok": {"kind": "party", "value": 50002}}));
    assert!(driver.finish().success());
}

#[test]
fn an_empty_line_gets_no_answer_and_the_last_line_needs_no_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_blackbox"));
    command.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut input, b"\n \r\n{\"id\":1,\"op\":\"nothing\"}").unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let lines: Vec<Value> =
        output.stdout.split(|byte| *byte == b'\n').flat_map(serde_json::from_slice).collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(code_of(&lines[0]), "BLACKBOX-UNKNOWN-OPERATION");
}

#[test]
fn the_id_of_a_command_comes_back_whatever_it_is_also_with_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::start(&Place::folder(folder.path()));
    for id in [json!(1), json!("a"), json!({"a": [1, null]}), json!(null)] {
        assert_eq!(driver.ask(&json!({"id": id, "op": "nothing"}))["id"], id);
        assert_eq!(driver.ask(&json!({"id": id}))["id"], id);
        assert_eq!(driver.ask(&json!({"id": id, "op": "event.feed"}))["id"], id);
    }
}

#[test]
fn a_setting_that_is_wrong_is_named_and_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = [
        ("ALTINN_STORE_URL", "mysql://127.0.0.1/x"),
        ("ALTINN_OBJECTS_URL", "ftp://objects"),
        ("ALTINN_KEYS", "/dev/null"),
        ("ALTINN_SMTP_HOST", "nowhere"),
    ];
    for (variable, value) in wrong {
        let mut command = Command::new(env!("CARGO_BIN_EXE_blackbox"));
        command.current_dir(folder.path()).stdin(Stdio::null()).env(variable, value);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{variable}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("blackbox: "), "{variable}");
        assert!(output.stdout.is_empty(), "{variable}");
    }
}

#[test]
fn the_same_key_twice_is_one_submission_and_one_answer_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::folder(folder.path());
    let mut driver = Driver::with_sample_app(&place);
    let first = driver.ok(&submission("one"));
    assert_eq!(driver.ok(&submission("one")), first);
    assert_ne!(driver.ok(&submission("two"))["entry"], first["entry"]);
    assert!(driver.finish().success());

    let mut driver = Driver::with_sample_app(&place);
    assert_eq!(driver.ok(&submission("one")), first);
    assert_eq!(driver.ok(&json!({"op": "archive.audit"}))["entries"], json!(2));
    let get = json!({"op": "archive.get", "entry": first["entry"], "element": "application"});
    let entry = driver.ok(&get);
    let content: Value = serde_json::from_str(entry["content"].as_str().unwrap()).unwrap();
    assert_eq!(content, form_with_remark("one"));
    assert_eq!(entry["labels"]["instance"], first["instance"]);
}

#[test]
fn content_that_is_no_text_comes_in_base64() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::with_sample_app(&Place::folder(folder.path()));
    let entry = driver.ok(&submission("one"))["entry"].take();
    let pdf = driver.ok(&json!({"op": "archive.get", "entry": entry, "element": "ref-data-as-pdf"}));
    assert!(pdf["contentBase64"].as_str().unwrap().starts_with("JVBERi0"), "the start of a PDF");
    assert!(pdf["content"].is_null());
    let form = driver.ok(&json!({"op": "archive.get", "entry": entry, "element": "application"}));
    assert!(form["content"].is_string() && form["contentBase64"].is_null());
    let without = driver.ok(&json!({"op": "archive.get", "entry": entry}));
    assert!(without["content"].is_null() && without["contentBase64"].is_null());
}

#[test]
fn wrong_arguments_are_refused_with_a_code_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::with_sample_app(&Place::folder(folder.path()));
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
fn a_form_that_is_not_in_order_is_refused_with_a_place_and_nothing_is_archived() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::with_sample_app(&Place::folder(folder.path()));
    let mut form = form_with_remark("wrong");
    form["applicant"]["organisationNumber"] = json!("31");
    let answer =
        driver.ask(&json!({"op": "submit", "service": SAMPLE_SERVICE, "key": "wrong", "data": form}));
    assert_eq!(code_of(&answer), "SUBMISSION-INVALID");
    assert_eq!(answer["error"]["issues"][0]["path"], json!("/applicant/organisationNumber"));
    assert_eq!(driver.ok(&json!({"op": "archive.audit"}))["entries"], json!(0));
    assert!(driver.ok(&submission("wrong")).get("entry").is_some(), "put right, the same draft goes on");
}

#[test]
fn a_personal_number_that_is_sent_never_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::with_sample_app(&Place::folder(folder.path()));
    let numbers = personal_numbers();
    for number in numbers.iter().map(String::as_str) {
        let mut form = form_with_remark("x");
        form["applicant"]["organisationNumber"] = json!(number);
        form["applicant"][number] = json!(1);
        form["foodKinds"] = json!([number]);
        form[number] = json!(number);
        let mut commands = vec![
            json!({"op": number}),
            json!({"op": {"number": number}}),
            json!({"op": "app.load", "folder": {"number": number}}),
            json!({"op": "submit", "service": number}),
            json!({"op": "submit", "service": SAMPLE_SERVICE, "data": number}),
            json!({"op": "submit", "service": SAMPLE_SERVICE, "data": form, "key": number}),
            json!({"op": "submit", "service": SAMPLE_SERVICE, "data": {"a": form}, "at": number}),
            json!({"op": "event.feed", "after": number}),
            json!({"op": "archive.get", "entry": number}),
            json!({"op": "archive.verify", "receipt": {number: number}}),
            json!({"op": "archive.verify", "receipt": {}, "key": number}),
            json!({"op": "archive.audit", "anchor": number}),
            json!({"op": "dispatch.run", "limit": number}),
            json!({"op": "notify.status", "order": number}),
            json!({"op": "notify.order", "order": {"idempotencyId": number}}),
            mail_order(number, &format!("{number}@example"), "Hei"),
            mail_order("id", "ola@example.com", &format!("{number}\n")),
        ];
        for kind in ["national-identity-number", "organization-number", "instance", "service"] {
            for value in [number.to_owned(), format!("{number}/{number}"), format!(" {number}")] {
                for synthetic in [true, false] {
                    commands.push(json!({"op": "identifier.parse", "kind": kind, "value": value,
                        "synthetic": synthetic}));
                }
            }
        }
        for command in commands {
            assert!(driver.send(&command));
            let line = driver.next_line();
            assert!(!line.contains(number), "{command} was answered with {line}");
        }
        assert!(driver.send_line(format!("{{\"op\":\"event.feed\",\"{number}\"").as_bytes()));
        assert!(!driver.next_line().contains(number));
    }
    let mut said = driver.load_sample_app().to_string();
    let submitted = driver.ok(&submission("one"));
    said.push_str(&submitted.to_string());
    for element in ["application", "signature"] {
        let get = json!({"op": "archive.get", "entry": submitted["entry"], "element": element});
        said.push_str(&driver.ok(&get).to_string());
    }
    said.push_str(&driver.ok(&json!({"op": "event.feed"})).to_string());
    assert!(numbers.iter().all(|number| !said.contains(number)));
}

fn mail_order(id: &str, address: &str, subject: &str) -> Value {
    let words = json!({"subject": subject, "body": "Hei"});
    let recipient = json!({"recipientEmail": {"emailAddress": address, "emailSettings": words}});
    json!({"op": "notify.order", "order": {"idempotencyId": id, "recipient": recipient}})
}

/// Every way to change one value somewhere in a document, and every way to leave one out.
fn tampered(document: &Value) -> Vec<(String, Value)> {
    let mut places = Vec::new();
    collect(document, String::new(), &mut places);
    let mut all = Vec::new();
    for place in places {
        let changed = match document.pointer(&place).unwrap() {
            Value::String(text) => vec![json!(flipped(text)), json!(""), json!(format!("{text} ")), json!(1)],
            Value::Number(number) => vec![json!(number.as_u64().unwrap() + 1), json!("1"), json!(-1)],
            Value::Array(items) => vec![json!([items.clone(), vec![json!("AA==")]].concat()), json!({})],
            Value::Object(_) => vec![json!({}), json!([])],
            other => vec![json!(other.is_null())],
        };
        for value in changed.into_iter().chain([Value::Null]) {
            let mut forged = document.clone();
            *forged.pointer_mut(&place).unwrap() = value;
            all.push((place.clone(), forged));
        }
        let (parent, name) = place.rsplit_once('/').unwrap();
        let mut forged = document.clone();
        match forged.pointer_mut(parent).unwrap() {
            Value::Object(fields) => drop(fields.remove(name)),
            Value::Array(items) => drop(items.remove(name.parse().unwrap())),
            _ => {}
        }
        all.push((format!("{place} left out"), forged));
    }
    all.retain(|(_, forged)| forged != document);
    all
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    if !place.is_empty() {
        places.push(place.clone());
    }
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| collect(value, format!("{place}/{name}"), places));
        }
        Value::Array(items) => {
            (0..).zip(items).for_each(|(index, value): (usize, _)| {
                collect(value, format!("{place}/{index}"), places);
            });
        }
        _ => {}
    }
}

/// The text with another character in its middle.
fn flipped(text: &str) -> String {
    let middle = text.chars().count() / 2;
    let other = |(index, letter)| match (index == middle, letter) {
        (false, letter) => letter,
        (true, 'a') => 'b',
        (true, _) => 'a',
    };
    text.chars().enumerate().map(other).collect()
}

#[test]
fn a_receipt_with_any_field_changed_is_not_verified() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::with_sample_app(&Place::folder(folder.path()));
    driver.ok(&submission("one"));
    driver.ok(&submission("two"));
    let receipt = driver.ok(&submission("three"))["receipt"].take();
    assert!(!receipt["inclusionProof"].as_array().unwrap().is_empty());
    let verified = driver.ok(&json!({"op": "archive.verify", "receipt": receipt}));
    assert_eq!(verified["verified"], json!(true));
    let forgeries = tampered(&receipt);
    assert!(forgeries.len() > 100);
    for (place, forged) in forgeries {
        let answer = driver.ask(&json!({"op": "archive.verify", "receipt": forged}));
        assert!(answer.get("error").is_some(), "changed at {place}: {answer}");
    }
    let key = verified["key"].as_str().unwrap();
    assert!(driver.ok(&json!({"op": "archive.verify", "receipt": receipt, "key": key})).is_object());
    let other = flipped(key);
    assert!(
        driver.ask(&json!({"op": "archive.verify", "receipt": receipt, "key": other})).get("ok").is_none()
    );
}

#[test]
fn an_audit_with_an_anchor_excludes_that_the_archive_was_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::folder(folder.path());
    let mut driver = Driver::with_sample_app(&place);
    driver.ok(&submission("one"));
    let anchor = driver.ok(&submission("two"))["receipt"].take();
    driver.ok(&submission("three"));
    let without = driver.ok(&json!({"op": "archive.audit"}));
    assert_eq!((&without["sound"], &without["rollbackExcludedTo"]), (&json!(true), &json!(null)));
    let audit = driver.ok(&json!({"op": "archive.audit", "anchor": anchor}));
    assert_eq!((&audit["sound"], &audit["rollbackExcludedTo"]), (&json!(true), &json!(2)));

    let other = tempfile::tempdir().unwrap();
    std::fs::create_dir(other.path().join("altinn-data")).unwrap();
    copy_folder(&folder.path().join("altinn-data/keys"), &other.path().join("altinn-data/keys"));
    let mut put_back = Driver::with_sample_app(&Place::folder(other.path()));
    put_back.ok(&submission("one"));
    let found = put_back.ok(&json!({"op": "archive.audit", "anchor": anchor}));
    assert_eq!(found["sound"], json!(false), "{found}");
    assert_eq!(put_back.ok(&json!({"op": "archive.audit"}))["sound"], json!(true));
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let (path, to) = file.map(|file| (file.path(), to.join(file.file_name()))).unwrap();
        if path.is_dir() {
            copy_folder(&path, &to);
        } else {
            std::fs::copy(path, to).unwrap();
        }
    }
}

#[test]
fn the_feed_is_read_page_by_page_without_gap_or_repeat() {
    let folder = tempfile::tempdir().unwrap();
    let mut driver = Driver::with_sample_app(&Place::folder(folder.path()));
    ["one", "two", "three"].iter().for_each(|key| drop(driver.ok(&submission(key))));
    let all = driver.ok(&json!({"op": "event.feed"}))["events"].take();
    let (mut after, mut seen) = (json!(0), Vec::new());
    loop {
        let mut page = driver.ok(&json!({"op": "event.feed", "after": after, "limit": 5}));
        let events = page["events"].as_array_mut().unwrap();
        if events.is_empty() {
            assert_eq!(page["next"], after);
            break;
        }
        seen.append(events);
        after = page["next"].take();
    }
    assert_eq!(json!(seen), all);
}
