//! Changes of system users: what vendors ask for, and what customers answer.

use altinn_auth::system_user::{NewChange, SystemUserError, SystemUserRequest};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::powers::{SystemAccessPackage, SystemRight, packages_in, powers_of, rights_in};
use super::request::{AskedFor, PartyRequestPath, ReferencePath, RequestPath, given};
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::party::{known, number_in, number_of};
use crate::http::query::{Asked, InPath};

/// Which system user, and under which id.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "kebab-case")]
pub(super) struct WhichSystemUser {
    /// The id that the change is to have; the same again is the same change. A new one where it is left out.
    correlation_id: Option<Uuid>,
    /// The system user.
    system_user_id: Uuid,
}

/// What a vendor asks a customer to change of a system user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AskForChange {
    /// What it is to have besides.
    #[serde(default)]
    required_rights: Vec<SystemRight>,
    /// What it is to have no longer.
    #[serde(default)]
    unwanted_rights: Vec<SystemRight>,
    /// What it is to have besides.
    #[serde(default)]
    required_access_packages: Vec<SystemAccessPackage>,
    /// What it is to have no longer.
    #[serde(default)]
    unwanted_access_packages: Vec<SystemAccessPackage>,
    /// Where the customer is sent after the answer.
    redirect_url: Option<String>,
}

/// A request for a change of a system user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "SystemUserChangeRequest")]
pub(super) struct ChangeAnswer {
    id: Uuid,
    external_ref: String,
    system_id: String,
    system_user_id: Uuid,
    party_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    party_org_no: Option<String>,
    required_rights: Vec<SystemRight>,
    unwanted_rights: Vec<SystemRight>,
    required_access_packages: Vec<SystemAccessPackage>,
    unwanted_access_packages: Vec<SystemAccessPackage>,
    /// `New`, `Accepted`, `Rejected`, `Denied` or `Timedout`.
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    /// Where the customer answers it, where the agency has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_url: Option<String>,
    created: DateTime<Utc>,
}

impl ChangeAnswer {
    async fn of(api: &Api, request: SystemUserRequest) -> Result<Self, ApiError> {
        let system_user_id = request.system_user.ok_or(SystemUserError::NotFound)?;
        let parties = known(api, vec![request.owner]).await?;
        Ok(Self {
            system_user_id,
            party_org_no: parties.get(&request.owner).and_then(number_of),
            confirm_url: api.confirm_url(request.id),
            required_rights: rights_in(&request.required),
            unwanted_rights: rights_in(&request.unwanted),
            required_access_packages: packages_in(&request.required),
            unwanted_access_packages: packages_in(&request.unwanted),
            status: request.status.name().to_owned(),
            id: request.id,
            external_ref: request.external_ref,
            system_id: request.system,
            party_id: request.owner.get(),
            redirect_url: request.redirect_url,
            created: request.created_at,
        })
    }
}

/// Asks the customer that has a system user to change what it may do. While another change of it waits for its answer, that
/// one is given.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/changerequest/vendor", tag = "system users",
    operation_id = "askForChange", params(WhichSystemUser), request_body = AskForChange,
    responses((status = 201, description = "The request", body = ChangeAnswer)))]
pub(super) async fn ask(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(which): Asked<WhichSystemUser>,
    JsonBody(asked): JsonBody<AskForChange>,
) -> Result<impl IntoResponse, ApiError> {
    let required = powers_of(&asked.required_rights, &asked.required_access_packages)?;
    let unwanted = powers_of(&asked.unwanted_rights, &asked.unwanted_access_packages)?;
    let mut change = NewChange::new(required, unwanted);
    (change.id, change.redirect_url) = (which.correlation_id, given(asked.redirect_url));
    let request = api.altinn().system_users().ask_for_change(&actor, which.system_user_id, &change).await?;
    let location = format!("/authentication/api/v1/systemuser/changerequest/vendor/{}", request.id);
    let answer = ChangeAnswer::of(&api, request).await?;
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(answer)))
}

/// A change that the caller asked for, as it stands.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/changerequest/vendor/{requestId}",
    tag = "system users", operation_id = "getVendorChange", params(RequestPath),
    responses((status = 200, description = "The request", body = ChangeAnswer)))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<RequestPath>,
) -> Result<Json<ChangeAnswer>, ApiError> {
    let request = at.request(&api, &actor, AskedFor::Change).await?;
    Ok(Json(ChangeAnswer::of(&api, request).await?))
}

/// Takes back a change that the caller asked for and nobody has answered.
#[utoipa::path(delete, path = "/authentication/api/v1/systemuser/changerequest/vendor/{requestId}",
    tag = "system users", operation_id = "withdrawChange", params(RequestPath),
    responses((status = 204, description = "It is gone")))]
pub(super) async fn withdraw(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(RequestPath { request_id }): InPath<RequestPath>,
) -> Result<StatusCode, ApiError> {
    api.altinn().system_users().withdraw(&actor, request_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The latest change that the caller's system asked a customer for under a reference.
#[utoipa::path(get, tag = "system users", operation_id = "getVendorChangeByReference",
    path = "/authentication/api/v1/systemuser/changerequest/vendor/byexternalref/{systemId}/{orgNo}/{externalRef}",
    params(ReferencePath), responses((status = 200, description = "The request", body = ChangeAnswer)))]
pub(super) async fn by_reference(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ReferencePath>,
) -> Result<Json<ChangeAnswer>, ApiError> {
    let owner = number_in(&at.org_no, "orgNo")?;
    let reference = (at.system_id.as_str(), owner, at.external_ref.as_str());
    let request = api.altinn().system_users().request_by_ref(&actor, reference, true).await?;
    Ok(Json(ChangeAnswer::of(&api, request).await?))
}

/// A change that a party is asked for.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/changerequest/{party}/{requestId}",
    tag = "system users", operation_id = "getChange", params(PartyRequestPath),
    responses((status = 200, description = "The request", body = ChangeAnswer)))]
pub(super) async fn get_for_customer(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<ChangeAnswer>, ApiError> {
    let request = at.request(&api, &actor, AskedFor::Change).await?;
    Ok(Json(ChangeAnswer::of(&api, request).await?))
}

/// Accepts a change: the system user gets what is required, and loses what is unwanted.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/changerequest/{party}/{requestId}/approve",
    tag = "system users", operation_id = "approveChange", params(PartyRequestPath),
    responses((status = 200, description = "It is accepted", body = bool, content_type = "application/json")))]
pub(super) async fn approve(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<bool>, ApiError> {
    at.approve(&api, &actor, AskedFor::Change).await
}

/// Rejects a change.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/changerequest/{party}/{requestId}/reject",
    tag = "system users", operation_id = "rejectChange", params(PartyRequestPath),
    responses((status = 200, description = "It is rejected", body = bool, content_type = "application/json")))]
pub(super) async fn reject(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<bool>, ApiError> {
    at.reject(&api, &actor, AskedFor::Change).await
}

/// Puts a change to those who manage the party's access, by somebody who cannot answer it.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/changerequest/{party}/{requestId}/escalate",
    tag = "system users", operation_id = "escalateChange", params(PartyRequestPath),
    responses((status = 200, description = "It is escalated", body = bool, content_type = "application/json")))]
pub(super) async fn escalate(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<bool>, ApiError> {
    at.escalate(&api, &actor, AskedFor::Change).await
}
