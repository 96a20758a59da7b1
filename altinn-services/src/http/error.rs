//! What goes wrong with a request, whatever crate it came from.

use std::fmt::Display;

use altinn_auth::decision::{AccessError, Denial};
use altinn_auth::login::NotLetIn;
use altinn_core::Problem;
#[cfg(feature = "correspondence")]
use altinn_core::ValidationError;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::status::status_of;
use crate::form::Issue;
use crate::submission::SubmissionError;

/// Why a request did not succeed. The answer to it is written where the language and the trace id of the request are
/// known: see `answer`.
#[derive(Debug, Clone)]
pub(super) struct ApiError(Box<Said>);

#[derive(Debug, Clone)]
struct Said {
    problem: Problem,
    denial: Option<Box<Denial>>,
    issues: Vec<Issue>,
    headers: Vec<(HeaderName, HeaderValue)>,
    number: Option<u32>,
}

/// The code of what is not told to callers.
const INTERNAL: &str = "INTERNAL";

impl ApiError {
    /// What a code and a text say of it, with the status that the code stands for. What is no caller's doing is logged, and
    /// told as no more than that.
    pub(super) fn new(code: &str, detail: impl Display) -> Self {
        let status = status_of(code);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(code, error = %detail, "a request failed");
            return Self::with_status(status, INTERNAL);
        }
        Self::with_status(status, code).saying(detail)
    }

    /// The same with more to say.
    pub(super) fn saying(mut self, detail: impl Display) -> Self {
        self.0.problem = self.0.problem.with_detail(detail.to_string());
        self
    }

    /// What is wrong with a request, fault by fault.
    #[cfg(feature = "correspondence")]
    pub(super) fn with_faults(code: &str, faults: Vec<ValidationError>) -> Self {
        let mut error = Self::new(code, format!("there are {} errors", faults.len()));
        let told = faults.into_iter();
        error.0.problem = told.fold(error.0.problem, Problem::with_validation_error);
        error
    }

    /// The same with Altinn's own number of it.
    #[cfg(feature = "correspondence")]
    pub(super) fn with_number(mut self, number: u32) -> Self {
        self.0.number = Some(number);
        self
    }

    /// Altinn's own number of it.
    pub(super) fn number(&self) -> Option<u32> {
        self.0.number
    }

    /// A status that says it all.
    pub(super) fn with_status(status: StatusCode, code: &str) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let problem = Problem::new(status.as_u16(), code, title);
        Self(Box::new(Said { problem, denial: None, issues: Vec::new(), headers: Vec::new(), number: None }))
    }

    /// The same with a header more.
    pub(super) fn with_header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// The same with what is wrong with a form or a file.
    pub(super) fn with_issues(mut self, issues: Vec<Issue>) -> Self {
        self.0.issues = issues;
        self
    }

    pub(super) fn problem(&self) -> &Problem {
        &self.0.problem
    }

    pub(super) fn denial(&self) -> Option<&Denial> {
        self.0.denial.as_deref()
    }

    pub(super) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What is wrong with a form or a file, in every language.
    pub(super) fn issues(&self) -> &[Issue] {
        &self.0.issues
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name, value.clone());
        }
        if self.status() == StatusCode::SERVICE_UNAVAILABLE && !response.headers().contains_key(RETRY_AFTER) {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> Self {
        let mut answer = Self::new(error.code(), &error);
        let AccessError::Denied(denial) = error;
        answer.0.denial = Some(denial);
        answer
    }
}

impl From<NotLetIn> for ApiError {
    fn from(refused: NotLetIn) -> Self {
        let mut answer = Self::new(refused.code(), &refused);
        if let Some(challenge) = refused.challenge().and_then(|text| HeaderValue::from_str(&text).ok()) {
            answer = answer.with_header(WWW_AUTHENTICATE, challenge);
        }
        answer
    }
}

impl From<SubmissionError> for ApiError {
    fn from(error: SubmissionError) -> Self {
        match error {
            SubmissionError::Access(error) => error.into(),
            SubmissionError::Invalid(issues) => {
                let detail = format!("there are {} errors", issues.len());
                Self::new("SUBMISSION-INVALID", detail).with_issues(issues)
            }
            error => Self::new(error.code(), &error),
        }
    }
}

/// The errors of the crates that say all there is by their code and their text.
macro_rules! said_by_code {
    ($($(#[$feature:meta])? $error:ty),* $(,)?) => {
        $($(#[$feature])?
        impl From<$error> for ApiError {
            fn from(error: $error) -> Self {
                Self::new(error.code(), &error)
            }
        })*
    };
}

said_by_code! {
    altinn_core::store::StoreError,
    altinn_core::IdempotencyError,
    altinn_auth::register::RegisterError,
    altinn_archive::ArchiveError,
    altinn_auth::delegation::DelegationError,
    #[cfg(feature = "webhooks")]
    crate::event::SubscriptionError,
}
