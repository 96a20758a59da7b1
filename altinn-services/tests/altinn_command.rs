//! The `altinn` command, as it is called from a shell.
#![cfg(feature = "cli")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use altinn_archive::{NewElement, NewEntry, Participant, Receipt};
use altinn_core::AuthenticationLevel;
use altinn_services::Altinn;
use serde_json::Value;

const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence");
const LOOKUP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/services/organization-lookup");

fn altinn(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_altinn"));
    for variable in
        ["ALTINN_STORE_URL", "ALTINN_NEW_STORE_URL", "ALTINN_OBJECTS_URL", "ALTINN_KEYS", "ALTINN_SMTP_HOST"]
    {
        command.env_remove(variable);
    }
    command.args(arguments).output().unwrap()
}

/// The answer as JSON, of a command that ended with this status.
fn json(arguments: &[&str], status: i32) -> Value {
    let output = altinn(&[arguments, &["--json"]].concat());
    assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a command that could not be carried out says.
fn failure(arguments: &[&str]) -> String {
    let output = altinn(arguments);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

/// A store in a folder with one archived entry, its receipt in a file beside it, and the log's public key.
fn archive(folder: &Path) -> (Receipt, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let altinn = Altinn::local(folder.join("agency")).await.unwrap();
        let (party, actor) =
            (Participant::new("50001", "Bakeriet AS"), Participant::new("50002", "Kari Nordmann"));
        let entry = NewEntry::new("ttd/bakery-licence", party, actor, AuthenticationLevel::Sensitive)
            .with_element(NewElement::new("form", "application/json", b"{}".to_vec()));
        let receipt = altinn.archive().append(entry).await.unwrap();
        fs::write(folder.join("receipt.json"), receipt.to_json()).unwrap();
        (receipt, altinn.archive().verifier_key().to_string())
    })
}

#[test]
fn a_folder_in_order_has_no_errors() {
    let output = altinn(&["check", APP]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("0 errors"));
    assert!(json(&["check", APP], 0).is_array());
}

/// As `altinn check FOLDER | head` calls it, when `head` has ended.
#[test]
fn nobody_who_stops_reading_is_told_of_a_failure() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output =
        Command::new(env!("CARGO_BIN_EXE_altinn")).args(["check", APP]).stdout(writer).output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
}

#[test]
fn a_folder_that_is_not_there_and_a_file_are_not_looked_into() {
    for command in ["check", "policy explain --action read", "policy test"] {
        let arguments: Vec<_> = command.split(' ').collect();
        assert!(failure(&[&arguments[..], &["nowhere"]].concat()).contains("`nowhere` cannot be read"));
        assert!(failure(&[&arguments[..], &["Cargo.toml"]].concat()).contains("`Cargo.toml` is no folder"));
    }
}

#[test]
fn what_is_mistyped_for_a_transfer_is_told_as_it_should_be() {
    let fetch = |transfer, url| failure(&["broker", "fetch", transfer, "--url", url]);
    assert!(fetch("42", "https://agency.example.no").contains("is a UUID"));
    let said = fetch("018f6c1e-0000-7000-8000-000000000000", "agency.example.no");
    assert!(said.contains("`agency.example.no` is no address"), "{said}");
}

#[test]
fn a_policy_says_who_may_by_which_rule_and_what_would_help() {
    let write = ["policy", "explain", APP, "--action", "write"];
    let permitted = json(&[&write[..], &["--role", "DAGL", "--task", "Task_1"]].concat(), 0);
    assert_eq!(permitted["code"], "AUTH-PERMITTED");
    assert!(permitted["rule"]["id"].as_str().unwrap().ends_with("ruleid:1"));

    let refused = json(&[&write[..], &["--role", "REVI", "--task", "Task_1"]].concat(), 1);
    assert_eq!(refused["permitted"], false);
    let would_help = refused["wouldHelp"].as_array().unwrap();
    assert!(would_help.iter().any(|right| right["value"] == "DAGL"), "{refused}");

    let low = json(&[&write[..], &["--role", "DAGL", "--level", "0"]].concat(), 1);
    assert_eq!(low["code"], "AUTH-DENIED-LEVEL");
    let mistyped = altinn(&["policy", "explain", APP, "--action", "wriet", "--role", "DAGL"]);
    assert_eq!(mistyped.status.code(), Some(1));
    assert!(String::from_utf8(mistyped.stdout).unwrap().contains("to nobody; it has"));

    let output = altinn(&[&write[..], &["--role", "DAGL"]].concat());
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("DAGL may `write`"));
}

#[test]
fn a_policy_of_any_type_of_service_is_explained() {
    json(&["policy", "explain", LOOKUP, "--action", "read", "--role", "DAGL"], 0);
}

