//! What is done with a correspondence: read, confirmed, put away, deleted.

use axum::Json;
use axum::extract::State;
use uuid::Uuid;

use super::at::{CorrespondencePath, Found};
use super::done;
use crate::correspondence::{CorrespondenceError, Refusal, Side};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::error::ApiError;
use crate::http::query::InPath;

/// Says that a correspondence that was fetched is read. The same caller may say so again.
#[utoipa::path(post, path = "/correspondence/api/v1/correspondence/{correspondenceId}/markasread", tag = "correspondence",
    operation_id = "markAsRead", params(CorrespondencePath, OnBehalfOf),
    responses((status = 200, description = "It is read: its id", body = Uuid, content_type = "application/json")))]
pub(super) async fn mark_as_read(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
) -> Result<Json<Uuid>, ApiError> {
    let Found { service, id, .. } = path.received(&api, party).await?;
    api.altinn().correspondences().mark_as_read(&actor, &service, &id).await?;
    Ok(Json(id.guid))
}

/// Confirms a correspondence that was fetched. The same caller may confirm again.
#[utoipa::path(post, path = "/correspondence/api/v1/correspondence/{correspondenceId}/confirm", tag = "correspondence",
    operation_id = "confirmCorrespondence", params(CorrespondencePath, OnBehalfOf),
    responses((status = 200, description = "It is confirmed: its id", body = Uuid, content_type = "application/json")))]
pub(super) async fn confirm(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
) -> Result<Json<Uuid>, ApiError> {
    let Found { service, id, .. } = path.received(&api, party).await?;
    match api.altinn().correspondences().confirm(&actor, &service, &id).await {
        Ok(_) => Ok(Json(id.guid)),
        Err(error @ CorrespondenceError::Refused(Refusal::NotFetched)) => {
            Err(ApiError::from(error).with_number(1025))
        }
        Err(error) => Err(error.into()),
    }
}

/// Puts a correspondence away that was read. Doing so again changes nothing.
#[utoipa::path(post, path = "/correspondence/api/v1/correspondence/{correspondenceId}/archive", tag = "correspondence",
    operation_id = "archiveCorrespondence", params(CorrespondencePath, OnBehalfOf),
    responses((status = 200, description = "It is put away: its id", body = Uuid, content_type = "application/json")))]
pub(super) async fn archive(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
) -> Result<Json<Uuid>, ApiError> {
    let Found { service, id, .. } = path.received(&api, party).await?;
    api.altinn().correspondences().archive(&actor, &service, &id).await.map_err(done)?;
    Ok(Json(id.guid))
}

/// Deletes a correspondence for its recipient, or withdraws one that nobody could see yet, for its sender.
#[utoipa::path(delete, path = "/correspondence/api/v1/correspondence/{correspondenceId}/purge", tag = "correspondence",
    operation_id = "purgeCorrespondence", params(CorrespondencePath, OnBehalfOf),
    responses((status = 200, description = "It is gone: its id", body = Uuid, content_type = "application/json")))]
pub(super) async fn purge(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
) -> Result<Json<Uuid>, ApiError> {
    let Found { service, side, id } = path.at(&api, party).await?;
    let correspondences = api.altinn().correspondences();
    match side {
        Side::Recipient => correspondences.purge(&actor, &service, &id).await,
        Side::Sender => correspondences.withdraw(&actor, &service, party, id.guid).await,
    }
    .map_err(done)?;
    Ok(Json(id.guid))
}
