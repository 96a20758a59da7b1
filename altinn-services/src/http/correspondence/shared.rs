//! Files that can go with any number of correspondences: initialized, uploaded, looked at, downloaded and deleted by their
//! sender.

use altinn_core::{Actor, PartyId};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::at::service;
use super::attachment::downloaded;
use crate::correspondence::{
    AttachmentStatus, CorrespondenceError, CorrespondenceService, NewSharedAttachment, SharedAttachment,
};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf, name_of, organization};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::idempotency::key_of;
use crate::http::query::InPath;
use crate::http::stream::pieces;

/// A file: `/correspondence/api/v1/attachment/{attachmentId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct SharedPath {
    /// The file.
    attachment_id: Uuid,
}

/// A file that is to be uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InitializeAttachment {
    /// The correspondence service: `mattilsynet/decisions`.
    resource_id: String,
    /// The organization that sends, `0192:` and its number: the caller's own, and so where it is left out.
    sender: Option<String>,
    #[schema(min_length = 1, max_length = 255)]
    file_name: String,
    /// The sender's own reference.
    #[schema(max_length = 4096)]
    senders_reference: Option<String>,
    /// The MD5 of the file.
    #[schema(pattern = "^[0-9a-fA-F]{32}$")]
    checksum: Option<String>,
}

/// A file, as it stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "AttachmentOverview")]
pub(super) struct AttachmentOverview {
    attachment_id: Uuid,
    resource_id: String,
    /// `0192:` and the organization's number.
    sender: String,
    file_name: String,
    senders_reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<String>,
    #[schema(inline, value_type = SharedStatusName)]
    status: &'static str,
    status_text: &'static str,
    status_changed: DateTime<Utc>,
    /// Bytes, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// The SHA-256 of its bytes, once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// The correspondences that it goes with, the first 1,000.
    correspondence_ids: Vec<Uuid>,
}

/// A file, and what has become of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "AttachmentDetails")]
pub(super) struct AttachmentDetails {
    #[serde(flatten)]
    overview: AttachmentOverview,
    status_history: Vec<AttachmentStatusEvent>,
}

/// A status of a file.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AttachmentStatusEvent {
    #[schema(inline, value_type = SharedStatusName)]
    status: &'static str,
    status_text: &'static str,
    status_changed: DateTime<Utc>,
}

/// The statuses of files, as Altinn names them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `AttachmentStatus`")]
enum SharedStatusName {
    Initialized,
    Published,
    Purged,
}

/// Says that a file is going to be uploaded; answers with its id. With `Idempotency-Key`, the same again is the same file.
#[utoipa::path(post, path = "/correspondence/api/v1/attachment", tag = "correspondence", operation_id = "initializeAttachment",
    params(OnBehalfOf, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the sender's")),
    request_body = InitializeAttachment, responses((status = 200, description = "Its id", body = Uuid, content_type = "application/json")))]
pub(super) async fn initialize(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<InitializeAttachment>,
) -> Result<Json<Uuid>, ApiError> {
    let service = service(&api, &asked.resource_id)?;
    if let Some(named) = &asked.sender
        && organization(&api, named).await? != Some(party)
    {
        return Err(CorrespondenceError::NotFound.into());
    }
    let mut new = NewSharedAttachment::new(asked.file_name);
    if let Some(reference) = asked.senders_reference {
        new = new.under(reference);
    }
    if let Some(checksum) = asked.checksum.filter(|checksum| !checksum.is_empty()) {
        new = new.with_checksum(checksum.parse().map_err(|error| ApiError::new("HTTP-BODY", error))?);
    }
    if let Some(key) = key_of(&headers)? {
        new = new.once(key);
    }
    Ok(Json(api.altinn().correspondences().initialize_attachment(&actor, &service, party, &new).await?))
}

/// Uploads a file, streamed. What breaks off is uploaded anew.
#[utoipa::path(post, path = "/correspondence/api/v1/attachment/{attachmentId}/upload", tag = "correspondence",
    operation_id = "uploadAttachment", params(SharedPath, OnBehalfOf),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, description = "It is there", body = AttachmentOverview)))]
pub(super) async fn upload(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(SharedPath { attachment_id: id }): InPath<SharedPath>,
    body: Body,
) -> Result<Json<AttachmentOverview>, ApiError> {
    let service = service_of(&api, party, id).await?;
    let bytes = pieces(body.into_data_stream(), api.limits().time);
    let shared =
        api.altinn().correspondences().upload_attachment(&actor, &service, (party, id), bytes).await?;
    Ok(Json(AttachmentOverview::of(&api, shared, Vec::new()).await?))
}

/// A file, as it stands, for its sender.
#[utoipa::path(get, path = "/correspondence/api/v1/attachment/{attachmentId}", tag = "correspondence",
    operation_id = "getAttachment", params(SharedPath, OnBehalfOf),
    responses((status = 200, description = "How it stands", body = AttachmentOverview)))]
