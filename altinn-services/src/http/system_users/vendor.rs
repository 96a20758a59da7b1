//! What vendors ask customers for. For tokens with the scopes `altinn:authentication/systemuser.request.read` and `.write`.

use altinn_auth::system_user::NewRequest;
use altinn_core::Actor;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::request::{AskForSystemUser, AskedFor, ReferencePath, RequestAnswer, RequestPath};
use super::systems::SystemPath;
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::party::number_in;
use crate::http::query::{Asked, InPath};

/// Where a page begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageToken {
    /// What the page before said of the next one.
    pub(super) token: Option<Uuid>,
}

/// Requests, and where they go on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RequestPage {
    data: Vec<RequestAnswer>,
    links: PageLinks,
}

/// Where a list goes on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PageLinks {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

impl PageLinks {
    /// The address of the page after a full one.
    pub(super) fn after(path: &str, last: Option<Uuid>, is_full: bool) -> Self {
        Self { next: last.filter(|_| is_full).map(|last| format!("{path}?token={last}")) }
    }
}

/// Asks a customer for a system user. While the same request waits for its answer, that one is given.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/request/vendor", tag = "system users",
    operation_id = "askForSystemUser", request_body = AskForSystemUser,
    responses((status = 201, description = "The request", body = RequestAnswer)))]
pub(super) async fn ask(
    State(api): State<Api>,
    Caller(actor): Caller,
    JsonBody(asked): JsonBody<AskForSystemUser>,
) -> Result<impl IntoResponse, ApiError> {
    asked_for(&api, &actor, &asked.read()?, "/authentication/api/v1/systemuser/request/vendor").await
}

/// Asks a customer for a system user that acts for the customer's clients, by access packages.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/request/vendor/agent", tag = "system users",
    operation_id = "askForAgent", request_body = AskForSystemUser,
    responses((status = 201, description = "The request", body = RequestAnswer)))]
pub(super) async fn ask_for_agent(
    State(api): State<Api>,
    Caller(actor): Caller,
    JsonBody(asked): JsonBody<AskForSystemUser>,
) -> Result<impl IntoResponse, ApiError> {
    let new = asked.read()?.for_agent();
    asked_for(&api, &actor, &new, "/authentication/api/v1/systemuser/request/vendor/agent").await
}

/// A request of the caller's, as it stands.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/request/vendor/{requestId}", tag = "system users",
    operation_id = "getVendorRequest", params(RequestPath),
    responses((status = 200, description = "The request", body = RequestAnswer)))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<RequestPath>,
) -> Result<Json<RequestAnswer>, ApiError> {
    let request = at.request(&api, &actor, AskedFor::SystemUser).await?;
    Ok(Json(RequestAnswer::of(&api, request).await?))
}

/// A request of the caller's for an agent, as it stands.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/request/vendor/agent/{requestId}", tag = "system users",
    operation_id = "getVendorAgentRequest", params(RequestPath),
    responses((status = 200, description = "The request", body = RequestAnswer)))]
pub(super) async fn get_of_agent(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<RequestPath>,
) -> Result<Json<RequestAnswer>, ApiError> {
    let request = at.request(&api, &actor, AskedFor::Agent).await?;
    Ok(Json(RequestAnswer::of(&api, request).await?))
}

/// Takes back what the caller asked for and nobody has answered.
#[utoipa::path(delete, path = "/authentication/api/v1/systemuser/request/vendor/{requestId}", tag = "system users",
    operation_id = "withdrawRequest", params(RequestPath), responses((status = 204, description = "It is gone")))]
pub(super) async fn withdraw(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(RequestPath { request_id }): InPath<RequestPath>,
) -> Result<StatusCode, ApiError> {
    api.altinn().system_users().withdraw(&actor, request_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The latest request of the caller's system to a customer under a reference.
#[utoipa::path(get, tag = "system users", operation_id = "getVendorRequestByReference",
    path = "/authentication/api/v1/systemuser/request/vendor/byexternalref/{systemId}/{orgNo}/{externalRef}",
    params(ReferencePath), responses((status = 200, description = "The request", body = RequestAnswer)))]
pub(super) async fn by_reference(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<ReferencePath>,
) -> Result<Json<RequestAnswer>, ApiError> {
    let owner = number_in(&at.org_no, "orgNo")?;
    let reference = (at.system_id.as_str(), owner, at.external_ref.as_str());
    let request = api.altinn().system_users().request_by_ref(&actor, reference, false).await?;
    Ok(Json(RequestAnswer::of(&api, request).await?))
}

/// All requests of the caller's system, changes too, page by page.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/request/vendor/bysystem/{systemId}",
    tag = "system users", operation_id = "listVendorRequests", params(SystemPath, PageToken),
    responses((status = 200, description = "The requests", body = RequestPage)))]
pub(super) async fn of_system(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
    Asked(page): Asked<PageToken>,
) -> Result<Json<RequestPage>, ApiError> {
    let requests = api.altinn().system_users().requests_of(&actor, &system_id, page.token).await?;
    let (last, is_full) = (requests.last().map(|request| request.id), requests.len() == 100);
    let path = format!("/authentication/api/v1/systemuser/request/vendor/bysystem/{system_id}");
    let links = PageLinks::after(&path, last, is_full);
    Ok(Json(RequestPage { data: RequestAnswer::all(&api, requests).await?, links }))
}

/// Asks a customer for something; the answer says where the request is found from now on.
async fn asked_for(
    api: &Api,
    vendor: &Actor,
    new: &NewRequest,
    path: &str,
) -> Result<impl IntoResponse + use<>, ApiError> {
    let request = api.altinn().system_users().ask(vendor, new).await?;
    let location = format!("{path}/{}", request.id);
    let answer = RequestAnswer::of(api, request).await?;
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(answer)))
}
