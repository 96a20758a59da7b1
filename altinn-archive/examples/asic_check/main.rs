//! Checks ASiC-E containers and says what was found.
//!
//! `cargo run --release -p altinn-archive --features asic --example asic_check -- FILE|DIR ...` prints a report for every
//! file, or for every `.asice` and `.asics` file in a folder, and ends with status 1 when one is not sound or none was
//! found.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports to whoever runs it")]

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use altinn_archive::asic::{AsicError, AsicReport, Container, Limits, SignatureForm, Verdict};

fn main() -> ExitCode {
    let mut containers = Vec::new();
    for argument in std::env::args_os().skip(1) {
        if let Err(error) = find(Path::new(&argument), &mut containers) {
            eprintln!("asic_check: `{}` cannot be read: {error}", Path::new(&argument).display());
            return ExitCode::FAILURE;
        }
    }
    if containers.is_empty() {
        eprintln!("usage: asic_check FILE|DIR ...\nno container was found");
        return ExitCode::FAILURE;
    }
    let mut counts = [0; 3];
    for path in &containers {
        println!("{}", path.display());
        let place = match check(path) {
            Ok(report) => print_report(&report),
            Err(error) => {
                println!("  refused: {error} [{}]", error.code());
                2
            }
        };
        counts.iter_mut().skip(place).take(1).for_each(|count| *count += 1);
    }
    let [valid, unsupported, invalid] = counts;
    println!("{valid} valid, {unsupported} unsupported, {invalid} invalid");
    if invalid == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The containers that an argument means.
fn find(path: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        fs::metadata(path)?;
        found.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    let is_container = |path: &PathBuf| path.extension().is_some_and(|it| it == "asice" || it == "asics");
    let mut containers: Vec<_> = entries.into_iter().filter(is_container).collect();
    containers.sort();
    found.extend(containers);
    Ok(())
}

fn check(path: &Path) -> Result<AsicReport, AsicError> {
    let file = File::open(path).map_err(|error| AsicError::Zip { reason: error.to_string() })?;
    Container::open(file, Limits::default())?.check()
}

/// Prints a report; gives the place of its verdict in the counts.
fn print_report(report: &AsicReport) -> usize {
    let (place, word) = match report.verdict() {
        Verdict::Valid => (0, "valid"),
        Verdict::Unsupported => (1, "unsupported: the digests are right, a signature is not verified"),
        Verdict::Invalid => (2, "invalid"),
    };
    println!("  {word}");
    for file in &report.files {
        let by = if file.covered_by.is_empty() { "nothing".to_owned() } else { file.covered_by.join(", ") };
        println!("  file {} ({} bytes), covered by {by}", file.name, file.size);
    }
    for signature in &report.signatures {
        let form = match signature.form {
            SignatureForm::Xades => "XAdES signature",
            SignatureForm::Timestamp => "timestamp",
            _ => "CAdES signature",
        };
        println!("  {form} {}: {:?}", signature.file, signature.verdict);
        if let Some(certificate) = &signature.certificate {
            println!("    by {}\n    issued by {}", certificate.subject, certificate.issuer);
        }
        if let Some(time) = signature.signing_time {
            println!("    says it was made at {time}");
        }
        signature.timestamps.iter().for_each(|time| println!("    timestamp of {time}"));
        if signature.unverified_timestamps > 0 {
            println!("    {} timestamps that are not verified", signature.unverified_timestamps);
        }
    }
    report.faults.iter().for_each(|fault| println!("  fault: {fault} [{}]", fault.code()));
    report.remarks.iter().for_each(|remark| println!("  remark: {remark}"));
    place
}