#[test]
fn what_no_policy_can_be_asked_is_refused_with_the_reason() {
    let level = failure(&["policy", "explain", APP, "--action", "write", "--level", "5"]);
    assert!(level.contains("0 to 4"), "{level}");
    let nowhere = failure(&["policy", "explain", "nowhere", "--action", "write"]);
    assert!(nowhere.contains("nowhere"), "{nowhere}");
}

#[test]
fn the_tests_of_a_policy_are_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(Path::new(APP).join("App/config/authorization/policy.xml"), folder.path().join("policy.xml"))
        .unwrap();
    let tests = |expect: &str| {
        let test = format!(
            "resource = \"ttd/bakery-licence\"\n[[test]]\nname = \"an auditor\"\nroles = [\"REVI\"]\n\
             action = \"write\"\nexpect = \"{expect}\"\n"
        );
        fs::write(folder.path().join("policy.test.toml"), test).unwrap();
    };
    let path = folder.path().to_str().unwrap();
    tests("deny");
    assert!(altinn(&["policy", "test", path]).status.success());
    tests("permit");
    let output = altinn(&["policy", "test", path]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stdout).unwrap().contains("an auditor: expected permit"));
}

#[test]
fn a_receipt_is_verified_with_its_content_and_a_changed_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (receipt, key) = archive(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("form.json"), "{}").unwrap();
    fs::write(path("other.json"), "{ }").unwrap();
    fs::write(path("log.pub"), &key).unwrap();

    let verify = |receipt: &str, content: &str, status: i32| {
        let content = format!("form={}", path(content));
        json(&["archive", "verify", &path(receipt), "--key", &path("log.pub"), "--content", &content], status)
    };
    assert_eq!(verify("receipt.json", "form.json", 0)["entry"], receipt.entry().to_string());
    assert_eq!(verify("receipt.json", "other.json", 1)["true"], false);

    fs::write(path("changed.json"), receipt.to_json().replace("Bakeriet AS", "Bakeriet BS")).unwrap();
    assert_eq!(verify("changed.json", "form.json", 1)["true"], false);
    assert!(
        failure(&["archive", "verify", &path("receipt.json"), "--key", "log.pup"])
            .contains("`log.pup` is no file, and no public key")
    );
    assert!(failure(&["archive", "verify", &path("none.json"), "--key", &key]).contains("none.json"));
}

#[test]
fn an_audit_finds_what_was_changed_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let agency = folder.path().join("agency").display().to_string();
    let receipt = folder.path().join("receipt.json").display().to_string();
    let sound = json(&["archive", "audit", &agency, "--anchor", &receipt], 0);
    assert_eq!(
        (&sound["sound"], &sound["entries"], &sound["noRollbackBelow"]),
        (&true.into(), &1.into(), &1.into())
    );

    let database = rusqlite::Connection::open(folder.path().join("agency/altinn.db")).unwrap();
    assert_eq!(database.execute("delete from archive_content", []).unwrap(), 1);
    drop(database);
    let changed = json(&["archive", "audit", &agency], 1);
    assert_eq!(changed["sound"], false);
    assert!(changed["fault"]["code"].is_string());
}

#[test]
fn what_is_not_there_is_named_and_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    assert!(failure(&["archive", "audit", nowhere.to_str().unwrap()]).contains("altinn.db"));
    assert!(!nowhere.exists());
    assert!(failure(&["doctor"]).contains("ALTINN_STORE_URL"));
}

#[test]
fn the_doctor_finds_what_is_ill() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let agency = folder.path().join("agency");
    let path = agency.to_str().unwrap();
    assert!(altinn(&["doctor", path]).status.success());

    let nobody = json(&["doctor", path, "--smtp", "127.0.0.1:1"], 1);
    let mail = nobody.as_array().unwrap().iter().find(|found| found["what"] == "mail server").unwrap();
    assert_eq!(mail["state"], "ill");

    let portless = json(&["doctor", path, "--smtp", "mail.example.no"], 1);
    assert!(portless.to_string().contains("HOST:PORT"), "{portless}");

    fs::remove_file(agency.join("keys/log.pem")).unwrap();
    let keyless = json(&["doctor", path], 1);
    let store = keyless.as_array().unwrap().iter().find(|found| found["what"] == "store and keys").unwrap();
    assert!(store["says"].as_str().unwrap().contains("log.pem"), "{keyless}");
}

