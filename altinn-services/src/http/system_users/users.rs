//! The system users that organizations have.

use std::collections::BTreeMap;

use altinn_auth::system_user::{SystemUser, SystemUserError};
use altinn_core::{Language, PartyId};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::customer::PartyPath;
use super::powers::{SystemAccessPackage, SystemRight, packages_in, rights_in};
use super::systems::SystemPath;
use super::vendor::{PageLinks, PageToken};
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::party::{known, number_in, number_of};
use crate::http::query::{Asked, InPath};

/// The scope by which Maskinporten finds the system user that a client is to get a token for.
const MASKINPORTEN: &str = "altinn:maskinporten/systemuser.read";

/// A system user of a party: `/authentication/api/v1/systemuser/{party}/{systemUserId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct SystemUserPath {
    /// The party: its id.
    party: i64,
    /// The system user.
    system_user_id: Uuid,
}

/// Which client, of which customer.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct ByExternalId {
    /// The client in Maskinporten.
    client_id: String,
    /// The vendor's organization number.
    system_provider_org_no: String,
    /// The customer's organization number.
    system_user_owner_org_no: String,
    /// The vendor's reference; the customer's number where it is left out.
    external_ref: Option<String>,
}

/// Which system user of the caller's system.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "kebab-case")]
pub(super) struct ByQuery {
    /// The system.
    system_id: String,
    /// The customer's organization number.
    orgno: String,
    /// The vendor's reference; the customer's number where it is left out.
    external_ref: Option<String>,
}

/// A system user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "SystemUser")]
pub(super) struct SystemUserAnswer {
    id: Uuid,
    /// The system's name.
    integration_title: String,
    system_id: String,
    party_id: String,
    /// The organization that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reportee_org_no: Option<String>,
    /// The organization that sells the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier_org_no: Option<String>,
    external_ref: String,
    /// `standard` or `agent`.
    user_type: String,
    rights: Vec<SystemRight>,
    access_packages: Vec<SystemAccessPackage>,
    is_deleted: bool,
    created: DateTime<Utc>,
}

/// System users, and where they go on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SystemUserPage {
    data: Vec<SystemUserAnswer>,
    links: PageLinks,
}

impl SystemUserAnswer {
    pub(super) async fn all(api: &Api, users: Vec<SystemUser>) -> Result<Vec<Self>, ApiError> {
        let parties = known(api, users.iter().map(|user| user.owner).collect()).await?;
        let mut systems = BTreeMap::new();
        for user in &users {
            if !systems.contains_key(&user.system) {
                systems.insert(user.system.clone(), api.altinn().system_users().system(&user.system).await?);
            }
        }
        let answer = |user: SystemUser| {
            let system = systems.get(&user.system).and_then(Option::as_ref);
            let title = system.map(|system| system.name.in_language(Language::Nb).to_owned());
            Self {
                id: user.id,
                integration_title: title.unwrap_or_default(),
                supplier_org_no: system.map(|system| system.vendor.to_string()),
                reportee_org_no: parties.get(&user.owner).and_then(number_of),
                party_id: user.owner.to_string(),
                rights: rights_in(&user.powers),
                access_packages: packages_in(&user.powers),
                user_type: user.kind.name().to_owned(),
                system_id: user.system,
                external_ref: user.external_ref,
                is_deleted: false,
                created: user.created_at,
            }
        };
        Ok(users.into_iter().map(answer).collect())
    }

    async fn of(api: &Api, user: SystemUser) -> Result<Json<Self>, ApiError> {
        let answers = Self::all(api, vec![user]).await?;
        Ok(Json(answers.into_iter().next().ok_or(SystemUserError::NotFound)?))
    }
}

/// The system users that a party has, for whoever manages its access.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/{party}", tag = "system users",
    operation_id = "listSystemUsers", params(PartyPath),
    responses((status = 200, description = "The system users", body = Vec<SystemUserAnswer>)))]
pub(super) async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(PartyPath { party }): InPath<PartyPath>,
) -> Result<Json<Vec<SystemUserAnswer>>, ApiError> {
    let users = api.altinn().system_users().system_users(&actor, PartyId::new(party)).await?;
    Ok(Json(SystemUserAnswer::all(&api, users).await?))
}

