//! What an issuer says of itself, and its keys, over HTTP.

use std::sync::Arc;

use altinn_core::Clock;
use altinn_core::http::{HttpClient, HttpError, HttpRequest, StatusCode};
use async_trait::async_trait;
use serde::Deserialize;
use thiserror::Error;

use super::{CachedKeys, KeySetFetch, KeySourceError};

/// What an issuer says of itself (OpenID Connect Discovery 1.0, RFC 8414).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct IssuerMetadata {
    /// The issuer's exact name.
    pub issuer: String,
    /// Where its keys are.
    pub jwks_uri: String,
    /// Where tokens are fetched.
    pub token_endpoint: String,
    /// Where people log in.
    pub authorization_endpoint: Option<String>,
    /// Where people log out.
    pub end_session_endpoint: Option<String>,
    /// Where a login may be announced, so that its parameters do not pass through the browser (RFC 9126).
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Whether its answers to logins name it (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
}

/// Why an issuer does not tell what it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// It cannot be called.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// It answers with another status than 200.
    #[error("the issuer's metadata is answered with status {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// What it answers is no metadata, or a needed member is missing.
    #[error("the issuer's metadata cannot be read")]
    Malformed,
    /// The metadata is another issuer's than that of the address.
    #[error("the metadata names an issuer that does not belong to its address")]
    IssuerMismatch,
}

impl DiscoveryError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Http(error) => error.code(),
            Self::Status { .. } => "AUTH-DISCOVERY-STATUS",
            Self::Malformed => "AUTH-DISCOVERY-MALFORMED",
            Self::IssuerMismatch => "AUTH-DISCOVERY-ISSUER-MISMATCH",
        }
    }
}

impl IssuerMetadata {
    /// Asks an issuer, at the address that ends in `/.well-known/openid-configuration` or
    /// `/.well-known/oauth-authorization-server`.
    ///
    /// # Errors
    /// [`DiscoveryError`]; [`DiscoveryError::IssuerMismatch`] when it names another issuer.
    pub async fn discover(http: &HttpClient, well_known_url: &str) -> Result<Self, DiscoveryError> {
        let answer = http.send(HttpRequest::get(well_known_url)?.accept("application/json")).await?;
        if answer.status() != StatusCode::OK {
            return Err(DiscoveryError::Status { status: answer.status().as_u16() });
        }
        let metadata: Self = answer.json().map_err(|_| DiscoveryError::Malformed)?;
        let base = well_known_url.split_once("/.well-known/").map(|(base, _)| base);
        if base == Some(metadata.issuer.trim_end_matches('/')) {
            Ok(metadata)
        } else {
            Err(DiscoveryError::IssuerMismatch)
        }
    }

    /// The issuer's keys, fetched when they are needed.
    pub fn keys(&self, http: HttpClient, clock: Arc<dyn Clock>) -> CachedKeys {
        CachedKeys::over_http(http, &self.jwks_uri, clock)
    }
}

impl CachedKeys {
    /// Keys that are fetched from an address.
    pub fn over_http(http: HttpClient, jwks_uri: impl Into<String>, clock: Arc<dyn Clock>) -> Self {
        Self::new(HttpKeySet { http, jwks_uri: jwks_uri.into() }, clock)
    }
}

#[derive(Debug)]
struct HttpKeySet {
    http: HttpClient,
    jwks_uri: String,
}

#[async_trait]
impl KeySetFetch for HttpKeySet {
    async fn fetch(&self) -> Result<Vec<u8>, KeySourceError> {
        let unavailable = |reason: String| KeySourceError::Unavailable { reason };
        let request = HttpRequest::get(&self.jwks_uri).map_err(|error| unavailable(error.to_string()))?;
        let answer = self.http.send(request.accept("application/json")).await;
        let answer = answer.map_err(|error| unavailable(error.to_string()))?;
        match answer.status() {
            StatusCode::OK => Ok(answer.body().to_vec()),
            status => Err(unavailable(format!("status {}", status.as_u16()))),
        }
    }
}
