//! Runs decision cases of Altinn: a request, the world around it, and the answer that is expected.
//!
//! `cargo run --release -p altinn-auth --example altinn_decisions -- DIR` runs every case below `DIR/decisions`, with the
//! world in `DIR/pip` and the policies of delegations in `DIR/delegation-policies`. Failing cases are printed with what
//! was expected and what came; the last line is `N passed, N failed`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program says what it does")]

mod case;
mod delegations;
mod expected;
#[allow(dead_code, reason = "other programs need the rest")]
mod json;
mod policies;
mod world;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use altinn_auth::decision::{DecisionPoint, Registers};

use case::Case;
use policies::CasePolicies;
use world::World;

type Failure = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: altinn_decisions DIR");
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
    let cases = Case::all_below(&folder.join("decisions"))?;
    if cases.is_empty() {
        return Err(format!("no case is found below {}", folder.join("decisions").display()).into());
    }
    let world = Arc::new(World::load(folder)?);
    let registers = Registers::new(world.clone(), world.clone())
        .with_users(world.clone())
        .with_instances(world.clone())
        .with_delegations(world.clone())
        .with_access_packages(world.clone())
        .with_access_lists(world.clone())
        .with_estates(world);
    let (mut passed, mut failed) = (0, 0);
    for case in &cases {
        let policies = CasePolicies { decisions: folder.join("decisions"), own: case.own_policy() };
        let point = DecisionPoint::new(Arc::new(policies), registers.clone());
        match case.run(&point).await {
            Ok(()) => passed += 1,
            Err(difference) => {
                failed += 1;
                println!("{}\n  {difference}", case.name());
            }
        }
    }
    Ok((passed, failed))
}
