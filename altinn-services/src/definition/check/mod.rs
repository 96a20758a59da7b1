//! Finds everything that is wrong with a service's folder, before anyone uses the service.

mod code;
mod data;
mod entry;
mod fault;
mod fields;
mod files;
mod other_type;
mod policy;
mod process;
mod sources;
mod texts;

use std::path::Path;

pub use fault::{Fault, FaultSeverity};
use sources::Sources;

use super::app::{AppDefinition, METADATA};
use super::error::DefinitionError;
use super::folder::AppFolder;
use super::native;

/// Finds everything that is wrong with the folder of a service, in the order of its files. Of a folder that does not load
/// each file is read on its own, so that all that keeps it from loading is told at once; one that loads is looked through
/// for what will go wrong later.
///
/// ```
/// use altinn_services::definition::{FaultSeverity, check};
///
/// let faults = check(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence"));
/// assert!(faults.iter().all(|fault| fault.severity != FaultSeverity::Error));
/// ```
pub fn check(folder: impl AsRef<Path>) -> Vec<Fault> {
    let folder = folder.as_ref();
    if let Some(faults) = other_type::look(folder) {
        return faults;
    }
    let opened = match AppFolder::open(folder, &[METADATA, native::SERVICE]) {
        Ok(opened) => opened,
        Err(error) => return vec![Fault::of_error(&error)],
    };
    match AppDefinition::load(folder) {
        Ok(app) => look_through(&app, &Sources::of(&opened)),
        Err(error) => {
            let mut faults = files::look(&opened);
            faults.push(Fault::of_error(&error));
            in_order(faults)
        }
    }
}

fn look_through(app: &AppDefinition, sources: &Sources<'_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    process::look(app, sources, &mut faults);
    policy::look(app, sources, &mut faults);
    data::look(app, sources, &mut faults);
    entry::look(app, sources, &mut faults);
    texts::look(app, sources, &mut faults);
    fields::look(app, sources, &mut faults);
    code::look(app, sources, &mut faults);
    in_order(faults)
}

/// The faults in the order of the files, each once.
fn in_order(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by(|one, other| {
        (&one.file, one.position, one.code).cmp(&(&other.file, other.position, other.code))
    });
    faults.dedup();
    faults
}

impl Fault {
    fn of_error(error: &DefinitionError) -> Self {
        let file = error.file().unwrap_or(".").to_owned();
        Self {
            code: error.code(),
            severity: FaultSeverity::Error,
            file,
            position: error.position(),
            detail: error.to_string(),
        }
    }
}
