//! Runs cases of the shared test suite of Altinn's expressions, and shows those that come out otherwise.
//!
//! ```sh
//! cargo run --release -p altinn-services --example expression_cases -- FOLDER...
//! ```
//!
//! A file is one case or holds several; it is about an expression, about the components of a form, or about rules of
//! form data, as its content says. A failure is as expected when its message holds the expected text, in which `*`
//! stands for anything, as in the suite's own test runner.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints")]

mod case;
mod outcome;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let places: Vec<String> = std::env::args().skip(1).collect();
    if places.is_empty() {
        eprintln!("usage: expression_cases FOLDER...");
        return ExitCode::FAILURE;
    }
    let (mut passed, mut failed) = (0_usize, 0_usize);
    for place in &places {
        let files = match case::files_below(Path::new(place)) {
            Ok(files) => files,
            Err(error) => {
                eprintln!("{place}: {error}");
                return ExitCode::FAILURE;
            }
        };
        for file in files {
            let cases = case::cases_of(&file).unwrap_or_else(|error| {
                println!("{}: {error}", file.display());
                failed += 1;
                Vec::new()
            });
            for case in cases {
                match case.run() {
                    Ok(()) => passed += 1,
                    Err(difference) => {
                        println!(
                            "{}\n  expected {}\n  got      {}",
                            case.name, difference.expected, difference.got
                        );
                        failed += 1;
                    }
                }
            }
        }
    }
    if passed + failed == 0 {
        eprintln!("no cases found");
        return ExitCode::FAILURE;
    }
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
