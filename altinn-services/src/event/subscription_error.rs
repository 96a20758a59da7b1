//! What can be wrong with subscriptions.

use altinn_core::http::HttpError;
use altinn_core::store::StoreError;
use thiserror::Error;

/// Why a subscription was not made or changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SubscriptionError {
    /// The filter would let everything through, or never anything.
    #[error("the filter cannot be used: {0}")]
    Filter(&'static str),
    /// The end point cannot be called.
    #[error("the end point cannot be used: {0}")]
    EndPoint(#[from] HttpError),
    /// The consumer has no such subscription.
    #[error("there is no such subscription")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SubscriptionError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Filter(_) => "SUBSCRIPTION-FILTER",
            Self::EndPoint(error) => error.code(),
            Self::NotFound => "SUBSCRIPTION-NOT-FOUND",
            Self::Store(error) => error.code(),
        }
    }
}
