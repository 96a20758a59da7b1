//! What stands in the path and the query of a request.

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// The variables of the path.
#[derive(Debug)]
pub(super) struct InPath<T>(pub(super) T);

/// The parameters of the query.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(variables)) => Ok(Self(variables)),
            Err(_) => Err(ApiError::new("HTTP-PATH", "a part of the path is not what it must be")),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(_) => {
                Err(ApiError::new("HTTP-QUERY", "the query has a parameter that is not what it must be"))
            }
        }
    }
}
