//! `altinn check`: the faults of a service's folder.

use std::fmt::Write as _;
use std::path::PathBuf;

use altinn_services::definition::{AppDefinition, FaultSeverity, check};
use altinn_services::form_page::RenderedComponents;
use clap::Args;

use crate::answer::{Answer, Failure, counted};
use crate::folder::must_be_there;

/// Lists every fault of a service's folder, with file and line, and says how many components of its form pages are
/// rendered, and which are not.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The folder of an Altinn 3 app, or of a service with a `service.toml`.
    folder: PathBuf,
}

impl Check {
    pub(crate) fn run(self) -> Result<Answer, Failure> {
        must_be_there(&self.folder)?;
        let faults = check(&self.folder);
        let errors = faults.iter().filter(|fault| fault.severity == FaultSeverity::Error).count();
        let mut text = String::new();
        for fault in &faults {
            writeln!(text, "{fault}")?;
        }
        if let Ok(app) = AppDefinition::load(&self.folder) {
            writeln!(text, "{}", RenderedComponents::of(&app))?;
        }
        let warnings = faults.len() - errors;
        write!(text, "{}, {}", counted(errors, "error"), counted(warnings, "warning"))?;
        Answer::new(text, &faults, errors == 0)
    }
}
