//! Finds cases: a folder each, or a name each within one folder.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// The files of one case.
#[derive(Debug, Default)]
pub(crate) struct Case {
    /// What it is called: its path below the folder that was searched.
    pub(crate) name: String,
    /// The policies that decide; more than one stand side by side.
    pub(crate) policies: Vec<PathBuf>,
    /// Policies that are only referred to.
    pub(crate) referred: Vec<PathBuf>,
    /// None when the policy must be refused.
    pub(crate) request: Option<PathBuf>,
    /// None when the request, or without one the policy, must be refused.
    pub(crate) response: Option<PathBuf>,
    /// Attributes that the request lacks.
    pub(crate) attributes: Option<PathBuf>,
}

/// Where the name of a file of a case divides into the case and what the file is; the longest first.
const PARTS: [&str; 6] = ["attributeprovider", "repository", "response", "request", "special", "policy"];

/// Every case in a folder and below it, by name.
pub(crate) fn find(folder: &Path) -> io::Result<Vec<Case>> {
    let mut cases = Vec::new();
    search(folder, folder, &mut cases)?;
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}

fn search(root: &Path, folder: &Path, cases: &mut Vec<Case>) -> io::Result<()> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { folders.push(path) } else { files.push(path) }
    }
    let policies = folders.iter().find(|path| lower_name(path) == "policies");
    let own_policy = files.iter().any(|path| lower_name(path) == "policy.xml");
    if policies.is_some() || own_policy {
        let inner = policies.map(|folder| files_of(folder)).transpose()?.unwrap_or_default();
        cases.push(of_folder(name_below(root, folder, ""), &files, inner));
        return Ok(());
    }
    for (prefix, members) in by_prefix(&files) {
        cases.extend(of_prefix(name_below(root, folder, &prefix), &prefix, &members)?);
    }
    for below in &folders {
        search(root, below, cases)?;
    }
    Ok(())
}

/// A case that has a folder to itself: the policy named `policy.xml` decides, the others are referred to.
fn of_folder(name: String, files: &[PathBuf], inner: Vec<PathBuf>) -> Case {
    let file = |wanted: &str| files.iter().find(|path| lower_name(path) == wanted).cloned();
    let candidates = if inner.is_empty() { file("policy.xml").into_iter().collect() } else { inner };
    let (mut policies, mut referred): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|path| lower_name(path) == "policy.xml");
    if policies.is_empty() {
        policies = std::mem::take(&mut referred);
    }
    Case {
        name,
        policies,
        referred,
        request: file("request.xml"),
        response: file("response.xml"),
        attributes: file("attributeprovider.xml"),
    }
}

/// A case whose files begin with its name: `IIA010Policy.xml`, `IIA010Request.xml`, ...
fn of_prefix(name: String, prefix: &str, files: &[PathBuf]) -> io::Result<Option<Case>> {
    let part = |path: &PathBuf| lower_name(path).get(prefix.len()..).unwrap_or("").to_owned();
    let file = |wanted: &str| files.iter().find(|path| part(path) == wanted).cloned();
    let policies: Vec<PathBuf> = files
        .iter()
        .filter(|path| part(path).starts_with("policy") && part(path).ends_with(".xml"))
        .cloned()
        .collect();
    if policies.is_empty() {
        return Ok(None);
    }
    let named = match file("repository.properties") {
        Some(path) => std::fs::read_to_string(path)?,
        None => String::new(),
    };
    let is_root = |path: &PathBuf| match path.file_name().and_then(|name| name.to_str()) {
        Some(name) if named.contains("rootPolicies") => named.contains(name),
        _ => part(path) == "policy.xml" || file("policy.xml").is_none(),
    };
    let (policies, referred) = policies.into_iter().partition(is_root);
    Ok(Some(Case {
        name,
        policies,
        referred,
        request: file("request.xml"),
        response: file("response.xml"),
        attributes: file("attributeprovider.xml"),
    }))
}

/// The files of one folder by the case they belong to.
fn by_prefix(files: &[PathBuf]) -> BTreeMap<String, Vec<PathBuf>> {
    let mut groups: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in files {
        let name = lower_name(path);
        let at = PARTS.iter().filter_map(|part| name.find(part)).min().filter(|at| *at > 0);
        let original = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
        if let Some(prefix) = at.and_then(|at| original.get(..at)) {
            groups.entry(prefix.to_owned()).or_default().push(path.clone());
        }
    }
    groups
}

fn files_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<io::Result<Vec<_>>>()?;
    files.retain(|path| lower_name(path).ends_with(".xml"));
    files.sort();
    Ok(files)
}

fn lower_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn name_below(root: &Path, folder: &Path, prefix: &str) -> String {
    let below = folder.strip_prefix(root).unwrap_or(folder);
    let below = if prefix.is_empty() { below.to_owned() } else { below.join(prefix) };
    let name = if below.as_os_str().is_empty() { folder } else { &below };
    name.to_string_lossy().into_owned()
}
