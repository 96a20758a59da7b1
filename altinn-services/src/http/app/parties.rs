//! For whom a caller may begin an instance of an app.

use altinn_auth::decision::AccessRequest;
use altinn_auth::delegation::AuthorizedParty;
use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, Party, PartyId};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::at::ServicePath;
use crate::http::Api;
use crate::http::authorization::PartyAnswer;
use crate::http::caller::{Caller, own_party};
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};
use crate::submission::Service;

/// Which parties.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct Which {
    /// Only those of a kind that the app is for.
    #[serde(default)]
    #[param(required = false)]
    allowed_to_instantiate_filter: bool,
}

/// A party.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfParty {
    /// The party.
    party_id: i64,
}

/// Whether an instance may be begun for a party.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstantiationValidation {
    valid: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// The parties of the caller's that the app is for.
    valid_parties: Vec<PartyAnswer>,
}

/// The parties that the caller may represent, with sub-units below their main units.
#[utoipa::path(get, path = "/{org}/{app}/api/v1/parties", tag = "parties", operation_id = "getAppParties",
    params(ServicePath, Which),
    responses((status = 200, description = "The parties", body = Vec<PartyAnswer>)))]
pub(super) async fn parties(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ServicePath>,
    Asked(which): Asked<Which>,
) -> Result<Json<Vec<PartyAnswer>>, ApiError> {
    let service = at.service(&api)?;
    let parties = api.altinn().access_management().authorized_parties(&actor).await?;
    let asked =
        parties.iter().filter(|party| !which.allowed_to_instantiate_filter || is_for(&service, party));
    Ok(Json(asked.map(PartyAnswer::of).collect()))
}

/// The party that the caller acts for where nothing else is said: a person's own, or the organization whose system calls.
#[utoipa::path(get, path = "/{org}/{app}/api/authorization/parties/current", tag = "parties",
    operation_id = "getCurrentParty", params(ServicePath),
    responses((status = 200, description = "The party", body = PartyAnswer)))]
pub(super) async fn current(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ServicePath>,
) -> Result<Json<PartyAnswer>, ApiError> {
    at.service(&api)?;
    let party = match own_party(&api, &actor).await? {
        Some(id) => api.altinn().register().party(id).await?,
        None => None,
    };
    let party =
        party.ok_or_else(|| ApiError::new("HTTP-NOT-FOUND", "the caller is no party that is known here"))?;
    Ok(Json(PartyAnswer::of_party(&party)))
}

/// Whether the caller may begin an instance for a party.
#[utoipa::path(post, path = "/{org}/{app}/api/v1/parties/validateInstantiation", tag = "parties",
    operation_id = "validateInstantiation", params(ServicePath, OfParty),
    responses((status = 200, description = "Whether, and why not", body = InstantiationValidation)))]
pub(super) async fn validate(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ServicePath>,
    Asked(OfParty { party_id }): Asked<OfParty>,
) -> Result<Json<InstantiationValidation>, ApiError> {
    let service = at.service(&api)?;
    let message = refusal(&api, &actor, &service, PartyId::new(party_id)).await?;
    let parties = api.altinn().access_management().authorized_parties(&actor).await?;
    let valid_parties = parties.iter().filter(|party| is_for(&service, party)).map(PartyAnswer::of).collect();
    Ok(Json(InstantiationValidation { valid: message.is_none(), message, valid_parties }))
}

/// Why an instance may not be begun for a party. A party that is not known is answered as one that is not the caller's.
async fn refusal(
    api: &Api,
    actor: &Actor,
    service: &Service,
    party: PartyId,
) -> Result<Option<String>, ApiError> {
    let request = AccessRequest::new("instantiate", service.id().clone(), party);
    if api.altinn().authorizer().decide(actor, &request).await.is_err() {
        return Ok(Some("the caller may not begin an instance for the party".to_owned()));
    }
    let known = api.altinn().register().party(party).await?;
    let is_for = known.is_some_and(|party: Party| allows(service, &party));
    Ok((!is_for).then(|| "the app is not for a party of this kind".to_owned()))
}

fn allows(service: &Service, party: &Party) -> bool {
    service.definition().metadata().party_types_allowed().allows(party.kind)
}

/// Whether an app is for a party of the caller's, or for a sub-unit of it.
fn is_for(service: &Service, authorized: &AuthorizedParty) -> bool {
    allows(service, &authorized.party) || authorized.subunits.iter().any(|unit| is_for(service, unit))
}
