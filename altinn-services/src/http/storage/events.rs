//! What has happened to an instance.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::at::StoredPath;
use crate::http::Api;
use crate::http::altinn3::{ProcessAnswer, ProcessHistory};
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::InPath;
use crate::submission::PastEvent;

/// All that has happened to an instance.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstanceEvents {
    instance_events: Vec<InstanceEvent>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InstanceEvent {
    /// `{instance}-{place in the history}`.
    id: String,
    instance_id: String,
    created: DateTime<Utc>,
    /// By Altinn's names: `Created`, `Saved`, `process_EndTask`.
    event_type: String,
    instance_owner_party_id: String,
    user: EventUser,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_info: Option<ProcessAnswer>,
}

/// Who did it, without a personal number.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EventUser {
    /// A URN.
    reference: String,
    authentication_level: u8,
}

/// What has happened to an instance, in its order.
#[utoipa::path(get, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/events", tag = "storage",
    operation_id = "getInstanceEvents", params(StoredPath),
    responses((status = 200, description = "Its history", body = InstanceEvents)))]
pub(super) async fn events(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
) -> Result<Json<InstanceEvents>, ApiError> {
    let past = api.altinn().submissions().history(&actor, &at.id()).await?;
    let event = |event: PastEvent| InstanceEvent {
        id: format!("{}-{}", at.id().guid, event.sequence),
        instance_id: at.id().to_string(),
        created: event.at,
        event_type: event.event_type,
        instance_owner_party_id: at.id().owner.to_string(),
        user: EventUser { reference: event.actor, authentication_level: event.level.into() },
        process_info: event.process.as_ref().map(ProcessAnswer::of),
    };
    Ok(Json(InstanceEvents { instance_events: past.into_iter().map(event).collect() }))
}

/// Where an instance stands in its process.
#[utoipa::path(get, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/process", tag = "storage",
    operation_id = "getStoredProcess", params(StoredPath),
    responses((status = 200, description = "The state of the process", body = ProcessAnswer)))]
pub(super) async fn process(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
) -> Result<Json<ProcessAnswer>, ApiError> {
    Ok(Json(ProcessAnswer::of(at.read(&api, &actor).await?.process())))
}

/// How an instance came to where it stands.
#[utoipa::path(get, path = "/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}/process/history",
    tag = "storage", operation_id = "getStoredProcessHistory", params(StoredPath),
    responses((status = 200, description = "The steps of the process", body = ProcessHistory)))]
pub(super) async fn history(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<StoredPath>,
) -> Result<Json<ProcessHistory>, ApiError> {
    Ok(Json(ProcessHistory::of(api.altinn().submissions().history(&actor, &at.id()).await?)))
}
