//! Bodies: read to the limit, and no deeper than the limit.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use super::Api;
use super::error::ApiError;

/// A body in JSON.
#[derive(Debug)]
pub(super) struct JsonBody<T>(pub(super) T);

/// A body in JSON that may be left out.
#[derive(Debug)]
pub(super) struct MaybeJson<T>(pub(super) Option<T>);

/// A body as it came, with its media type.
#[derive(Debug)]
pub(super) struct RawBody {
    /// The media type, with its parameters.
    pub(super) content_type: String,
    pub(super) bytes: Bytes,
}

impl<T: DeserializeOwned> FromRequest<Api> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        RawBody::from_request(request, api).await?.json(api).map(Self)
    }
}

impl<T: DeserializeOwned> FromRequest<Api> for MaybeJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let body = RawBody::from_request(request, api).await?;
        if body.bytes.is_empty() { Ok(Self(None)) } else { body.json(api).map(Self) }
    }
}

impl FromRequest<Api> for RawBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let content_type = content_type(request.headers()).to_owned();
        let bytes = Bytes::from_request(request, api).await.map_err(broken_off)?;
        Ok(Self { content_type, bytes })
    }
}

impl RawBody {
    /// What it says in JSON, which must be its media type.
    fn json<T: DeserializeOwned>(&self, api: &Api) -> Result<T, ApiError> {
        if !is_json(&self.content_type) {
            return Err(ApiError::new("HTTP-CONTENT-TYPE", "the body must be `application/json`"));
        }
        read_json(&self.bytes, api.limits().depth)
    }
}

/// Reads JSON that is no deeper than so many levels.
pub(super) fn read_json<T: DeserializeOwned>(bytes: &[u8], depth: usize) -> Result<T, ApiError> {
    if depth_of(bytes) > depth {
        let text = format!("the body is nested deeper than {depth} levels");
        return Err(ApiError::new("HTTP-BODY-TOO-DEEP", text));
    }
    if holds_nul(bytes) {
        return Err(ApiError::new("HTTP-BODY", "a text in the body holds a NUL, which no text of ours does"));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        // The category and the place; what stood there may be anybody's.
        let what = if error.is_data() { "is not what it must be" } else { "is no JSON" };
        let text = format!("the body {what} at line {}, column {}", error.line(), error.column());
        ApiError::new("HTTP-BODY", text)
    })
}

/// The media type of a request, or nothing.
pub(super) fn content_type(headers: &HeaderMap) -> &str {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a media type is JSON: `application/json`, or with the suffix `+json`.
pub(super) fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json") || essence.to_ascii_lowercase().ends_with("+json")
}

fn broken_off(rejection: BytesRejection) -> ApiError {
    let status = rejection.status();
    if status == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return ApiError::new("HTTP-BODY-TOO-LARGE", "the body is larger than what is taken");
    }
    ApiError::new("HTTP-BODY", "the body broke off")
}

/// Whether a text in JSON holds the character NUL: not every store can keep it.
fn holds_nul(bytes: &[u8]) -> bool {
    let mut ahead = bytes;
    while let Some(at) = ahead.iter().position(|byte| *byte == b'\\') {
        let escaped = ahead.get(at + 1..).unwrap_or_default();
        if escaped.starts_with(b"u0000") {
            return true;
        }
        ahead = escaped.get(1..).unwrap_or_default();
    }
    false
}

/// How deep the brackets of a text in JSON are nested.
fn depth_of(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_is_found_and_a_text_about_one_is_none() {
        assert!(holds_nul(br#"{"a": "b\"\u0000"}"#));
        assert!(!holds_nul(br#"{"a": "b\\u0000", "c": "\u0001"}"#));
    }

    #[test]
    fn brackets_in_texts_do_not_count() {
        assert_eq!(depth_of(br#"{"a": [1, {"b": "[[[\"[["}], "c": []}"#), 3);
        assert_eq!(depth_of(b"[[[["), 4);
    }
}
