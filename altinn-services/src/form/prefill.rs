//! Prefill: what registers know is filled in when a form is made (`MODEL.prefill.json`).
//!
//! Source: Altinn's documentation of prefill. The file says for each source (`ER`: the register of entities, `DSF`:
//! the national population register, `UserProfile`: the user's profile, and any other: the agency's own) which of its
//! fields goes to which field of the form.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use thiserror::Error;

/// How deep a field may be.
const MAX_DEPTH: usize = 32;

/// What a form is filled in with when it is made.
///
/// ```
/// use altinn_services::form::{Prefill, PrefillSources};
/// use serde_json::json;
///
/// let prefill = Prefill::read(&json!({"ER": {"Name": "applicant.name"}}))?;
/// let known = PrefillSources::default().with("ER", json!({"Name": "Bakeriet AS"}));
/// let mut form = json!({});
/// prefill.fill(&mut form, &known);
/// assert_eq!(form, json!({"applicant": {"name": "Bakeriet AS"}}));
/// # Ok::<(), altinn_services::form::PrefillError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prefill {
    allow_overwrite: bool,
    /// Source, field of it, field of the form.
    fields: Vec<(String, String, String)>,
}

/// What the sources know, by their names: each an object whose fields are named with dots between.
///
/// Its `Debug` shows the names of the sources alone.
#[derive(Clone, Default)]
pub struct PrefillSources(BTreeMap<String, Value>);

/// Why a prefill file can not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PrefillError {
    /// A part is of another shape than prefill has.
    #[error("`{path}` is not {expected}")]
    Shape {
        /// The place, as a JSON pointer.
        path: String,
        /// What is expected there.
        expected: &'static str,
    },
}

impl PrefillError {
    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        "PREFILL-SHAPE"
    }
}

impl PrefillSources {
    /// The same sources and one more, or more fields of one.
    #[must_use]
    pub fn with(mut self, source: impl Into<String>, known: Value) -> Self {
        self.0.insert(source.into(), known);
        self
    }

    fn get(&self, source: &str, field: &str) -> Option<&Value> {
        let known = self.0.get(source)?;
        let nested = || field.split('.').try_fold(known, |at, step| at.get(step));
        known.get(field).or_else(nested).filter(|value| !value.is_null())
    }
}

impl std::fmt::Debug for PrefillSources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Prefill {
    /// Reads what a prefill file holds.
    ///
    /// # Errors
    ///
    /// Says where it is of another shape.
    pub fn read(file: &Value) -> Result<Self, PrefillError> {
        let shape = |path: String, expected| PrefillError::Shape { path, expected };
        let all = file.as_object().ok_or_else(|| shape(String::new(), "an object"))?;
        let mut prefill = Self::default();
        for (source, fields) in all {
            match (source.as_str(), fields) {
                ("$schema", _) | (_, Value::Null) => {}
                ("allowOverwrite", flag) => {
                    let flag = flag.as_bool().ok_or_else(|| shape(format!("/{source}"), "true or false"))?;
                    prefill.allow_overwrite = flag;
                }
                (source, Value::Object(fields)) => {
                    for (field, target) in fields {
                        let path = || format!("/{source}/{field}");
                        let target = target.as_str().filter(|target| !target.is_empty());
                        let target = target.ok_or_else(|| shape(path(), "the name of a field"))?;
                        prefill.fields.push((source.to_owned(), field.clone(), target.to_owned()));
                    }
                }
                (source, _) => return Err(shape(format!("/{source}"), "an object")),
            }
        }
        Ok(prefill)
    }

    /// The sources that it asks, each once.
    pub fn sources(&self) -> impl Iterator<Item = &str> {
        let names: std::collections::BTreeSet<_> =
            self.fields.iter().map(|(source, ..)| source.as_str()).collect();
        names.into_iter()
    }

    /// Fills in what the sources know. What is filled in already stays, unless the file allows it to be overwritten;
    /// what no source knows is left alone.
    pub fn fill(&self, form: &mut Value, known: &PrefillSources) {
        for (source, field, target) in &self.fields {
            if let Some(value) = known.get(source, field) {
                put(form, target, value, self.allow_overwrite);
            }
        }
    }
}

/// Fills in a field of a form, `applicant.name`, unless it is filled in and may not be overwritten; what leads to it is made.
pub(crate) fn put(form: &mut Value, target: &str, value: &Value, allow_overwrite: bool) {
    let steps: Vec<&str> = target.split('.').collect();
    let Some((last, groups)) = steps.split_last().filter(|_| steps.len() <= MAX_DEPTH) else { return };
    let mut at = form;
    for step in groups {
        let Value::Object(fields) = at else { return };
        let inner = fields.entry(*step).or_insert(Value::Null);
        if inner.is_null() {
            *inner = Value::Object(Map::new());
        }
        at = inner;
    }
    let Value::Object(fields) = at else { return };
    let is_empty = fields.get(*last).is_none_or(|there| there.is_null() || there == "");
    if is_empty || allow_overwrite {
        fields.insert((*last).to_owned(), value.clone());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_there_stays_unless_it_may_be_overwritten() {
        let file =
            json!({"ER": {"Name": "a.name"}, "UserProfile": {"Party.Person.Name": "a.contact"}, "DSF": {}});
        let known = PrefillSources::default()
            .with("ER", json!({"Name": "Bakeriet AS"}))
            .with("UserProfile", json!({"Party": {"Person": {"Name": "Ada"}}}));
        let mut form = json!({"a": {"name": "Written by hand", "contact": ""}});
        let prefill = Prefill::read(&file).unwrap();
        prefill.fill(&mut form, &known);
        assert_eq!(form, json!({"a": {"name": "Written by hand", "contact": "Ada"}}));
        let mut over = file.clone();
        over["allowOverwrite"] = json!(true);
        Prefill::read(&over).unwrap().fill(&mut form, &known);
        assert_eq!(form["a"]["name"], "Bakeriet AS");
        assert_eq!(prefill.sources().collect::<Vec<_>>(), ["ER", "UserProfile"]);
        assert!(Prefill::read(&json!({"ER": ["Name"]})).is_err());
    }
}
