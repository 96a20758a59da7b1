//! The files of a correspondence.

use altinn_core::{Actor, InstanceId};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::answer::attachment_id;
use super::at::{Found, received};
use crate::correspondence::{CorrespondenceError, CorrespondenceService, Download};
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::error::ApiError;
use crate::http::query::InPath;
use crate::http::{Api, download};

/// A file: `/correspondence/api/v1/correspondence/{correspondenceId}/attachment/{attachmentId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttachmentPath {
    /// The correspondence.
    correspondence_id: Uuid,
    /// The file.
    attachment_id: Uuid,
}

/// Downloads a file of a correspondence, or a part of it by `Range`, for whoever has got it.
#[utoipa::path(get, path = "/correspondence/api/v1/correspondence/{correspondenceId}/attachment/{attachmentId}/download",
    tag = "correspondence", operation_id = "downloadCorrespondenceAttachment",
    params(AttachmentPath, OnBehalfOf, ("Range" = Option<String>, Header, description = "A range of bytes")),
    responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
              (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "application/octet-stream")))]
pub(super) async fn fetch(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<AttachmentPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Found { service, id, .. } = received(&api, party, path.correspondence_id).await?;
    let index = index_of(&api, (&actor, &service), &id, path.attachment_id).await?;
    let got = api.altinn().correspondences().attachment(&actor, &service, &id, index).await?;
    downloaded(got, &headers)
}

/// A file, or the part of it that is asked for.
pub(super) fn downloaded(got: Download, headers: &HeaderMap) -> Result<Response, ApiError> {
    let Download { attachment: file, content, .. } = got;
    let size = file.size;
    download::file((&file.file_name, size), headers, |range| {
        // What is read whole is compared with its digest.
        let content = if range == (0..size) { content } else { content.range(range) };
        content.into_stream()
    })
}

/// The place of a file among those of its correspondence.
async fn index_of(
    api: &Api,
    (actor, service): (&Actor, &CorrespondenceService),
    id: &InstanceId,
    file: Uuid,
) -> Result<usize, ApiError> {
    let overview = api.altinn().correspondences().fetch_overview(actor, service, id).await?;
    let mut files = overview.content.attachments.iter().enumerate();
    let found = files
        .position(|(index, one)| one.id.unwrap_or_else(|| attachment_id(overview.mailing, index)) == file);
    Ok(found.ok_or(CorrespondenceError::Nothing("attachment"))?)
}
