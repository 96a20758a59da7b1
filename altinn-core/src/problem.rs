//! What goes wrong, as an HTTP API says it.

use serde::{Deserialize, Serialize};

/// Problem details (RFC 9457) with the members that Altinn adds: `code`, `validationErrors` and `traceId`.
///
/// Programs branch on `code`; `title` says the same in words, and `detail` what is wrong this time. A problem never
/// holds anything of the inside: no statement, path, stack or personal number.
///
/// ```
/// use altinn_core::{Problem, ValidationError};
///
/// let problem = Problem::new(422, "FORM-INVALID", "the form has faults")
///     .with_validation_error(ValidationError::new("FORM-REQUIRED", "is missing").at("/applicant/name"));
/// assert_eq!(
///     serde_json::to_value(&problem)?,
///     serde_json::json!({
///         "type": "about:blank",
///         "title": "the form has faults",
///         "status": 422,
///         "code": "FORM-INVALID",
///         "validationErrors": [
///             {"code": "FORM-REQUIRED", "detail": "is missing", "paths": ["/applicant/name"]}
///         ]
///     })
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    #[serde(rename = "type", default = "about_blank")]
    problem_type: String,
    title: String,
    status: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instance: Option<String>,
    code: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    validation_errors: Vec<ValidationError>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
}

/// The type of a problem that says no more than its status (RFC 9457, section 4.2.1).
fn about_blank() -> String {
    "about:blank".to_owned()
}

impl Problem {
    /// The media type of a problem in JSON.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// A problem with an HTTP status, a stable code, and a title that is the same for every occurrence.
    pub fn new(status: u16, code: impl Into<String>, title: impl Into<String>) -> Self {
        Self {
            problem_type: about_blank(),
            title: title.into(),
            status,
            detail: None,
            instance: None,
            code: code.into(),
            validation_errors: Vec::new(),
            trace_id: None,
        }
    }

    /// The same problem with the URI of a page that explains it.
    #[must_use]
    pub fn with_type(mut self, uri: impl Into<String>) -> Self {
        self.problem_type = uri.into();
        self
    }

    /// The same problem with what is wrong this time, in words that the caller can act on.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The same problem with the URI of this occurrence.
    #[must_use]
    pub fn with_instance(mut self, uri: impl Into<String>) -> Self {
        self.instance = Some(uri.into());
        self
    }

    /// The same problem with one fault of the input more.
    #[must_use]
    pub fn with_validation_error(mut self, error: ValidationError) -> Self {
        self.validation_errors.push(error);
        self
    }

    /// The same problem with the id under which the log has more.
    #[must_use]
    pub fn with_trace_id(mut self, id: impl Into<String>) -> Self {
        self.trace_id = Some(id.into());
        self
    }

    /// The URI of a page that explains it, or `about:blank`.
    pub fn problem_type(&self) -> &str {
        &self.problem_type
    }

    /// What is wrong, in words that are the same for every occurrence.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The HTTP status, 400 to 599.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// What is wrong this time.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The URI of this occurrence.
    pub fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// The stable code for programs.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What is wrong with the input.
    pub fn validation_errors(&self) -> &[ValidationError] {
        &self.validation_errors
    }

    /// The id under which the log has more.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }
}

/// One fault of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidationError {
    code: String,
    detail: String,
    #[serde(default)]
    paths: Vec<String>,
}

impl ValidationError {
    /// A fault with a stable code, and words for people.
    pub fn new(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: code.into(), detail: detail.into(), paths: Vec::new() }
    }

    /// The same fault at one place more: a JSON pointer into the body, `/applicant/name`.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.paths.push(path.into());
        self
    }

    /// The stable code for programs.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What is wrong, in words.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Where it is wrong, as JSON pointers into the body.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }
}
