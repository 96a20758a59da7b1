//! Around every call: its trace, its time, and how it is answered when it did not succeed.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use tracing::Instrument as _;

use super::error::ApiError;
use super::language::language_of;
use super::problem_details::ProblemDetails;
use super::trace::trace_id;
use super::{Api, headers, overload};

/// Answers a call: what went wrong becomes a problem in the caller's language, under its trace id, and what every answer
/// says is added.
pub(super) async fn answer(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    DefaultBodyLimit::max(api.limits().body).apply(&mut request);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let trace_id = trace_id(request.headers(), api.altinn().ids());
    let language = language_of(request.headers());
    let span = tracing::info_span!("request", %method, route, trace_id, status = tracing::field::Empty);
    let called = AssertUnwindSafe(overload::within_limits(&api, request, next)).catch_unwind();
    let response = called.instrument(span.clone()).await.unwrap_or_else(|_| panicked());
    span.record("status", response.status().as_u16());
    let mut response = match problem(&response) {
        Some(error) => {
            let mut answer =
                (response.status(), ProblemDetails::of(&error, language, &trace_id)).into_response();
            keep(response.headers(), answer.headers_mut());
            answer
        }
        None => response,
    };
    headers::add_to(response.headers_mut());
    api.metrics().count(&method, route, response.status(), began.elapsed());
    response
}

/// What went wrong, where an answer says that something did: a handler's own error, or what a status says that the routing
/// or an extractor answered.
fn problem(response: &Response) -> Option<ApiError> {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    if let Some(error) = response.extensions().get::<ApiError>() {
        return Some(error.clone());
    }
    let code = match status {
        StatusCode::NOT_FOUND => "HTTP-NOT-FOUND",
        StatusCode::METHOD_NOT_ALLOWED => "HTTP-METHOD",
        StatusCode::PAYLOAD_TOO_LARGE => "HTTP-BODY-TOO-LARGE",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "HTTP-CONTENT-TYPE",
        status if status.is_client_error() => "HTTP-BODY",
        _ => "INTERNAL",
    };
    Some(ApiError::with_status(status, code))
}

/// Headers that say more of an error go with it; its body was another.
fn keep(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from {
        if *name != CONTENT_TYPE && *name != CONTENT_LENGTH {
            to.append(name, value.clone());
        }
    }
}

/// What a handler that panicked is answered with; its connection lives on.
fn panicked() -> Response {
    tracing::error!("a handler panicked");
    ApiError::with_status(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL").into_response()
}

/// A path that nothing is served at.
pub(super) async fn no_such_path() -> ApiError {
    ApiError::new("HTTP-NOT-FOUND", "nothing is served at this path")
}
