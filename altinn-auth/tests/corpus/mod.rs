//! Finds cases that this project did not write.

use altinn_core::testing::report;
use std::path::{Path, PathBuf};

/// A folder of cases: below the variable `ALTINN_CORPORA`, else beside the project; none, and a word why, when it is
/// not there.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpora");
    let root = std::env::var_os("ALTINN_CORPORA").map_or_else(beside, PathBuf::from);
    let folder = root.join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    report(format_args!("skipped: there is no folder {}", folder.display()));
    None
}
