//! For which party a caller acts.

use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, PartyId, PartyIdentifier};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Api;
use super::caller::{Caller, own_party};
use super::error::ApiError;
use super::query::Asked;

/// Whoever calls, and the party that they act for: the one that they name by `onBehalfOf`, else the organization whose system
/// calls or that it represents, else a person's own. Whether they may is decided by each operation.
#[derive(Debug, Clone)]
pub(super) struct Acting {
    pub(super) actor: Actor,
    pub(super) party: PartyId,
}

/// For whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct OnBehalfOf {
    /// The organization that the caller acts for, `0192:` and its number, where it is not the caller's own.
    on_behalf_of: Option<String>,
}

impl FromRequestParts<Api> for Acting {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let Caller(actor) = Caller::from_request_parts(parts, api).await?;
        let Asked(OnBehalfOf { on_behalf_of }) = Asked::from_request_parts(parts, api).await?;
        let party = match on_behalf_of {
            Some(named) => organization(api, &named).await?,
            None => own_party(api, &actor).await?,
        };
        let party = party
            .ok_or_else(|| ApiError::new("HTTP-PARTY", "the caller acts for no party that is known here"))?;
        Ok(Self { actor, party })
    }
}

/// The party of an organization as Altinn's bodies name it: `0192:991825827`, a URN, or the number alone.
pub(super) async fn organization(api: &Api, named: &str) -> Result<Option<PartyId>, ApiError> {
    let number = named.rsplit(':').next().unwrap_or_default();
    let Ok(number) = number.parse() else { return Ok(None) };
    let party = api.altinn().register().party_by_identifier(&PartyIdentifier::Organization(number)).await?;
    Ok(party.map(|party| party.id))
}

/// How Altinn's bodies name an organization: `0192:991825827`.
pub(super) async fn name_of(api: &Api, party: PartyId) -> Result<String, ApiError> {
    let party = api.altinn().register().party(party).await?;
    Ok(match party.map(|party| party.identifier) {
        Some(PartyIdentifier::Organization(number)) => format!("0192:{number}"),
        _ => String::new(),
    })
}
