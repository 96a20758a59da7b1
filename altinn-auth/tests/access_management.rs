//! Cases of Altinn's access management, where they are at hand, through the program that runs them.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use altinn_core::testing::report;

mod corpus;
#[allow(dead_code, reason = "the program's own beginning is not needed")]
#[path = "../examples/access_management/main.rs"]
mod runner;

#[tokio::test]
async fn every_case_is_answered_as_altinn_answers_it() {
    let Some(folder) = corpus::folder("access-management") else { return };
    let (passed, failed) = runner::run(&folder).await.unwrap();
    report(format_args!("{passed} cases of Altinn's access management answered, {failed} otherwise"));
    assert!(passed > 0);
    assert_eq!(failed, 0);
}

#[tokio::test]
async fn a_folder_without_cases_is_an_error() {
    assert!(runner::run(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).await.is_err());
}
