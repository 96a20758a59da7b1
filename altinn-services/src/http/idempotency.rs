//! The key by which a sender knows its request again.

use axum::http::HeaderMap;

use super::error::ApiError;

/// The value of `Idempotency-Key`, where there is one.
pub(super) fn key_of(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().map_err(|_| ApiError::new("IDEMPOTENCY-KEY", "the key is no text"))?;
    Ok(Some(key.to_owned()))
}
