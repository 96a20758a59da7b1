//! Which operations there are, by the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The folders of those who offer operations.
const FOLDERS: [&str; 8] =
    ["broker", "collaboration", "correspondence", "event", "inbox", "link", "lookup", "submission"];

/// Those of the crate that manages access.
const OF_ACCESS: [&str; 5] = ["access_list", "delegation", "delegation_request", "system_user", "trail"];

/// The asynchronous public functions of a folder's types: all operations are.
pub(crate) fn operations() -> BTreeSet<(String, String)> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    for (source, folders) in [("src", FOLDERS.as_slice()), ("../altinn-auth/src", &OF_ACCESS)] {
        for folder in folders {
            let before = found.len();
            collect(&here.join(source).join(folder), folder, &mut found);
            assert!(found.len() > before, "no operations are found in `{folder}`");
        }
    }
    found
}

fn collect(folder: &Path, kind: &str, found: &mut BTreeSet<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, kind, found);
            continue;
        }
        for line in fs::read_to_string(&path).unwrap().lines() {
            let name = line.trim_start().strip_prefix("pub async fn ");
            let name = name.and_then(|rest| rest.split(['(', '<']).next());
            found.extend(name.map(|name| (kind.to_owned(), name.to_owned())));
        }
    }
}
