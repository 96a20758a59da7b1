//! Runs cases of Altinn's access management: a question, the world around it, and the answer that is expected.
//!
//! `cargo run --release -p altinn-auth --example access_management -- DIR` runs what it finds in `DIR/Json` and its
//! neighbours: queries for rights and for rights that can be delegated, lists of authorized parties, delegations of
//! instances by apps, and which delegations count. Failing cases are printed with what was expected and what came; so
//! are those that the material does not decide, with the reason. The last line is `N passed, N failed`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program says what it does")]

mod authorized_parties;
mod changes;
mod instances;
#[allow(dead_code, reason = "not every way to read JSON is needed")]
#[path = "../altinn_decisions/json.rs"]
mod json;
mod outcome;
mod rights;
mod undecided;
mod world;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use outcome::{Case, Outcome};
use world::World;

pub(crate) type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: access_management DIR");
        return ExitCode::from(2);
    };
    match run(Path::new(&folder)).await {
        Ok((passed, failed)) => {
            println!("{passed} passed, {failed} failed");
            if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

pub(crate) async fn run(folder: &Path) -> Result<(usize, usize), Failure> {
    let world = Arc::new(World::load(folder)?);
    let mut cases = rights::cases(&world).await?;
    cases.extend(authorized_parties::cases(&world)?);
    cases.extend(instances::cases(&world).await?);
    cases.extend(changes::cases(&world)?);
    cases.extend(undecided::cases(&world));
    if cases.is_empty() {
        return Err(format!("no case is found below {}", folder.display()).into());
    }
    cases.iter().for_each(Case::print);
    Ok(summary(&cases))
}

/// Prints how many cases of each kind came out how.
fn summary(cases: &[Case]) -> (usize, usize) {
    let mut kinds: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for case in cases {
        let [passed, failed, undecided] = kinds.entry(case.kind).or_default();
        *match case.outcome {
            Outcome::Passed => passed,
            Outcome::Failed(_) => failed,
            Outcome::NotDecidable(_) => undecided,
        } += 1;
    }
    println!("{:<28} {:>7} {:>7} {:>14}", "kind", "passed", "failed", "not decidable");
    for (kind, [passed, failed, undecided]) in &kinds {
        println!("{kind:<28} {passed:>7} {failed:>7} {undecided:>14}");
    }
    let sum = |of: fn(&[usize; 3]) -> usize| kinds.values().map(of).sum();
    (sum(|[passed, ..]| *passed), sum(|[_, failed, _]| *failed))
}
