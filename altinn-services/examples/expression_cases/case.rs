//! A case of the shared test suite of Altinn's expressions: what is given, and what is to come of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use thiserror::Error;

use super::outcome;

/// A case: one expression, one list of components, or one set of rules.
pub(crate) struct Case {
    /// The file, and which case of it where it holds several.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) given: Value,
}

/// What kind of case it is; its content says which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An expression has a value, or fails.
    Expression,
    /// A form has these components, row by row.
    Components,
    /// Form data are wrong in these ways.
    Validation,
}

/// What was expected and what came, where they are not the same.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference {
    pub(crate) expected: String,
    pub(crate) got: String,
}

/// Why a file holds no cases.
#[derive(Debug, Error)]
pub(crate) enum NoCase {
    #[error("it cannot be read: {0}")]
    File(#[from] io::Error),
    #[error("it is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("it has no expression, no components and no rules")]
    Kind,
    #[error("it does not say what is expected")]
    Outcome,
}

/// What says what is expected.
const OUTCOMES: [&str; 3] = ["expectedContexts", "expects", "expectsFailure"];

impl Case {
    /// Whether what comes of the case is what is expected.
    pub(crate) fn run(&self) -> Result<(), Difference> {
        match self.kind {
            Kind::Expression => outcome::expression(&self.given),
            Kind::Components => outcome::components(&self.given),
            Kind::Validation => outcome::validation(&self.given),
        }
    }
}

/// The cases of a file: it is one itself, or holds a list of them that share what it gives, or both.
pub(crate) fn cases_of(file: &Path) -> Result<Vec<Case>, NoCase> {
    let text = fs::read_to_string(file)?;
    let mut given: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
    let path = file.display().to_string();
    let inner = given.as_object_mut().and_then(|fields| fields.remove("testCases"));
    let mut cases = Vec::new();
    if let Some(kind) = kind_of(&given)
        && (inner.is_none() || says_what_is_expected(&given))
    {
        cases.push(checked(path.clone(), kind, given.clone())?);
    }
    for (index, case) in inner.as_ref().and_then(Value::as_array).into_iter().flatten().enumerate() {
        let given = overlaid(&given, case);
        let kind = kind_of(&given).ok_or(NoCase::Kind)?;
        let title = case.get("name").and_then(Value::as_str).unwrap_or_default();
        cases.push(checked(format!("{path} [{index}] {title}"), kind, given)?);
    }
    if cases.is_empty() { Err(NoCase::Kind) } else { Ok(cases) }
}

/// A case that says what is expected of it.
fn checked(name: String, kind: Kind, given: Value) -> Result<Case, NoCase> {
    if says_what_is_expected(&given) { Ok(Case { name, kind, given }) } else { Err(NoCase::Outcome) }
}

fn says_what_is_expected(given: &Value) -> bool {
    OUTCOMES.iter().any(|field| given.get(field).is_some())
}

fn kind_of(given: &Value) -> Option<Kind> {
    let has = |field: &str| given.get(field).is_some();
    if has("validationConfig") {
        Some(Kind::Validation)
    } else if has("expectedContexts") {
        Some(Kind::Components)
    } else {
        has("expression").then_some(Kind::Expression)
    }
}

/// What a file gives, with what one of its cases says of its own.
fn overlaid(file: &Value, case: &Value) -> Value {
    let fields = |value: &Value| value.as_object().cloned().unwrap_or_default();
    let mut given: Map<String, Value> = fields(file);
    for outcome in OUTCOMES {
        given.remove(outcome);
    }
    given.extend(fields(case));
    Value::Object(given)
}

/// The JSON files below a folder, or the file itself.
pub(crate) fn files_below(place: &Path) -> io::Result<Vec<PathBuf>> {
    if place.is_file() {
        return Ok(vec![place.to_owned()]);
    }
    let mut files = Vec::new();
    let mut open = vec![place.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
