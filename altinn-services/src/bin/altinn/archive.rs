//! `altinn archive`: what can be proved of an archive.

use std::fs;
use std::path::{Path, PathBuf};

use altinn_archive::{Anchor, AuditReport, Receipt, Rollback, VerifierKey};
use altinn_services::Altinn;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::answer::{Answer, Failure, told};
use crate::place::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum Archive {
    Verify(Verify),
    Audit(Audit),
}

/// Verifies a receipt without asking anyone, and content that it names.
///
/// Exit status: 0 when the receipt is true, 1 when it is not.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The receipt, as JSON.
    receipt: PathBuf,
    /// The public key of the log, as `name+hex+base64`, or a file that holds it.
    #[arg(long)]
    key: String,
    /// Content that the receipt names, as `ELEMENT=FILE`; more than one may be given.
    #[arg(long, value_name = "ELEMENT=FILE", value_parser = element_and_file)]
    content: Vec<(String, PathBuf)>,
}

/// Reads the whole archive and says whether all is as it was archived, or the first thing that is not.
///
/// Exit status: 0 when it is sound, 1 when it is not.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    place: Place,
    /// A receipt or a checkpoint that was kept elsewhere: shows that the archive was not put back to an earlier state.
    #[arg(long)]
    anchor: Option<PathBuf>,
}

impl Archive {
    pub(crate) fn run(self) -> Result<Answer, Failure> {
        match self {
            Self::Verify(verify) => verify.run(),
            Self::Audit(audit) => {
                tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(audit.run())
            }
        }
    }
}

impl Verify {
    fn run(self) -> Result<Answer, Failure> {
        let receipt = receipt(&self.receipt, &read(&self.receipt)?)?;
        let key = self.key()?;
        let mut problem = receipt.verify(&key).err().map(|error| told(&error));
        for (element, file) in &self.content {
            let bytes = fs::read(file).map_err(|error| Failure::at(file.display(), &error))?;
            let of_content = receipt.verify_content(element, &bytes);
            problem = problem.or(of_content.err().map(|error| format!("{element}: {}", told(&error))));
        }
        let (entry, leaf) = (receipt.entry(), receipt.leaf_index());
        let text = match &problem {
            None => format!("true: the log {} holds entry {entry} at place {leaf}", key.name()),
            Some(problem) => format!("not true: {problem}"),
        };
        let in_order = problem.is_none();
        let json = json!({
            "true": in_order, "problem": problem, "log": key.name(), "entry": entry, "leafIndex": leaf,
        });
        Answer::new(text, &json, in_order)
    }
}

impl Verify {
    /// The public key: itself, or what a file of this name holds.
    fn key(&self) -> Result<VerifierKey, Failure> {
        let file = Path::new(&self.key);
        if !file.is_file() {
            let neither =
                |error| Failure::at(format!("`{}` is no file, and no public key", self.key), &error);
            return self.key.trim().parse().map_err(neither);
        }
        read(file)?.trim().parse().map_err(|error| Failure::at(file.display(), &error))
    }
}

impl Audit {
    async fn run(self) -> Result<Answer, Failure> {
        let anchor = self.anchor.as_deref().map(anchor).transpose()?;
        let altinn: Altinn = self.place.parts()?.open().await?;
        let report = altinn.archive().audit(anchor.as_ref()).await?;
        Answer::new(&report, &as_json(&report), report.is_sound())
    }
}

fn as_json(report: &AuditReport) -> Value {
    let anchored = match report.rollback {
        Rollback::Excluded { size } => Some(size),
        Rollback::NotExcluded => None,
    };
    json!({
        "sound": report.is_sound(),
        "entries": report.entries,
        "checkpoints": report.checkpoints,
        "waiting": report.waiting,
        "noRollbackBelow": anchored,
        "fault": report.fault.as_ref().map(|fault| json!({ "code": fault.code(), "message": fault.to_string() })),
    })
}

/// A receipt is JSON; anything else is the note of a checkpoint.
fn anchor(file: &Path) -> Result<Anchor, Failure> {
    let text = read(file)?;
    if text.trim_start().starts_with('{') {
        return Ok(receipt(file, &text)?.into());
    }
    Ok(Anchor::Checkpoint(text))
}

/// The receipt that a file holds.
fn receipt(file: &Path, text: &str) -> Result<Receipt, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::at(format!("{} is no receipt", file.display()), &error))
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(|error| Failure::at(file.display(), &error))
}

fn element_and_file(text: &str) -> Result<(String, PathBuf), String> {
    let (element, file) = text.split_once('=').ok_or("it has the form ELEMENT=FILE")?;
    Ok((element.to_owned(), file.into()))
}
