//! Runs on Altinn 3 app definitions that this project did not write.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking and say how many cases they ran"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use altinn_core::testing::report;
use altinn_services::definition::{AppDefinition, ApplicationMetadata};
use altinn_services::form::{FormSchema, counterexample, sample};
use altinn_services::process::{Element, Event, Process, ProcessState, step};
use serde_json::Value;

/// The folder of apps, unless there is none.
fn apps() -> Option<PathBuf> {
    let corpora = std::env::var_os("ALTINN_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"), PathBuf::from);
    let apps = corpora.join("altinn-apps");
    if apps.is_dir() {
        return Some(apps);
    }
    report(format_args!("skipped: no app definitions at {}", apps.display()));
    None
}

fn files_below(folder: &Path, matches: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut ahead = vec![folder.to_path_buf()];
    while let Some(folder) = ahead.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                ahead.push(path);
            } else if matches(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn named(path: &Path, end: &str) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(end))
}

fn is_negative(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    name.starts_with("invalid") || name.contains("no-end")
}

#[test]
fn every_whole_app_loads_and_has_forms_that_accept_a_sample() {
    let Some(apps) = apps() else { return };
    let metadata = files_below(&apps, &|path| path.ends_with("config/applicationmetadata.json"));
    let whole = |app: &&PathBuf| {
        app.join("config/process/process.bpmn").is_file()
            && app.join("config/authorization/policy.xml").is_file()
    };
    let folders: Vec<PathBuf> =
        metadata.iter().map(|file| file.ancestors().nth(2).unwrap().to_path_buf()).collect();
    let (mut loaded, mut forms, mut remarks) = (0, 0, 0);
    for folder in folders.iter().filter(whole) {
        let app = AppDefinition::load(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for data_type in app.metadata().data_types() {
            let Some(schema) = app.form_schema(&data_type.id) else { continue };
            let made = sample(schema)
                .unwrap_or_else(|error| panic!("{} {}: {error}", folder.display(), data_type.id));
            assert!(schema.is_valid(&made));
            let wrong = counterexample(schema).unwrap().expect("a form has fields that can be wrong");
            assert!(!schema.validate(&wrong).is_empty());
            forms += 1;
        }
        remarks += app.remarks().len();
        loaded += 1;
    }
    report(format_args!("{loaded} apps loaded, {forms} forms with a sample, {remarks} remarks"));
    assert!(loaded > 0, "the folder holds no whole app");
}

#[test]
fn every_metadata_file_is_read_and_keeps_fields_that_are_not_known() {
    let Some(apps) = apps() else { return };
    let (mut read, mut refused) = (0, 0);
    for file in files_below(&apps, &|path| named(path, "applicationmetadata.json")) {
        let name = file.display().to_string();
        match ApplicationMetadata::parse(&name, &fs::read_to_string(&file).unwrap()) {
            Ok(metadata) => {
                assert!(!is_negative(&file), "{name} must be refused");
                let written = serde_json::to_string(&metadata).unwrap();
                let again = ApplicationMetadata::parse(&name, &written).unwrap();
                assert_eq!(again, metadata, "{name}");
                read += 1;
            }
            Err(error) => {
                assert!(is_negative(&file), "{error}");
                assert!(error.position().is_some(), "{error}");
                refused += 1;
            }
        }
    }
    report(format_args!("{read} metadata files read, {refused} refused"));
    assert!(read > 0, "the folder holds no metadata");
}

#[test]
fn every_schema_compiles_or_is_refused_for_what_lies_outside_it() {
    let Some(apps) = apps() else { return };
    let (mut compiled, mut sampled, mut refused) = (0, 0, 0);
    for file in files_below(&apps, &|path| named(path, ".schema.json")) {
        let text = fs::read_to_string(&file).unwrap();
        let schema: Value = match serde_json::from_str(text.trim_start_matches('\u{feff}')) {
            Ok(schema) => schema,
            Err(error) => {
                assert!(is_negative(&file), "{}: {error}", file.display());
                refused += 1;
                continue;
            }
        };
        match FormSchema::compile(&schema) {
            Ok(schema) => {
                assert!(!is_negative(&file), "{} must be refused", file.display());
                compiled += 1;
                match sample(&schema) {
                    Ok(_) => sampled += 1,
                    Err(error) => {
                        report(format_args!("  {}: {error}", file.file_name().unwrap().to_string_lossy()));
                    }
                }
            }
            Err(error) => {
                let leads_out = error.code() == "SCHEMA-REMOTE-REFERENCE";
                assert!(leads_out || is_negative(&file), "{}: {error}", file.display());
                refused += 1;
            }
        }
    }
    report(format_args!("{compiled} schemas compiled ({sampled} with a sample), {refused} refused"));
    assert!(compiled > 0, "the folder holds no schema");
}

#[test]
fn every_process_is_walked_to_an_end_or_names_what_stands_in_the_way() {
    let Some(apps) = apps() else { return };
    let (mut walked, mut stopped, mut refused) = (0, BTreeMap::new(), BTreeMap::new());
    for file in files_below(&apps, &|path| named(path, ".bpmn")) {
        let process = match Process::from_bpmn(&fs::read(&file).unwrap()) {
            Ok(process) => process,
            Err(error) => {
                *refused.entry(error.code()).or_insert(0) += 1;
                let is_no_process = error.code() == "PROCESS-NOT-BPMN";
                assert!(is_negative(&file) || is_no_process, "{}: {error}", file.display());
                continue;
            }
        };
        assert!(!is_negative(&file), "{} must be refused", file.display());
        let outcome = walk_everywhere(&process);
        if outcome.ends.is_empty() {
            assert!(!outcome.obstacles.is_empty(), "{} has no end", file.display());
            stopped.insert(file, outcome.obstacles);
        } else {
            walked += 1;
        }
    }
    report(format_args!(
        "{walked} processes walked to an end, {} stop on the way, refused: {refused:?}",
        stopped.len()
    ));
    for (file, obstacles) in &stopped {
        report(format_args!("  {}: {obstacles:?}", file.file_name().unwrap().to_string_lossy()));
    }
    assert!(walked > 0, "the folder holds no process");
}

#[derive(Default)]
struct Outcome {
    ends: BTreeSet<String>,
    obstacles: BTreeSet<String>,
}

/// Takes every allowed action in every task that can be reached.
fn walk_everywhere(process: &Process) -> Outcome {
    let now = "2026-11-23T10:00:00Z".parse().unwrap();
    let mut outcome = Outcome::default();
    let mut seen = BTreeSet::new();
    let mut ahead = vec![(ProcessState::not_started(), Event::Start)];
    while let Some((state, event)) = ahead.pop() {
        let next = match step(process, &state, &event, now) {
            Ok(step) => step.state,
            Err(refusal) => {
                outcome.obstacles.insert(refusal.code().to_owned());
                continue;
            }
        };
        let Some(current) = next.current_task() else {
            outcome.ends.extend(next.end_event.clone());
            continue;
        };
        if seen.insert(current.element_id.clone()) {
            let task = process.task(&current.element_id).unwrap();
            ahead.extend(events(process, &task.id).into_iter().map(|event| (next.clone(), event)));
        }
    }
    outcome
}

fn events(process: &Process, task: &str) -> Vec<Event> {
    let Some(Element::Task(task)) = process.element(task) else { return Vec::new() };
    if task.is_done_by_machine() {
        return vec![Event::done(&task.id)];
    }
    task.allowed_actions().into_iter().map(Event::next).collect()
}
