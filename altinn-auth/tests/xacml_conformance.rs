//! The OASIS conformance cases of XACML 3.0 (in AuthzForce's form), where they are at hand.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests fail by panicking and say what ran")]

use altinn_core::testing::report;

#[path = "../examples/xacml_conformance/case.rs"]
mod case;
mod corpus;
#[path = "../examples/xacml_conformance/run.rs"]
mod run;
#[path = "../examples/xacml_conformance/summary.rs"]
mod summary;

#[test]
fn the_mandatory_cases_of_the_standard_are_decided_as_expected() {
    all_in("mandatory");
}

#[test]
fn the_optional_cases_are_decided_as_expected() {
    all_in("optional");
}

#[test]
fn ids_references_and_obligations_are_handled_as_expected() {
    all_in("others");
}

#[test]
fn cases_that_other_engines_leave_out_are_decided_as_expected() {
    all_in("unsupported");
}

/// Runs every case of a folder; all must pass.
fn all_in(group: &str) {
    let Some(folder) = corpus::folder(&format!("xacml3-conformance/authzforce/{group}")) else { return };
    let cases = case::find(&folder).unwrap();
    let mut summary = summary::Summary::default();
    for case in &cases {
        summary.add(case, &run::run(case));
    }
    report(format_args!("{group}:\n{summary}"));
    assert!(summary.passed() > 0, "the folder holds no case");
    assert_eq!(summary.failed(), 0);
}
