//! Runs conformance cases of XACML 3.0: `cargo run --release -p altinn-auth --example xacml_conformance -- DIR`.
//!
//! Every case found below the folder is run, whatever part of a suite it is and however it is nested. The last line is
//! `N passed, N failed`; the exit status is 1 when a case failed, and 2 when there is none.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]

mod case;
mod run;
mod summary;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: xacml_conformance DIR");
        return ExitCode::from(2);
    };
    let cases = match case::find(Path::new(&folder)) {
        Ok(cases) if cases.is_empty() => {
            eprintln!("xacml_conformance: there is no case in {}", Path::new(&folder).display());
            return ExitCode::from(2);
        }
        Ok(cases) => cases,
        Err(error) => {
            eprintln!("xacml_conformance: {}: {error}", Path::new(&folder).display());
            return ExitCode::from(2);
        }
    };
    let mut summary = summary::Summary::default();
    for case in &cases {
        summary.add(case, &run::run(case));
    }
    println!("{summary}");
    if summary.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
