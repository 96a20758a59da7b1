//! The client of Maskinporten.

use super::variables::{IssuerNames, IssuerPlace};
use super::{Settings, Variables};
use crate::maskinporten::{Maskinporten, MaskinportenError};
use crate::token::TokenSigner;

/// The client of Maskinporten: `MASKINPORTEN_CLIENT_ID`, `MASKINPORTEN_CLIENT_JWK`, and either `MASKINPORTEN_WELL_KNOWN_URL` or
/// `MASKINPORTEN_ISSUER` with `MASKINPORTEN_TOKEN_ENDPOINT`.
#[derive(Debug, Clone, Copy)]
pub struct MaskinportenClient;

/// The settings of a client of Maskinporten.
#[derive(Debug)]
pub struct MaskinportenSettings {
    place: IssuerPlace,
    client_id: String,
    signer: TokenSigner,
}

impl Settings for MaskinportenClient {
    type Value = MaskinportenSettings;

    fn read(&self, variables: &mut Variables<'_>) -> Option<MaskinportenSettings> {
        let place = variables.issuer(&IssuerNames {
            well_known: "MASKINPORTEN_WELL_KNOWN_URL",
            issuer: "MASKINPORTEN_ISSUER",
            endpoint: "MASKINPORTEN_TOKEN_ENDPOINT",
        });
        let client_id = variables.required("MASKINPORTEN_CLIENT_ID");
        let signer = variables.signer("MASKINPORTEN_CLIENT_JWK");
        Some(MaskinportenSettings { place: place?, client_id: client_id?, signer: signer? })
    }
}

impl MaskinportenSettings {
    /// The client.
    ///
    /// # Errors
    /// [`MaskinportenError::Discovery`] when Maskinporten is asked what it is, and does not tell.
    pub async fn connect(self) -> Result<Maskinporten, MaskinportenError> {
        let builder = Maskinporten::builder(self.client_id, self.signer);
        match self.place {
            IssuerPlace::WellKnown(url) => builder.connect(&url).await,
            IssuerPlace::Known { issuer, endpoint } => builder.build(issuer, endpoint),
        }
    }
}
