//! `asic.open`.

use std::fs::File;
use std::path::PathBuf;

use altinn_archive::asic::{AsicError, Container, Limits, Remark};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;

#[derive(Deserialize)]
pub(crate) struct Open {
    /// The container.
    file: PathBuf,
}

/// Checks a container and says what it holds; what is wrong with it is an answer, and one that is not read is refused.
pub(crate) fn open(asked: Open) -> Result<Value, Failure> {
    let file = File::open(&asked.file)
        .map_err(|error| Failure::new("BLACKBOX-FILE", format!("the file cannot be read: {error}")))?;
    let mut container = Container::open(file, Limits::default()).map_err(refused)?;
    let report = container.check().map_err(refused)?;
    let remark = |remark: &Remark| remark.to_string();
    Ok(json!({
        "verdict": report.verdict(),
        "files": report.files,
        "signatures": report.signatures,
        "faults": report.faults,
        "remarks": report.remarks.iter().map(remark).collect::<Vec<_>>(),
    }))
}

fn refused(error: AsicError) -> Failure {
    Failure::new(error.code(), error)
}
