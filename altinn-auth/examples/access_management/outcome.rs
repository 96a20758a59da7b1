//! How cases come out, and when two answers are the same.

use serde_json::Value;

/// A case that has been run.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) outcome: Outcome,
}

/// How a case came out.
#[derive(Debug)]
pub(crate) enum Outcome {
    Passed,
    /// What was expected, and what came.
    Failed(String),
    /// What the material does not say.
    NotDecidable(&'static str),
}

impl Case {
    pub(crate) fn new(kind: &'static str, name: impl Into<String>, outcome: Outcome) -> Self {
        Self { kind, name: name.into(), outcome }
    }

    pub(crate) fn print(&self) {
        match &self.outcome {
            Outcome::Passed => {}
            Outcome::Failed(difference) => println!("{}\n  {difference}", self.name),
            Outcome::NotDecidable(reason) => println!("{}: not decidable: {reason}", self.name),
        }
    }
}

/// Whether an answer is the expected one, whatever the order of lists.
pub(crate) fn compare(expected: &Value, found: &Value) -> Outcome {
    let (expected, found) = (sorted(expected), sorted(found));
    if expected == found {
        return Outcome::Passed;
    }
    Outcome::Failed(format!("expected {expected}\n  found    {found}"))
}

/// The same with all lists in one order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(elements) => {
            let mut elements: Vec<Value> = elements.iter().map(sorted).collect();
            elements.sort_by_cached_key(ToString::to_string);
            Value::Array(elements)
        }
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), sorted(value))).collect(),
        other => other.clone(),
    }
}
