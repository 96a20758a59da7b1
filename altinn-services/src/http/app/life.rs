//! What becomes of an instance beside its process.

use axum::extract::State;
use axum::response::Response;

use super::at::InstancePath;
use crate::http::Api;
use crate::http::altinn3::InstanceAnswer;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::life::{self, Deletion, NewSubstatus};
use crate::http::query::{Asked, InPath};

/// Deletes an instance: into the bin, or for good.
#[utoipa::path(delete, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}", tag = "instances",
    operation_id = "deleteInstance", params(InstancePath, Deletion),
    responses((status = 200, description = "It was deleted", body = InstanceAnswer)))]
pub(super) async fn delete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    Asked(deletion): Asked<Deletion>,
) -> Result<Response, ApiError> {
    let (_, instance) = at.read(&api, &actor).await?;
    deletion.of(&api, &actor, &instance).await
}

/// The agency confirms that it has got what it needs.
#[utoipa::path(post, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/complete", tag = "instances",
    operation_id = "completeInstance", params(InstancePath),
    responses((status = 200, description = "It is confirmed", body = InstanceAnswer)))]
pub(super) async fn complete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Response, ApiError> {
    at.service(&api)?;
    life::complete(&api, &actor, &at.id()).await
}

/// The agency says how far an instance has come.
#[utoipa::path(put, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/substatus", tag = "instances",
    operation_id = "setSubstatus", params(InstancePath), request_body = NewSubstatus,
    responses((status = 200, description = "It is said", body = InstanceAnswer)))]
pub(super) async fn substatus(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    JsonBody(substatus): JsonBody<NewSubstatus>,
) -> Result<Response, ApiError> {
    at.service(&api)?;
    substatus.of(&api, &actor, &at.id()).await
}
