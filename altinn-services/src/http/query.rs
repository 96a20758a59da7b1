//! What stands in the path and the query of a request.

use std::fmt;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// The character that no name and no text of ours holds, as it stands in an address: not every store can even ask for it.
const NUL: &str = "%00";

/// The variables of the path.
#[derive(Debug)]
pub(super) struct InPath<T>(pub(super) T);

/// The parameters of the query.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

/// The parameters of the query as they stand there, for those of which some may stand there several times. `Debug` shows
/// how many there are.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// All values of a parameter.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that may stand there once.
    pub(super) fn one<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, ApiError> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(ApiError::new("HTTP-QUERY", format!("`{name}` stands there more than once"))),
            (value, None) => Ok(value),
        }
    }
}

impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameters({})", self.0.len())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Asked::from_request_parts(parts, state).await.map(|Asked(pairs)| Self(pairs))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for InPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let holds_nul = parts.uri.path().contains(NUL);
        match Path::from_request_parts(parts, state).await {
            Ok(Path(variables)) if !holds_nul => Ok(Self(variables)),
            _ => Err(ApiError::new("HTTP-PATH", "a part of the path is not what it must be")),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let holds_nul = parts.uri.query().is_some_and(|query| query.contains(NUL));
        match Query::from_request_parts(parts, state).await {
            Ok(Query(asked)) if !holds_nul => Ok(Self(asked)),
            _ => Err(ApiError::new("HTTP-QUERY", "the query has a parameter that is not what it must be")),
        }
    }
}
