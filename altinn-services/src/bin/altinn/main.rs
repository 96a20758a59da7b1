//! The `altinn` command: what an agency does with its services from a shell.
//!
//! Exit status: 0 when all is in order, 1 when something was found that is not, 2 when the command was not understood
//! or could not be carried out. Answers go to standard output, as JSON with `--json`; what went wrong to standard error.

mod answer;
mod archive;
#[cfg(feature = "broker")]
mod broker;
mod check;
mod doctor;
mod folder;
mod migrate;
mod place;
mod policy;
#[cfg(all(feature = "axum", feature = "testing"))]
mod run;

use std::process::ExitCode;

use answer::{Answer, Failure};
use clap::{Parser, Subcommand};

/// Altinn services in an agency's own program.
///
/// Exit status: 0 when all is in order, 1 when something is not, 2 when the command could not be carried out.
#[derive(Debug, Parser)]
#[command(name = "altinn", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Writes the answer as JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    /// Asks and tests the policy of a service, without any person or register.
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Proves what an archive holds.
    #[command(subcommand)]
    Archive(archive::Archive),
    /// Sends files to a broker service over HTTP, and fetches them; what breaks off goes on.
    #[cfg(feature = "broker")]
    #[command(subcommand)]
    Broker(broker::Broker),
    Doctor(doctor::Doctor),
    Migrate(migrate::Migrate),
    #[cfg(all(feature = "axum", feature = "testing"))]
    Run(run::Run),
}

fn main() -> ExitCode {
    #[cfg(all(feature = "axum", feature = "testing"))]
    if altinn_services::testing::PassingFolder::tidies() {
        return ExitCode::SUCCESS;
    }
    let Arguments { command, json } = Arguments::parse();
    answer(command, json).and_then(|answer| answer.print(json)).unwrap_or_else(|failure| failure.print())
}

fn answer(command: Command, json: bool) -> Result<Answer, Failure> {
    match command {
        Command::Check(check) => check.run(),
        Command::Policy(policy) => policy.run(),
        Command::Archive(archive) => archive.run(),
        #[cfg(feature = "broker")]
        Command::Broker(broker) => broker.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Migrate(migrate) => migrate.run(),
        #[cfg(all(feature = "axum", feature = "testing"))]
        Command::Run(run) => run.run(json),
    }
}
