//! The files of a correspondence.

use altinn_core::{Actor, InstanceId};
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::answer::attachment_id;
use super::at::{Found, received};
use crate::correspondence::{CorrespondenceError, CorrespondenceService, Download};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::app::attachment;
use crate::http::error::ApiError;
use crate::http::query::InPath;
use crate::http::range::{Part, part_of};

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
pub(super) async fn download(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<AttachmentPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let Found { service, id, .. } = received(&api, party, path.correspondence_id).await?;
    let index = index_of(&api, (&actor, &service), &id, path.attachment_id).await?;
    let download = api.altinn().correspondences().attachment(&actor, &service, &id, index).await?;
    downloaded(download, &headers)
}

/// A file, or the part of it that is asked for.
pub(super) fn downloaded(download: Download, headers: &HeaderMap) -> Result<Response, ApiError> {
    let Download { attachment: file, content, .. } = download;
    let (status, length, range, content) = match part_of(headers.get(RANGE), file.size)? {
        Part::Whole => (StatusCode::OK, file.size, None, content),
        Part::Of { first, last, range } => {
            (StatusCode::PARTIAL_CONTENT, last - first + 1, Some(range), content.range(first..last + 1))
        }
    };
    let mut response = (status, Body::from_stream(content.into_stream())).into_response();
    let answered = response.headers_mut();
    answered.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    answered.insert(CONTENT_LENGTH, HeaderValue::from(length));
    answered.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answered.insert(CONTENT_DISPOSITION, attachment(&file.file_name));
    if let Some(range) = range {
        answered.insert(CONTENT_RANGE, range);
    }
    Ok(response)
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
