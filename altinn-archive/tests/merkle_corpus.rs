//! Proof cases that others wrote, if they are there: each must be accepted or refused as it says.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "../examples/merkle_vectors/case.rs"]
mod case;

use std::path::{Path, PathBuf};

use altinn_core::testing::report;
use case::{Case, Kind, files};

#[test]
fn every_case_is_accepted_or_refused_as_it_says() {
    let corpora = std::env::var_os("ALTINN_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora"), PathBuf::from);
    let folder = corpora.join("merkle");
    if !folder.is_dir() {
        report(format_args!("skipped: there are no cases in `{}`", folder.display()));
        return;
    }
    let (mut accepted, mut refused, mut wrong) = (0, 0, Vec::new());
    let mut kinds: Vec<Kind> = Vec::new();
    for path in files(&folder).unwrap() {
        let case = Case::read(&path).unwrap();
        let found = case.check().is_ok();
        *(if found { &mut accepted } else { &mut refused }) += 1;
        if found != case.sound {
            wrong.push(path);
        }
        if !kinds.contains(&case.kind) {
            kinds.push(case.kind);
        }
    }
    report(format_args!("merkle: {} cases, {accepted} accepted, {refused} refused", accepted + refused));
    assert!(kinds.len() >= 2, "the folder holds inclusion and consistency proofs");
    assert!(wrong.is_empty(), "{} of {} cases are wrong: {wrong:#?}", wrong.len(), accepted + refused);
}
