//! The folder of a service, as a command is told it.

use std::path::Path;

use crate::answer::Failure;

/// A command cannot be carried out on a folder that is not there.
pub(crate) fn must_be_there(folder: &Path) -> Result<(), Failure> {
    let at = |problem| Err(Failure::new(format!("`{}` {problem}", folder.display())));
    match folder.metadata() {
        Ok(found) if found.is_dir() => Ok(()),
        Ok(_) => at("is no folder"),
        Err(error) => at(&format!("cannot be read: {error}")),
    }
}
