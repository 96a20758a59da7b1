//! A form's rules: a JSON Schema, compiled once.

use std::fmt;
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::LocationSegment;
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;
use thiserror::Error;

use super::altinn_schema;
use super::data::FormData;
use super::issue::{Issue, IssueCode};
use super::wording;

/// How many issues are given at most.
pub const MAX_ISSUES: usize = 100;

const BACKTRACK_LIMIT: usize = 100_000;
/// A form's rules, compiled once and shared; nothing outside the schema is ever fetched.
///
/// Formats (`date`, `email`, ...) are checked. Where the schema says which of its types is the form
/// (`info.rootNode`, `info.meldingsnavn`), form data is that type, as in Altinn's front end.
///
/// ```
/// use altinn_services::form::FormSchema;
/// use serde_json::json;
///
/// let schema = FormSchema::compile(&json!({
///     "type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}
/// }))?;
/// let issues = schema.validate(&json!({}));
/// assert_eq!(issues[0].path, "/name");
/// assert_eq!(issues[0].code.as_str(), "FORM-REQUIRED");
/// # Ok::<(), altinn_services::form::SchemaError>(())
/// ```
#[derive(Clone)]
pub struct FormSchema {
    document: Arc<Value>,
    validator: Arc<Validator>,
}

impl fmt::Debug for FormSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormSchema").finish_non_exhaustive()
    }
}

/// Why a JSON Schema can not be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// A reference leads out of the schema.
    #[error("`{reference}` leads out of the schema; nothing is fetched")]
    RemoteReference {
        /// What is referred to.
        reference: String,
    },
    /// A reference leads to nothing, or the schema names a version of JSON Schema that is not there.
    #[error("a reference can not be resolved: {problem}")]
    Reference {
        /// What is wrong.
        problem: String,
    },
    /// The schema is not valid by its own version of JSON Schema.
    #[error("not a valid schema at `{path}`: {problem}")]
    Invalid {
        /// The place, as a JSON pointer into the schema.
        path: String,
        /// What is wrong.
        problem: String,
    },
}

impl SchemaError {
    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::RemoteReference { .. } => "SCHEMA-REMOTE-REFERENCE",
            Self::Reference { .. } => "SCHEMA-REFERENCE",
            Self::Invalid { .. } => "SCHEMA-INVALID",
        }
    }

    /// The place in the schema, as a JSON pointer, for what has one.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Invalid { path, .. } => Some(path),
            Self::RemoteReference { .. } | Self::Reference { .. } => None,
        }
    }
}

impl FormSchema {
    /// Compiles a schema: JSON Schema draft-04 to 2020-12, by what `$schema` says (2020-12 where it says nothing).
    ///
    /// # Errors
    ///
    /// When it is no valid schema, or refers to something outside itself.
    pub fn compile(schema: &Value) -> Result<Self, SchemaError> {
        let document = altinn_schema::prepared(schema);
        let patterns = PatternOptions::fancy_regex().backtrack_limit(BACKTRACK_LIMIT);
        let validator = jsonschema::options()
            .offline()
            .should_validate_formats(true)
            .should_ignore_unknown_formats(true)
            .with_pattern_options(patterns)
            .build(&document)
            .map_err(|error| schema_error(&error))?;
        Ok(Self { document: Arc::new(document), validator: Arc::new(validator) })
    }

    /// What is wrong with form data, at most [`MAX_ISSUES`] things; nothing when it is in order.
    pub fn validate(&self, data: &Value) -> Vec<Issue> {
        let issues = self.validator.iter_errors(data).flat_map(|error| issues_of(&error));
        issues.take(MAX_ISSUES).collect()
    }

    /// What is wrong with form data that came as text: each issue says its line and column too.
    pub fn validate_data(&self, data: &FormData) -> Vec<Issue> {
        let mut issues = self.validate(data.value());
        for issue in &mut issues {
            issue.position = data.position(&issue.path);
        }
        issues
    }

    /// Whether form data is in order; faster than [`validate`](Self::validate).
    pub fn is_valid(&self, data: &Value) -> bool {
        self.validator.is_valid(data)
    }

    /// The schema, at the type that the form is of.
    pub fn document(&self) -> &Value {
        &self.document
    }
}

fn schema_error(error: &ValidationError<'_>) -> SchemaError {
    let shorten = |text: String| text.chars().take(200).collect();
    match error.kind() {
        ValidationErrorKind::Referencing(jsonschema::ReferencingError::Unretrievable { uri, .. }) => {
            SchemaError::RemoteReference { reference: shorten(uri.clone()) }
        }
        ValidationErrorKind::Referencing(other) => {
            SchemaError::Reference { problem: shorten(other.to_string()) }
        }
        _ => SchemaError::Invalid {
            path: error.instance_path().as_str().to_owned(),
            problem: shorten(error.to_string()),
        },
    }
}

/// One issue for a violated rule, one for each field that is not the form's, and where only one alternative is left
/// to choose, those of that alternative.
fn issues_of(error: &ValidationError<'_>) -> Vec<Issue> {
    let path = error.instance_path();
    let beside = |name: &str| path.join(LocationSegment::from(name)).as_str().to_owned();
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            let (code, detail) = wording::of_rule(error.kind());
            vec![Issue::error(
                code,
                property.as_str().map_or_else(|| path.as_str().to_owned(), beside),
                detail,
            )]
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|name| if may_be_personal(name) { path.as_str().to_owned() } else { beside(name) })
            .map(|path| Issue::error(IssueCode::UnknownField, path, wording::unknown_field()))
            .collect(),
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context }
            if context.len() == 1 =>
        {
            context.iter().flatten().flat_map(issues_of).collect()
        }
        rule => {
            let (code, detail) = wording::of_rule(rule);
            vec![Issue::error(code, path.as_str(), detail)]
        }
    }
}

/// Whether the name of a field that is not the form's looks like a value in the wrong place: it is not repeated.
fn may_be_personal(name: &str) -> bool {
    name.chars().count() > 100 || name.chars().filter(char::is_ascii_digit).count() >= 9
}