pub(super) async fn overview(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(SharedPath { attachment_id: id }): InPath<SharedPath>,
) -> Result<Json<AttachmentOverview>, ApiError> {
    let (shared, with) = look(&api, (&actor, party), id).await?;
    Ok(Json(AttachmentOverview::of(&api, shared, with).await?))
}

/// A file, as it stands and how it came there, for its sender.
#[utoipa::path(get, path = "/correspondence/api/v1/attachment/{attachmentId}/details", tag = "correspondence",
    operation_id = "getAttachmentDetails", params(SharedPath, OnBehalfOf),
    responses((status = 200, description = "How it came to where it stands", body = AttachmentDetails)))]
pub(super) async fn details(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(SharedPath { attachment_id: id }): InPath<SharedPath>,
) -> Result<Json<AttachmentDetails>, ApiError> {
    let (shared, with) = look(&api, (&actor, party), id).await?;
    let status_history = history(&shared);
    Ok(Json(AttachmentDetails {
        overview: AttachmentOverview::of(&api, shared, with).await?,
        status_history,
    }))
}

/// Downloads a file, or a part of it by `Range`, for its sender.
#[utoipa::path(get, path = "/correspondence/api/v1/attachment/{attachmentId}/download", tag = "correspondence",
    operation_id = "downloadAttachment",
    params(SharedPath, OnBehalfOf, ("Range" = Option<String>, Header, description = "A range of bytes")),
    responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
              (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "application/octet-stream")))]
pub(super) async fn download(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(SharedPath { attachment_id: id }): InPath<SharedPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let service = service_of(&api, party, id).await?;
    let download = api.altinn().correspondences().download_shared(&actor, &service, party, id).await?;
    downloaded(download, &headers)
}

/// Deletes a file that goes with no correspondence, for good. Deleting it again changes nothing.
#[utoipa::path(delete, path = "/correspondence/api/v1/attachment/{attachmentId}", tag = "correspondence",
    operation_id = "purgeAttachment", params(SharedPath, OnBehalfOf),
    responses((status = 200, description = "It is gone", body = AttachmentOverview)))]
pub(super) async fn purge(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(SharedPath { attachment_id: id }): InPath<SharedPath>,
) -> Result<Json<AttachmentOverview>, ApiError> {
    let service = service_of(&api, party, id).await?;
    api.altinn().correspondences().purge_attachment(&actor, &service, party, id).await?;
    let (shared, with) = look(&api, (&actor, party), id).await?;
    Ok(Json(AttachmentOverview::of(&api, shared, with).await?))
}

async fn look(
    api: &Api,
    (actor, party): (&Actor, PartyId),
    id: Uuid,
) -> Result<(SharedAttachment, Vec<Uuid>), ApiError> {
    let service = service_of(api, party, id).await?;
    let correspondences = api.altinn().correspondences();
    let shared = correspondences.shared_attachment(actor, &service, party, id).await?;
    Ok((shared, correspondences.correspondences_with(actor, &service, party, id).await?))
}

async fn service_of(api: &Api, party: PartyId, id: Uuid) -> Result<CorrespondenceService, ApiError> {
    let found = api.altinn().correspondences().service_of_attachment(party, id).await?;
    Ok(found.ok_or(CorrespondenceError::NotFound)?)
}

impl AttachmentOverview {
    async fn of(
        api: &Api,
        shared: SharedAttachment,
        correspondence_ids: Vec<Uuid>,
    ) -> Result<Self, ApiError> {
        let last = history(&shared).last().map(|event| event.status_changed);
        Ok(Self {
            attachment_id: shared.id,
            resource_id: shared.service.to_string(),
            sender: name_of(api, shared.sender).await?,
            file_name: shared.file_name,
            senders_reference: shared.senders_reference,
            checksum: shared.checksum.map(|checksum| checksum.to_string()),
            status: shared.status.name(),
            status_text: shared.status.name(),
            status_changed: last.unwrap_or(shared.created),
            size: shared.size,
            sha256: shared.sha256.map(|digest| digest.to_string()),
            correspondence_ids,
        })
    }
}

/// What has become of a file, in order.
fn history(shared: &SharedAttachment) -> Vec<AttachmentStatusEvent> {
    let all = [
        (AttachmentStatus::Initialized, Some(shared.created)),
        (AttachmentStatus::Published, shared.published),
        (AttachmentStatus::Purged, shared.purged),
    ];
    let event = |(status, at): (AttachmentStatus, Option<DateTime<Utc>>)| {
        Some(AttachmentStatusEvent { status: status.name(), status_text: status.name(), status_changed: at? })
    };
    all.into_iter().filter_map(event).collect()
}
