//! The receipts that people read, judged by veraPDF, which this project did not write.
//!
//! `ALTINN_TEST_VERAPDF` names a Python that has it; `scripts/test` installs it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::Command;

use altinn_core::testing::report;
use tempfile::TempDir;

const CHECK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/pdf_check.py");

/// What the validator says of files, and whether it accepts all of them; none where it is not here.
fn judged(files: &[PathBuf]) -> Option<(bool, String)> {
    let Some(python) = std::env::var_os("ALTINN_TEST_VERAPDF") else {
        report(format_args!("skipped: ALTINN_TEST_VERAPDF names no Python with veraPDF"));
        return None;
    };
    let output = Command::new(python).arg(CHECK).args(files).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() || said.contains("refused"), "{said}{failed}");
    Some((output.status.success(), said))
}

/// The receipts of a submission of an app, in three languages.
fn documents(app: Option<&Path>, into: &Path) -> Vec<PathBuf> {
    std::fs::create_dir_all(into).unwrap();
    let mut submit = Command::new(env!("CARGO_BIN_EXE_submit"));
    let output = submit.args(app).env("ALTINN_SUBMIT_DOCUMENTS", into).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let files = std::fs::read_dir(into).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>();
    assert_eq!(files.len(), 3, "{files:?}");
    files
}

fn apps_of_others() -> Vec<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora");
    let corpora = std::env::var_os("ALTINN_CORPORA").map_or_else(|| PathBuf::from(beside), PathBuf::from);
    if !corpora.is_dir() {
        report(format_args!("skipped: there are no corpora at {}", corpora.display()));
        return Vec::new();
    }
    let apps = corpora.join("altinn-apps");
    let tests = "altinn-studio/apps/src/test/apps";
    [
        "forer-legeerklaering/src/App".to_owned(),
        format!("{tests}/signing-test/App"),
        format!("{tests}/payment-test/App"),
    ]
    .map(|app| apps.join(app))
    .into()
}

#[test]
fn the_receipts_of_every_app_are_accepted_in_every_language() {
    let folder = TempDir::new().unwrap();
    let mut files = documents(None, &folder.path().join("sample"));
    for (app, index) in apps_of_others().iter().zip(0..) {
        files.extend(documents(Some(app), &folder.path().join(format!("app{index}"))));
    }
    let Some((accepted, said)) = judged(&files) else { return };
    assert!(accepted, "{said}");
    assert_eq!(said.matches("accepted").count(), files.len(), "{said}");
}

#[test]
fn a_receipt_with_a_fault_is_refused() {
    let folder = TempDir::new().unwrap();
    let files = documents(None, &folder.path().join("sample"));
    let whole = std::fs::read(&files[0]).unwrap();
    let text: String = whole.iter().map(|byte| char::from(*byte)).collect();
    for (fault, replaced) in
        [("/StructTreeRoot", "/StructTreeRooT"), ("/MarkInfo", "/MarkInfX"), ("/Lang", "/Lxng")]
    {
        assert!(text.contains(fault), "{fault}");
        let broken: Vec<u8> = text.replace(fault, replaced).chars().map(|letter| letter as u8).collect();
        assert_eq!(broken.len(), whole.len());
        let file = folder.path().join("broken.pdf");
        std::fs::write(&file, broken).unwrap();
        let Some((accepted, said)) = judged(&[file]) else { return };
        assert!(!accepted && said.contains("refused"), "{fault}: {said}");
    }
}