#[test]
fn a_store_is_moved_and_only_into_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    archive(folder.path());
    let address = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let (from, to) = (address("agency/altinn.db"), address("new.db"));
    let moved = json(&["migrate", "--from", &from, "--to", &to], 0);
    assert_eq!(moved["tables"]["archive_entry"], 1, "{moved}");
    for part in ["", "-wal", "-shm"] {
        let (new, old) = (format!("new.db{part}"), format!("agency/altinn.db{part}"));
        let _ = fs::remove_file(folder.path().join(&old));
        let _ = fs::rename(folder.path().join(new), folder.path().join(old));
    }
    let receipt = folder.path().join("receipt.json").display().to_string();
    let agency = folder.path().join("agency").display().to_string();
    json(&["archive", "audit", &agency, "--anchor", &receipt], 0);

    assert!(failure(&["migrate", "--from", &from, "--to", &from]).contains("not empty"));
    assert!(failure(&["migrate", "--from", &address("none.db"), "--to", &to]).contains("none.db"));
    assert!(failure(&["migrate"]).contains("ALTINN_STORE_URL"));
}

/// Every page of the documentation, in whatever folder.
fn pages() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")];
    let mut pages = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages
}

/// The commands of a page of the documentation, as they stand in its `console` blocks.
fn documented(page: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(page).unwrap();
    let blocks = text.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let commands = blocks.flat_map(str::lines).filter_map(|line| {
        line.strip_prefix("altinn ").or_else(|| line.split_once("--bin altinn -- ").map(|(_, rest)| rest))
    });
    commands.map(|command| command.split_whitespace().map(str::to_owned).collect()).collect()
}

/// A command that serves until it is stopped says so first.
fn serves(mut program: Command) {
    if !cfg!(all(feature = "axum", feature = "testing")) {
        return;
    }
    let mut child = program.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.starts_with("The form is open: http://127.0.0.1:"), "{line}");
}

#[test]
fn every_command_of_the_documentation_can_be_carried_out() {
    let folder = tempfile::tempdir().unwrap();
    let (receipt, key) = archive(folder.path());
    for (name, text) in
        [("log.pub", key.as_str()), ("form.json", "{}"), ("last-checkpoint", receipt.checkpoint())]
    {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let agency = folder.path().join("agency").display().to_string();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/");
    let service = folder.path().join("dog-licence");
    fs::create_dir(&service).unwrap();
    for file in fs::read_dir(format!("{examples}tutorial/dog-licence")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), service.join(file.file_name())).unwrap();
    }
    let mut carried_out = 0;
    for page in pages() {
        for command in documented(&page) {
            carried_out += 1;
            let command: Vec<String> = command
                .iter()
                .map(|word| word.replace("/srv/agency", &agency).replace("examples/", examples))
                .collect();
            let mut program = Command::new(env!("CARGO_BIN_EXE_altinn"));
            program
                .current_dir(folder.path())
                .env("ALTINN_NEW_STORE_URL", format!("sqlite:{carried_out}.db"))
                .args(&command);
            match command.first().map(String::as_str) {
                Some("run") => {
                    serves(program);
                    continue;
                }
                // The tests of `altinn broker` carry these out, against a server.
                Some("broker") => continue,
                _ => {}
            }
            let output = program.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            // A policy that refuses is an answer too.
            let in_order =
                output.status.success() || (command[0] == "policy" && output.status.code() == Some(1));
            assert!(in_order, "{}: {command:?}: {said}", page.display());
        }
    }
    assert!(carried_out >= 10, "{carried_out}");
}

/// The arguments in a line of a page that calls the command.
fn call_in(line: &str) -> Option<Vec<&str>> {
    let of_cargo = line.split_once("--bin altinn -- ").map(|(_, rest)| rest);
    let call = line.strip_prefix("altinn ").or(of_cargo)?;
    Some(call.split_whitespace().collect())
}

/// The calls of the command in a page, each with its arguments.
fn calls_in(page: &str) -> Vec<Vec<&str>> {
    let blocks = page.split("```").skip(1).step_by(2).filter(|block| block.starts_with("console"));
    blocks.flat_map(str::lines).filter_map(call_in).collect()
}

/// What it is called with in the documentation is understood, in a folder where none of what is named there is.
#[test]
#[cfg(all(feature = "axum", feature = "testing"))]
fn every_call_of_the_documentation_is_understood() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let pages =
        [docs.clone(), docs.join("how-to")].into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let elsewhere = tempfile::tempdir().unwrap();
    let mut found = std::collections::BTreeSet::new();
    for page in pages
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
    {
        for call in calls_in(&fs::read_to_string(&page).unwrap()) {
            let output = Command::new(env!("CARGO_BIN_EXE_altinn"))
                .current_dir(elsewhere.path())
                .env("ALTINN_NEW_STORE_URL", "sqlite:nowhere/altinn.db")
                .args(&call)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!said.contains("Usage:"), "{}: {call:?}: {said}", page.display());
            found.insert(call[0].to_owned());
        }
    }
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        ["archive", "broker", "check", "doctor", "migrate", "policy", "run"]
    );
}
