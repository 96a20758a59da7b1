//! Versions in headers: `ETag`, `If-Match` and `If-None-Match` (RFC 9110, 13.1).

use axum::http::header::{IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::error::ApiError;
use crate::submission::SubmissionError;

/// The entity tag of a version.
pub(super) fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// The version that a change is made to, where the caller says so.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(tags) = text(headers, &IF_MATCH) else { return Ok(None) };
    if tags == "*" {
        return Ok(None);
    }
    // A version of ours, or a tag that no version ever has.
    Ok(Some(version_of(tags).unwrap_or(i64::MIN)))
}

/// Whether the caller has this version already.
pub(super) fn has_version(headers: &HeaderMap, version: i64) -> bool {
    let Some(tags) = text(headers, &IF_NONE_MATCH) else { return false };
    tags == "*" || tags.split(',').any(|tag| version_of(tag.trim().trim_start_matches("W/")) == Some(version))
}

/// A change that found another version is told so by the status of preconditions, where there was one.
pub(super) fn versioned(error: SubmissionError, version: Option<i64>) -> ApiError {
    match error {
        SubmissionError::Changed if version.is_some() => ApiError::new(
            "HTTP-PRECONDITION",
            "it has changed since the version in `If-Match`: read it again",
        ),
        error => error.into(),
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).map(|value| value.to_str().unwrap_or_default().trim())
}

fn version_of(tag: &str) -> Option<i64> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}
