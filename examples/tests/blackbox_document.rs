//! `docs/blackbox.md` says what the program does: its session is run, and its lists are held against the source.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod driver;

use std::collections::BTreeSet;

use altinn_notify::testing::SmtpSink;
use driver::{Driver, Place};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../docs/blackbox.md");
const OPERATIONS: &str = include_str!("../src/bin/blackbox/main.rs");
const SETTINGS: &str = include_str!("../src/bin/blackbox/settings.rs");

/// What stands in the document for more of the same.
const MORE: &str = "…";

#[test]
fn every_example_is_answered_as_the_document_says() {
    let folder = tempfile::tempdir().unwrap();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    std::os::unix::fs::symlink(format!("{root}/examples"), folder.path().join("examples")).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let sink = runtime.block_on(SmtpSink::start()).unwrap();
    let place = Place { smtp_port: Some(sink.port()), ..Place::folder(folder.path()) };
    let mut driver = Driver::start(&place);
    let mut real_values = Vec::new();
    let examples = examples();
    assert!(examples.len() > 15);
    for (command, told) in examples {
        let answer = match serde_json::from_str::<Value>(&command) {
            Ok(mut command) => {
                put_in(&real_values, &mut command);
                driver.ask(&command)
            }
            Err(_) => driver.ask_line(command.as_bytes()),
        };
        assert_eq!(answer["id"], told["id"], "{command}");
        assert_eq!(answer["error"]["code"], told["error"]["code"], "{command} was answered with {answer}");
        same_shape(&told, &answer, &command);
        learn(&told, &answer, &mut real_values);
    }
}

#[test]
fn every_operation_has_a_section_and_an_example() {
    let arms = OPERATIONS.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" =>"));
    let operations: BTreeSet<_> = arms.map(|(operation, _)| operation.to_owned()).collect();
    assert!(operations.len() >= 8);
    let sections = DOCUMENT.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'));
    assert_eq!(sections.map(str::to_owned).collect::<BTreeSet<_>>(), operations);
    let commands = examples().into_iter().filter_map(|(command, _)| serde_json::from_str(&command).ok());
    let shown = commands.filter_map(|command: Value| Some(command["op"].as_str()?.to_owned()));
    assert!(shown.collect::<BTreeSet<_>>().is_superset(&operations));
}

#[test]
fn every_setting_is_told() {
    let in_source = words(SETTINGS);
    assert!(in_source.len() >= 4);
    assert_eq!(words(DOCUMENT), in_source);
}

fn words(text: &str) -> BTreeSet<&str> {
    let letters = |letter: char| !(letter.is_ascii_uppercase() || letter == '_');
    text.split(letters).filter(|word| word.starts_with("ALTINN_")).collect()
}

/// The commands of the document with their answers: the lines of its blocks of JSON, two by two.
fn examples() -> Vec<(String, Value)> {
    let (mut lines, mut in_block) = (Vec::new(), false);
    for line in DOCUMENT.lines() {
        match line {
            "```json" => in_block = true,
            "```" => in_block = false,
            line if in_block => lines.push(line),
            _ => {}
        }
    }
    let (pairs, rest) = lines.as_chunks::<2>();
    assert!(rest.is_empty(), "a command without an answer");
    pairs
        .iter()
        .map(|[command, answer]| {
            let answer = serde_json::from_str(answer).unwrap_or_else(|error| panic!("{answer}: {error}"));
            ((*command).to_owned(), answer)
        })
        .collect()
}

/// The same fields, whose texts may be others; `…` stands for further ones.
fn same_shape(told: &Value, real: &Value, at: &str) {
    match (told, real) {
        (Value::Object(told), Value::Object(real)) => {
            let names = told.keys().filter(|name| *name != MORE);
            for name in names {
                let Some(found) = real.get(name) else { panic!("{at}: no `{name}` in the answer") };
                same_shape(&told[name], found, &format!("{at}/{name}"));
            }
            let untold = real.keys().find(|name| !told.contains_key(*name) && !told.contains_key(MORE));
            assert_eq!(untold, None, "{at}: a field that the document does not show");
        }
        (Value::Array(told), Value::Array(real)) => {
            let more = told.last().is_some_and(|last| last == MORE);
            let shown = told.len() - usize::from(more);
            assert!(real.len() == shown || more && real.len() > shown, "{at}: {} items", real.len());
            told.iter().zip(real).take(shown).for_each(|(told, real)| same_shape(told, real, at));
        }
        (Value::String(_), Value::String(_)) => {}
        (told, real) => assert_eq!(told, real, "{at}"),
    }
}

/// Notes what the values of the document are in this run, whole objects too.
fn learn(told: &Value, real: &Value, real_values: &mut Vec<(Value, Value)>) {
    match (told, real) {
        (Value::Object(inner), Value::Object(_)) => {
            inner.iter().for_each(|(name, told)| learn(told, &real[name], real_values));
        }
        (Value::Array(inner), Value::Array(found)) => {
            inner.iter().zip(found).for_each(|(told, real)| learn(told, real, real_values));
        }
        _ => {}
    }
    if told != real && (told.is_object() || told.as_str().is_some_and(|text| text != MORE)) {
        real_values.push((told.clone(), real.clone()));
    }
}

/// Puts the values of this run where the document has its own.
fn put_in(real_values: &[(Value, Value)], command: &mut Value) {
    if let Some((_, real)) = real_values.iter().find(|(told, _)| told == command) {
        *command = real.clone();
        return;
    }
    match command {
        Value::Object(fields) => fields.values_mut().for_each(|value| put_in(real_values, value)),
        Value::Array(items) => items.iter_mut().for_each(|value| put_in(real_values, value)),
        _ => {}
    }
}
