//! Why an agency does something with what is another's.

use serde::Deserialize;
use utoipa::ToSchema;

use super::error::ApiError;

/// The most characters of a reason.
const MOST: usize = 500;

/// Why it is done.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Reason {
    /// In words, and nothing personal: it stands in the trail.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

impl Reason {
    /// The words.
    pub(super) fn text(&self) -> Result<&str, ApiError> {
        checked(&self.reason)
    }
}

/// A reason that is neither left out nor too long.
pub(super) fn checked(reason: &str) -> Result<&str, ApiError> {
    match reason.chars().count() {
        1..=MOST => Ok(reason),
        _ => Err(ApiError::new("HTTP-BODY", "`reason` has 1 to 500 characters")),
    }
}
