//! Work that has failed and is tried again.

use serde::Serialize;
use utoipa::ToSchema;

/// What is tried again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TriedAgain {
    /// How many works that is: none where nothing had failed.
    pub(super) again: usize,
}
