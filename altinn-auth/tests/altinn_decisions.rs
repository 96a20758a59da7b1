//! Altinn's own decision cases, where they are at hand, through the program that runs them.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_core::testing::report;

mod corpus;
#[allow(dead_code, reason = "the program's own beginning is not needed")]
#[path = "../examples/altinn_decisions/main.rs"]
mod runner;

#[tokio::test]
async fn every_case_is_decided_as_altinn_decides_it() {
    let Some(folder) = corpus::folder("altinn-authorization") else { return };
    let (passed, failed) = runner::run(&folder).await.unwrap();
    report(format_args!("{passed} cases of Altinn decided, {failed} otherwise"));
    assert_eq!(failed, 0);
}

#[tokio::test]
async fn a_folder_without_cases_is_an_error() {
    assert!(runner::run(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).await.is_err());
}
