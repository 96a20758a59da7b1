//! Whom a caller may represent.

use altinn_auth::delegation::AuthorizedParty;
use altinn_core::{Party, PartyId, PartyIdentifier, PartyKind};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::InPath;

/// A party that the caller may represent, as Altinn's authorization tells it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "Party")]
pub(in crate::http) struct PartyAnswer {
    party_id: i64,
    party_uuid: Uuid,
    /// Person 1, organisation 2, self-identified 3, sub-unit 4, bankruptcy estate 5.
    party_type_name: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ssn: Option<String>,
    name: String,
    is_deleted: bool,
    /// Whether it stands here for its sub-units alone.
    only_hierarchy_element_with_no_access: bool,
    /// Its sub-units that the caller may represent.
    #[schema(no_recursion)]
    child_parties: Vec<PartyAnswer>,
}

/// A party that the caller may represent, and by what, as Altinn's access management tells it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "AuthorizedParty")]
pub(super) struct AuthorizedPartyAnswer {
    party_uuid: Uuid,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person_id: Option<String>,
    party_id: i64,
    /// `Person`, `Organization` or `SelfIdentified`.
    #[serde(rename = "type")]
    kind: &'static str,
    is_deleted: bool,
    only_hierarchy_element_with_no_access: bool,
    authorized_resources: Vec<String>,
    authorized_access_packages: Vec<String>,
    authorized_roles: Vec<String>,
    authorized_instances: Vec<AuthorizedInstance>,
    #[schema(no_recursion)]
    subunits: Vec<AuthorizedPartyAnswer>,
}

/// An instance that the caller may represent its party in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuthorizedInstance {
    resource_id: String,
    instance_id: String,
}

/// A party: `/authorization/api/v1/parties/{partyId}/validate`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartyPath {
    /// The party: its id.
    party_id: i64,
}

/// The parties that the caller may represent, with sub-units below their main units.
#[utoipa::path(get, path = "/authorization/api/v1/parties", tag = "authorization", operation_id = "getParties",
    responses((status = 200, description = "The parties", body = Vec<PartyAnswer>)))]
pub(super) async fn parties(
    State(api): State<Api>,
    Caller(actor): Caller,
) -> Result<Json<Vec<PartyAnswer>>, ApiError> {
    let parties = api.altinn().access_management().authorized_parties(&actor).await?;
    Ok(Json(parties.iter().map(PartyAnswer::of).collect()))
}

/// Whether the caller may represent a party.
#[utoipa::path(get, path = "/authorization/api/v1/parties/{partyId}/validate", tag = "authorization",
    operation_id = "validateParty", params(PartyPath),
    responses((status = 200, description = "Whether they may", body = bool, content_type = "application/json")))]
pub(super) async fn validate(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(PartyPath { party_id }): InPath<PartyPath>,
) -> Result<Json<bool>, ApiError> {
    let parties = api.altinn().access_management().authorized_parties(&actor).await?;
    Ok(Json(parties.iter().any(|party| is_among(party, PartyId::new(party_id)))))
}

/// Whether a party is one that is represented, or a sub-unit of it that is.
fn is_among(authorized: &AuthorizedParty, party: PartyId) -> bool {
    let own = authorized.party.id == party && !authorized.only_hierarchy_element_with_no_access;
    own || authorized.subunits.iter().any(|unit| is_among(unit, party))
}

/// The parties that the caller may represent, and by which roles, packages, resources and instances.
#[utoipa::path(get, path = "/accessmanagement/api/v1/authorizedparties", tag = "authorization",
    operation_id = "getAuthorizedParties",
    responses((status = 200, description = "The parties", body = Vec<AuthorizedPartyAnswer>)))]
pub(super) async fn authorized_parties(
    State(api): State<Api>,
    Caller(actor): Caller,
) -> Result<Json<Vec<AuthorizedPartyAnswer>>, ApiError> {
    let parties = api.altinn().access_management().authorized_parties(&actor).await?;
    Ok(Json(parties.iter().map(AuthorizedPartyAnswer::of).collect()))
}

/// The same, where Altinn's end users find it.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/authorizedparties", tag = "authorization",
    operation_id = "getEndUserAuthorizedParties",
    responses((status = 200, description = "The parties", body = Vec<AuthorizedPartyAnswer>)))]
pub(super) async fn end_users_authorized_parties(
    api: State<Api>,
    caller: Caller,
) -> Result<Json<Vec<AuthorizedPartyAnswer>>, ApiError> {
    authorized_parties(api, caller).await
}

impl PartyAnswer {
    /// A party with its sub-units, as the caller may represent them.
    pub(in crate::http) fn of(authorized: &AuthorizedParty) -> Self {
        Self {
            only_hierarchy_element_with_no_access: authorized.only_hierarchy_element_with_no_access,
            child_parties: authorized.subunits.iter().map(Self::of).collect(),
            ..Self::of_party(&authorized.party)
        }
    }

    /// A party by itself.
    pub(in crate::http) fn of_party(party: &Party) -> Self {
        let (org_number, ssn) = numbers(party);
        Self {
            party_id: party.id.get(),
            party_uuid: party.uuid,
            party_type_name: party.kind as u8,
            org_number,
            ssn,
            name: party.name.clone(),
            is_deleted: party.deleted,
            only_hierarchy_element_with_no_access: false,
            child_parties: Vec::new(),
        }
    }
}

impl AuthorizedPartyAnswer {
    fn of(authorized: &AuthorizedParty) -> Self {
        let (party, (organization_number, person_id)) = (&authorized.party, numbers(&authorized.party));
        let by = &authorized.by;
        let instances = by.instances.iter().map(|(resource, instance)| AuthorizedInstance {
            resource_id: resource.to_string(),
            instance_id: instance.clone(),
        });
        Self {
            party_uuid: party.uuid,
            name: party.name.clone(),
            organization_number,
            person_id,
            party_id: party.id.get(),
            kind: match party.kind {
                PartyKind::Person => "Person",
                PartyKind::SelfIdentified => "SelfIdentified",
                _ => "Organization",
            },
            is_deleted: party.deleted,
            only_hierarchy_element_with_no_access: authorized.only_hierarchy_element_with_no_access,
            authorized_resources: by.resources.iter().map(ToString::to_string).collect(),
            authorized_access_packages: by.packages.iter().cloned().collect(),
            authorized_roles: by.roles.iter().map(ToString::to_string).collect(),
            authorized_instances: instances.collect(),
            subunits: authorized.subunits.iter().map(Self::of).collect(),
        }
    }
}

/// The numbers of an organization and of a person.
fn numbers(party: &Party) -> (Option<String>, Option<String>) {
    match &party.identifier {
        PartyIdentifier::Organization(number) => (Some(number.to_string()), None),
        PartyIdentifier::Person(number) => (None, Some(number.expose().to_owned())),
        PartyIdentifier::SelfIdentified(_) => (None, None),
    }
}
