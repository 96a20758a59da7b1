//! The visible cases of the shared test suite of Altinn's expressions, from `ALTINN_CORPORA`.

#![allow(clippy::print_stderr, reason = "a test that says how much it ran")]

#[path = "../examples/expression_cases/case.rs"]
mod case;
#[path = "../examples/expression_cases/outcome.rs"]
mod outcome;

use std::path::Path;

#[test]
fn every_case_comes_out_as_expected() {
    let Ok(corpora) = std::env::var("ALTINN_CORPORA") else {
        eprintln!("skipped: ALTINN_CORPORA names no folder");
        return;
    };
    let mut count = 0;
    let mut differences = Vec::new();
    for folder in ["altinn-expressions", "altinn-expression-validation"] {
        for file in case::files_below(&Path::new(&corpora).join(folder)).unwrap() {
            for case in case::cases_of(&file).unwrap() {
                count += 1;
                if let Err(difference) = case.run() {
                    differences.push(format!("{}: {difference:?}", case.name));
                }
            }
        }
    }
    eprintln!("{count} cases of expressions");
    assert!(count > 0, "the folders hold no case");
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
