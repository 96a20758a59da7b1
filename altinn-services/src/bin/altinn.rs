//! The `altinn` command: what an agency does with its services from a shell.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to whoever called it")]

use std::path::PathBuf;
use std::process::ExitCode;

use altinn_services::definition::{Fault, FaultSeverity, check};
use clap::{Parser, Subcommand};

/// Altinn services in an agency's own program.
#[derive(Debug, Parser)]
#[command(name = "altinn", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists every fault of a service's folder, with file and line.
    ///
    /// Exit status: 0 when there is no error, 1 when there is one, 2 when the command was not understood.
    Check {
        /// The folder of an Altinn 3 app, or of a service with a `service.toml`.
        folder: PathBuf,
        /// Writes the faults as a JSON list.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Check { folder, json } => report(&check(folder), json),
    }
}

fn report(faults: &[Fault], json: bool) -> ExitCode {
    let errors = faults.iter().filter(|fault| fault.severity == FaultSeverity::Error).count();
    if json {
        match serde_json::to_string_pretty(faults) {
            Ok(list) => println!("{list}"),
            Err(error) => eprintln!("altinn: {error}"),
        }
    } else {
        faults.iter().for_each(|fault| println!("{fault}"));
        println!("{errors} errors, {} warnings", faults.len() - errors);
    }
    if errors > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
