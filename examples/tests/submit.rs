//! The main job, as a program: on the sample app, and on apps that others made.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use altinn_core::testing::report;

fn submit(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_submit")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Asserts that the job was done from end to end, and shown.
fn assert_done(output: &Output) {
    let said = said(output);
    assert!(output.status.success(), "{said}");
    for step in [
        "somebody without a role for the party is refused",
        "has logged in at a fake ID-porten; the token is verified: level 4",
        "a form that is not in order is kept as a draft, and refused",
        "it is sent in",
        "sending in again has no effect, and gives the same receipt",
        "verified offline with the public key",
        "with another level in it: the inclusion proof",
        "the mail server got: Kvittering",
        "app.instance.process.completed",
    ] {
        assert!(said.contains(step), "`{step}` is missing in:\n{said}");
    }
}

/// An app of the corpora, if they are here.
fn corpus_app(path: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora");
    let corpora = std::env::var_os("ALTINN_CORPORA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if !corpora.exists() {
        report(format_args!("skipped: there are no corpora at {}", corpora.display()));
        return None;
    }
    let app = corpora.join("altinn-apps").join(path);
    assert!(app.exists(), "the corpora are there, without {}", app.display());
    Some(app)
}

#[test]
fn the_sample_app_is_submitted_from_form_to_verified_receipt() {
    let output = submit(&[]);
    assert_done(&output);
    assert!(
        said(&output).contains("`/applicant/email` (line 5, column 14): This must be an e-mail address.")
    );
}

#[test]
fn an_app_whose_only_task_is_signing_is_submitted() {
    let Some(app) = corpus_app("forer-legeerklaering/src/App") else { return };
    let output = submit(&[&app]);
    assert_done(&output);
    assert!(said(&output).contains("signatur (application/json"));
}

#[test]
fn an_app_with_a_pdf_service_task_is_submitted_with_its_receipt_document() {
    let Some(app) = corpus_app("altinn-studio/apps/src/test/apps/expression-validation-test/App") else {
        return;
    };
    let output = submit(&[&app]);
    assert_done(&output);
    assert!(said(&output).contains("ref-data-as-pdf (application/pdf"));
}

#[test]
fn an_app_with_several_signers_is_submitted_by_each_in_turn() {
    let Some(app) = corpus_app("altinn-studio/apps/src/test/apps/signing-test/App") else { return };
    let output = submit(&[&app]);
    assert_done(&output);
    assert_eq!(said(&output).matches("does `sign`").count(), 2);
}

#[test]
fn an_app_that_takes_a_payment_is_paid_for_at_a_test_provider() {
    let Some(app) = corpus_app("altinn-studio/apps/src/test/apps/payment-test/App") else { return };
    let output = submit(&[&app]);
    assert_done(&output);
    let said = said(&output);
    assert!(
        said.contains("pays 1250.00 NOK in Task_2") && said.contains("paymentReceiptPdf (application/pdf")
    );
}

#[test]
fn service_tasks_that_need_code_are_named_and_a_stand_in_does_them() {
    let Some(app) = corpus_app("altinn-studio/apps/src/test/apps/service-task/App") else { return };
    let output = submit(&[&app]);
    assert_done(&output);
    for kind in ["eFormidling", "fail"] {
        assert!(said(&output).contains(&format!("tasks of kind `{kind}` need the agency's code")));
    }
}

#[test]
fn an_app_of_one_signing_task_is_submitted() {
    let Some(app) = corpus_app("forer-legeerklaering/src/App") else { return };
    assert_done(&submit(&[&app]));
}

#[test]
fn what_is_wrong_with_a_folder_or_a_form_is_named_and_nothing_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let sample = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/bakery-licence"));
    let not_json = folder.path().join("form.json");
    std::fs::write(&not_json, "{\n  \"applicant\": }").unwrap();
    for (arguments, why) in [
        (vec![folder.path()], "applicationmetadata.json"),
        (vec![Path::new("/no/such/folder")], "/no/such/folder"),
        (vec![sample, not_json.as_path()], "line 2, column 16"),
        (vec![sample, Path::new("/no/such/form.json")], "/no/such/form.json"),
    ] {
        let output = submit(&arguments);
        assert!(!output.status.success());
        let said = said(&output);
        assert!(said.contains("stopped: ") && said.contains(why), "`{why}` is missing in:\n{said}");
        assert!(!said.contains("it is sent in"));
    }
}

#[test]
fn a_malformed_file_of_an_app_is_named() {
    let files = [
        ("config/applicationmetadata.json", "{\n  \"id\": 5"),
        ("config/process/process.bpmn", "<definitions"),
        ("config/authorization/policy.xml", "<Policy></Rule>"),
        ("models/application.schema.json", "{\"type\": 7}"),
    ];
    for (file, content) in files {
        let folder = tempfile::tempdir().unwrap();
        copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/apps/bakery-licence")), folder.path());
        let target = folder.path().join("App").join(file);
        assert!(target.exists(), "the sample app has no {file}");
        std::fs::write(target, content).unwrap();
        let output = submit(&[folder.path()]);
        assert_eq!(output.status.code(), Some(1));
        let last = said(&output).lines().last().unwrap().to_owned();
        assert!(last.starts_with("stopped: ") && last.contains(file), "`{file}` is not named in: {last}");
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in from.read_dir().unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
