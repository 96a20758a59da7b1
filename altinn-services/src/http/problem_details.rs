//! A problem as it is sent.

use altinn_auth::decision::Explanation;
use altinn_core::{Language, Problem};
use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::error::ApiError;

/// Why a request did not succeed (RFC 9457, with Altinn's members).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "ProblemDetails")]
pub(super) struct ProblemDetails {
    /// A page about this kind of problem, or `about:blank`.
    #[serde(rename = "type")]
    problem_type: String,
    /// The status in words.
    title: String,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What is wrong this time, in the language that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The stable code for programs.
    code: String,
    /// Altinn's number of the error, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<u32>,
    /// What is wrong with the input, and where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    validation_errors: Vec<InputFault>,
    /// The id under which the agency's log has more.
    trace_id: String,
    /// Why a decision refused, and what would help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    explanation: Option<Explanation>,
}

/// One fault of the input.
#[derive(Debug, Serialize, ToSchema)]
struct InputFault {
    /// The stable code for programs.
    code: String,
    /// What is wrong, in words.
    detail: String,
    /// Where, as JSON pointers into the body.
    paths: Vec<String>,
}

impl ProblemDetails {
    /// What went wrong, in a language, under a trace id.
    pub(super) fn of(error: &ApiError, language: Language, trace_id: &str) -> Self {
        let problem = error.problem();
        let faults = problem.validation_errors().iter().map(|fault| InputFault {
            code: fault.code().to_owned(),
            detail: fault.detail().to_owned(),
            paths: fault.paths().to_vec(),
        });
        let issues = error.issues().iter().map(|issue| InputFault {
            code: issue.code.as_str().to_owned(),
            detail: issue.detail.in_language(language).to_owned(),
            paths: vec![issue.path.clone()],
        });
        let denial = error.denial();
        Self {
            problem_type: problem.problem_type().to_owned(),
            title: problem.title().to_owned(),
            status: problem.status(),
            detail: denial
                .map(|denial| denial.explain(language))
                .or_else(|| problem.detail().map(str::to_owned)),
            code: problem.code().to_owned(),
            error_code: error.number(),
            validation_errors: faults.chain(issues).collect(),
            trace_id: trace_id.to_owned(),
            explanation: denial.map(altinn_auth::decision::Denial::explanation),
        }
    }
}

impl IntoResponse for ProblemDetails {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, Problem::MEDIA_TYPE)], Json(self)).into_response()
    }
}
