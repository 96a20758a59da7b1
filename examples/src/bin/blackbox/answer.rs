//! What an operation answers when it cannot do what it was asked.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Why an operation did nothing: a stable code, and words.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    code: String,
    detail: String,
    /// What is wrong with a form: where and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    issues: Option<Value>,
}

impl Failure {
    pub(crate) fn new(code: &str, detail: impl ToString) -> Self {
        Self { code: code.to_owned(), detail: detail.to_string(), issues: None }
    }

    pub(crate) fn bad_command(detail: impl ToString) -> Self {
        Self::new("BLACKBOX-BAD-COMMAND", detail)
    }

    pub(crate) fn with_issues(mut self, issues: Value) -> Self {
        self.issues = Some(issues);
        self
    }
}

/// The arguments of an operation; a fault names the field, never its value.
pub(crate) fn arguments<T: DeserializeOwned>(arguments: Value) -> Result<T, Failure> {
    serde_json::from_value(arguments).map_err(|error| {
        let text = error.to_string();
        let shown =
            if text.starts_with("missing field") { text } else { "a field is of the wrong type".to_owned() };
        Failure::bad_command(shown)
    })
}
