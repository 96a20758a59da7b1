//! Runs proof cases that others wrote against the log's verification.
//!
//! `cargo run --release -p altinn-archive --example merkle_vectors -- DIR`, where `DIR` holds JSON files in folders that
//! are named `inclusion`, `consistency`, `subtreeinclusion` and `subtreeconsistency`, at any depth. Prints what was
//! expected of each case and what came out, and ends with status 1 when one differs or none was found.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports to whoever runs it")]

mod case;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use case::{Case, Kind, files};

/// How many cases of a kind were expected to be accepted and refused, and how many were.
#[derive(Default)]
struct Count {
    expected: [usize; 2],
    got: [usize; 2],
}

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: merkle_vectors DIR");
        return ExitCode::FAILURE;
    };
    match run(Path::new(&folder)) {
        Ok((passed, failed)) => {
            println!("{passed} passed, {failed} failed");
            if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("merkle_vectors: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs all cases in a folder; says how many came out as expected and how many did not.
fn run(folder: &Path) -> Result<(usize, usize), String> {
    let unreadable = |error| format!("`{}` cannot be read: {error}", folder.display());
    let folder = &fs::canonicalize(folder).map_err(unreadable)?;
    let paths = files(folder).map_err(unreadable)?;
    if paths.is_empty() {
        return Err(format!("`{}` holds no case", folder.display()));
    }
    let mut counts = Kind::ALL.map(|kind| (kind, Count::default()));
    let (mut passed, mut failed) = (0, 0);
    for path in &paths {
        let shown = path.strip_prefix(folder).unwrap_or(path).display();
        let as_expected = match Case::read(path) {
            Ok(case) => report(&case, &shown.to_string(), &mut counts),
            Err(error) => {
                println!("FAILED {shown}: no case: {error}");
                false
            }
        };
        *(if as_expected { &mut passed } else { &mut failed }) += 1;
    }
    print_table(&counts);
    Ok((passed, failed))
}

/// Checks a case, prints a line about it, and says whether it came out as expected.
fn report(case: &Case, name: &str, counts: &mut [(Kind, Count)]) -> bool {
    let verdict = case.check();
    let accepted = verdict.is_ok();
    if let Some((_, count)) = counts.iter_mut().find(|(kind, _)| *kind == case.kind) {
        let [accepts, refuses] = &mut count.expected;
        *(if case.sound { accepts } else { refuses }) += 1;
        let [accepts, refuses] = &mut count.got;
        *(if accepted { accepts } else { refuses }) += 1;
    }
    let word = |accepted| if accepted { "accepted" } else { "refused" };
    let mark = if accepted == case.sound { "ok    " } else { "FAILED" };
    let why = verdict.err().map(|error| format!(": {error}")).unwrap_or_default();
    println!("{mark} {name}: expected {}, got {}{why}", word(case.sound), word(accepted));
    accepted == case.sound
}

fn print_table(counts: &[(Kind, Count)]) {
    println!("\n{:20} {:>18} {:>18}", "", "accepted", "refused");
    println!("{:20} {:>9} {:>8} {:>9} {:>8}", "kind", "expected", "got", "expected", "got");
    for (kind, Count { expected: [accepts, refuses], got: [accepted, refused] }) in counts {
        println!("{:20} {accepts:>9} {accepted:>8} {refuses:>9} {refused:>8}", kind.name());
    }
}
