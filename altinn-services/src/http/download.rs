//! Files that are streamed to whoever gets them: whole, or the part that was asked for.

use std::error::Error;
use std::ops::Range;

use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::TryStream;

use super::app::attachment;
use super::error::ApiError;
use super::range::{Part, part_of};

/// A file under its name, of so many bytes: all of them, or those that `Range` asks for. A browser keeps it and never shows
/// it, whatever is in it.
pub(super) fn file<S>(
    (name, size): (&str, u64),
    asked: &HeaderMap,
    bytes: impl FnOnce(Range<u64>) -> S,
) -> Result<Response, ApiError>
where
    S: TryStream<Ok = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    let (status, bounds, range) = match part_of(asked.get(RANGE), size)? {
        Part::Whole => (StatusCode::OK, 0..size, None),
        Part::Of { first, last, range } => (StatusCode::PARTIAL_CONTENT, first..last + 1, Some(range)),
    };
    let length = bounds.end - bounds.start;
    let mut response = (status, Body::from_stream(bytes(bounds))).into_response();
    let answered = response.headers_mut();
    answered.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    answered.insert(CONTENT_LENGTH, HeaderValue::from(length));
    answered.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answered.insert(CONTENT_DISPOSITION, attachment(name));
    if let Some(range) = range {
        answered.insert(CONTENT_RANGE, range);
    }
    Ok(response)
}