/// A system user that a party has, with what it was given.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/{party}/{systemUserId}", tag = "system users",
    operation_id = "getSystemUser", params(SystemUserPath),
    responses((status = 200, description = "The system user", body = SystemUserAnswer)))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<SystemUserPath>,
) -> Result<Json<SystemUserAnswer>, ApiError> {
    let party = PartyId::new(at.party);
    let user = api.altinn().system_users().system_user(&actor, party, at.system_user_id).await?;
    SystemUserAnswer::of(&api, user).await
}

/// Deletes a system user: its next call is refused, and all that it was given is revoked. Once more does nothing.
#[utoipa::path(delete, path = "/authentication/api/v1/systemuser/{party}/{systemUserId}", tag = "system users",
    operation_id = "deleteSystemUser", params(SystemUserPath),
    responses((status = 202, description = "It is deleted")))]
pub(super) async fn delete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<SystemUserPath>,
) -> Result<StatusCode, ApiError> {
    api.altinn().system_users().delete(&actor, PartyId::new(at.party), at.system_user_id).await?;
    Ok(StatusCode::ACCEPTED)
}

/// The system user that a client in Maskinporten is to get a token for, for whoever issues it: a token with the scope
/// `altinn:maskinporten/systemuser.read`.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/byExternalId", tag = "system users",
    operation_id = "getSystemUserByExternalId", params(ByExternalId),
    responses((status = 200, description = "The system user", body = SystemUserAnswer)))]
pub(super) async fn by_external_id(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(asked): Asked<ByExternalId>,
) -> Result<Json<SystemUserAnswer>, ApiError> {
    if !actor.has_scope(MASKINPORTEN) {
        return Err(ApiError::new("HTTP-SCOPE", format!("the token lacks the scope `{MASKINPORTEN}`")));
    }
    let users = api.altinn().system_users();
    let owner = number_in(&asked.system_user_owner_org_no, "systemUserOwnerOrgNo")?;
    let vendor = number_in(&asked.system_provider_org_no, "systemProviderOrgNo")?;
    let reference = asked.external_ref.as_deref().filter(|reference| !reference.is_empty());
    let found = users.by_external_id(&asked.client_id, owner, reference).await?;
    let user = found.ok_or(SystemUserError::NotFound)?;
    let system = users.system(&user.system).await?.filter(|system| system.vendor == vendor);
    system.ok_or(SystemUserError::NotFound)?;
    SystemUserAnswer::of(&api, user).await
}

/// The system users of the caller's system, page by page.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/vendor/bysystem/{systemId}", tag = "system users",
    operation_id = "listVendorSystemUsers", params(SystemPath, PageToken),
    responses((status = 200, description = "The system users", body = SystemUserPage)))]
pub(super) async fn of_system(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
    Asked(page): Asked<PageToken>,
) -> Result<Json<SystemUserPage>, ApiError> {
    let users = api.altinn().system_users().system_users_of(&actor, &system_id, page.token).await?;
    let (last, is_full) = (users.last().map(|user| user.id), users.len() == 100);
    let path = format!("/authentication/api/v1/systemuser/vendor/bysystem/{system_id}");
    let links = PageLinks::after(&path, last, is_full);
    Ok(Json(SystemUserPage { data: SystemUserAnswer::all(&api, users).await?, links }))
}

/// The system user of the caller's system that a customer has.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/vendor/byquery", tag = "system users",
    operation_id = "getVendorSystemUser", params(ByQuery),
    responses((status = 200, description = "The system user", body = SystemUserAnswer)))]
pub(super) async fn by_query(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(asked): Asked<ByQuery>,
) -> Result<Json<SystemUserAnswer>, ApiError> {
    let owner = number_in(&asked.orgno, "orgno")?;
    let reference = asked.external_ref.as_deref().filter(|reference| !reference.is_empty());
    let user = api.altinn().system_users().system_user_of(&actor, &asked.system_id, owner, reference).await?;
    SystemUserAnswer::of(&api, user).await
}
