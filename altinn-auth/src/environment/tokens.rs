//! Issuers whose tokens are let in.

use std::sync::Arc;

use altinn_core::Clock;
use altinn_core::http::HttpClient;

use super::variables::{IssuerNames, IssuerPlace};
use super::{Settings, Variables};
use crate::token::{CachedKeys, DiscoveryError, IssuerMetadata, IssuerProfile, KeySource};

/// Tokens of ID-porten: `IDPORTEN_AUDIENCE`, and either `IDPORTEN_WELL_KNOWN_URL` or `IDPORTEN_ISSUER` with `IDPORTEN_JWKS_URI`.
#[derive(Debug, Clone, Copy)]
pub struct IdPortenTokens;

/// Tokens of Maskinporten for an audience: `MASKINPORTEN_WELL_KNOWN_URL`, or `MASKINPORTEN_ISSUER` with `MASKINPORTEN_JWKS_URI`.
#[derive(Debug, Clone)]
pub struct MaskinportenTokens(String);

/// The settings of an issuer whose tokens are let in.
#[derive(Debug, Clone)]
pub struct IssuerSettings {
    place: IssuerPlace,
    audience: String,
    profile: fn(String, String, Arc<dyn KeySource>) -> IssuerProfile,
}

impl MaskinportenTokens {
    /// Tokens for this audience (`resource` of the clients' grants).
    pub fn for_audience(audience: impl Into<String>) -> Self {
        Self(audience.into())
    }
}

impl Settings for IdPortenTokens {
    type Value = IssuerSettings;

    fn read(&self, variables: &mut Variables<'_>) -> Option<IssuerSettings> {
        let place = variables.issuer(&IssuerNames {
            well_known: "IDPORTEN_WELL_KNOWN_URL",
            issuer: "IDPORTEN_ISSUER",
            endpoint: "IDPORTEN_JWKS_URI",
        });
        let audience = variables.required("IDPORTEN_AUDIENCE");
        Some(IssuerSettings { place: place?, audience: audience?, profile: IssuerProfile::id_porten })
    }
}

impl Settings for MaskinportenTokens {
    type Value = IssuerSettings;

    fn read(&self, variables: &mut Variables<'_>) -> Option<IssuerSettings> {
        let place = variables.issuer(&IssuerNames {
            well_known: "MASKINPORTEN_WELL_KNOWN_URL",
            issuer: "MASKINPORTEN_ISSUER",
            endpoint: "MASKINPORTEN_JWKS_URI",
        });
        Some(IssuerSettings { place: place?, audience: self.0.clone(), profile: IssuerProfile::maskinporten })
    }
}

impl IssuerSettings {
    /// The issuer as a [`TokenVerifier`](crate::token::TokenVerifier) trusts it.
    ///
    /// # Errors
    /// [`DiscoveryError`] when the issuer is asked what it is, and does not tell.
    pub async fn connect(
        self,
        http: HttpClient,
        clock: Arc<dyn Clock>,
    ) -> Result<IssuerProfile, DiscoveryError> {
        let (issuer, jwks_uri) = match self.place {
            IssuerPlace::Known { issuer, endpoint } => (issuer, endpoint),
            IssuerPlace::WellKnown(url) => {
                let metadata = IssuerMetadata::discover(&http, &url).await?;
                (metadata.issuer, metadata.jwks_uri)
            }
        };
        let keys = CachedKeys::over_http(http, jwks_uri, clock);
        Ok((self.profile)(issuer, self.audience, Arc::new(keys)))
    }
}
