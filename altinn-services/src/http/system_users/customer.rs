//! What customers answer: whoever represents the party sees it, and whoever manages its access answers.

use altinn_core::PartyId;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::request::{AskedFor, PartyRequestPath, RequestAnswer};
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::InPath;

/// A party: `/v1/systemuser/requests/{party}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct PartyPath {
    /// The party: its id.
    pub(super) party: i64,
}

/// A request to a party.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/request/{party}/{requestId}", tag = "system users",
    operation_id = "getRequest", params(PartyRequestPath),
    responses((status = 200, description = "The request", body = RequestAnswer)))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<RequestAnswer>, ApiError> {
    let request = at.request(&api, &actor, AskedFor::SystemUser).await?;
    Ok(Json(RequestAnswer::of(&api, request).await?))
}

/// A request to a party for an agent.
#[utoipa::path(get, path = "/authentication/api/v1/systemuser/request/agent/{party}/{requestId}",
    tag = "system users", operation_id = "getAgentRequest", params(PartyRequestPath),
    responses((status = 200, description = "The request", body = RequestAnswer)))]
pub(super) async fn get_agent(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<RequestAnswer>, ApiError> {
    let request = at.request(&api, &actor, AskedFor::Agent).await?;
    Ok(Json(RequestAnswer::of(&api, request).await?))
}

/// The requests to a party that wait for an answer, for system users and for changes of them, the earliest first.
#[utoipa::path(get, path = "/v1/systemuser/requests/{party}", tag = "system users", operation_id = "listRequests",
    params(PartyPath), responses((status = 200, description = "The requests", body = Vec<RequestAnswer>)))]
pub(super) async fn waiting(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(PartyPath { party }): InPath<PartyPath>,
) -> Result<Json<Vec<RequestAnswer>>, ApiError> {
    let requests = api.altinn().system_users().requests_to(&actor, PartyId::new(party)).await?;
    Ok(Json(RequestAnswer::all(&api, requests).await?))
}

/// Accepts a request: the system user is made, and is given what was asked for.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/request/{party}/{requestId}/approve",
    tag = "system users", operation_id = "approveRequest", params(PartyRequestPath),
    responses((status = 200, description = "It is accepted", body = bool, content_type = "application/json")))]
pub(super) async fn approve(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<bool>, ApiError> {
    at.approve(&api, &actor, AskedFor::SystemUser).await
}

/// Rejects a request.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/request/{party}/{requestId}/reject",
    tag = "system users", operation_id = "rejectRequest", params(PartyRequestPath),
    responses((status = 200, description = "It is rejected", body = bool, content_type = "application/json")))]
pub(super) async fn reject(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<bool>, ApiError> {
    at.reject(&api, &actor, AskedFor::SystemUser).await
}

/// Puts a request to those who manage the party's access, by somebody who cannot answer it.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/request/{party}/{requestId}/escalate",
    tag = "system users", operation_id = "escalateRequest", params(PartyRequestPath),
    responses((status = 200, description = "It is escalated", body = bool, content_type = "application/json")))]
pub(super) async fn escalate(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<bool>, ApiError> {
    at.escalate(&api, &actor, AskedFor::SystemUser).await
}

/// Accepts a request for an agent.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/request/agent/{party}/{requestId}/approve",
    tag = "system users", operation_id = "approveAgentRequest", params(PartyRequestPath),
    responses((status = 200, description = "It is accepted", body = bool, content_type = "application/json")))]
pub(super) async fn approve_agent(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<bool>, ApiError> {
    at.approve(&api, &actor, AskedFor::Agent).await
}

/// Rejects a request for an agent.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/request/agent/{party}/{requestId}/reject",
    tag = "system users", operation_id = "rejectAgentRequest", params(PartyRequestPath),
    responses((status = 200, description = "It is rejected", body = bool, content_type = "application/json")))]
pub(super) async fn reject_agent(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<bool>, ApiError> {
    at.reject(&api, &actor, AskedFor::Agent).await
}

/// Puts a request for an agent to those who manage the party's access.
#[utoipa::path(post, path = "/authentication/api/v1/systemuser/request/agent/{party}/{requestId}/escalate",
    tag = "system users", operation_id = "escalateAgentRequest", params(PartyRequestPath),
    responses((status = 200, description = "It is escalated", body = bool, content_type = "application/json")))]
pub(super) async fn escalate_agent(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<PartyRequestPath>,
) -> Result<Json<bool>, ApiError> {
    at.escalate(&api, &actor, AskedFor::Agent).await
}
