//! The bytes of a file transfer.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::answer::Initialised;
use super::transfers::TransferPath;
use crate::broker::{BrokerError, FileName};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::app::attachment;
use crate::http::error::ApiError;
use crate::http::query::InPath;
use crate::http::range::{Part, part_of};
use crate::http::stream::pieces;

/// Uploads the file of a transfer, whole; the file is published when its last byte has come. What breaks off goes on by tus.
#[utoipa::path(post, path = "/broker/api/v1/filetransfer/{fileTransferId}/upload", tag = "broker",
    operation_id = "uploadFile", params(TransferPath, OnBehalfOf),
    request_body(content = Option<Vec<u8>>, content_type = "application/octet-stream"),
    responses((status = 200, description = "It is there", body = Initialised)))]
pub(super) async fn upload(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<TransferPath>,
    body: Body,
) -> Result<Json<Initialised>, ApiError> {
    let (service, id) = path.at(&api, party).await?;
    let broker = api.altinn().broker();
    let bytes = pieces(body, api.limits().time);
    broker.upload((&actor, party), &service, id, 0, bytes).await?;
    broker.complete(&actor, &service, party, id).await?;
    Ok(Json(Initialised { file_transfer_id: id.as_uuid() }))
}

/// Downloads the file of a transfer, or a part of it by `Range`.
#[utoipa::path(get, path = "/broker/api/v1/filetransfer/{fileTransferId}/download", tag = "broker",
    operation_id = "downloadFile",
    params(TransferPath, OnBehalfOf, ("Range" = Option<String>, Header, description = "A range of bytes")),
    responses((status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
              (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "application/octet-stream")))]
pub(super) async fn download(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<TransferPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (service, id) = path.at(&api, party).await?;
    let download = api.altinn().broker().download(&actor, &service, party, id).await?;
    let name = attachment(download.file_name().map_or("file", FileName::as_str));
    let size = download.size();
    let (status, length, range, download) = match part_of(headers.get(RANGE), size)? {
        Part::Whole => (StatusCode::OK, size, None, download),
        Part::Of { first, last, range } => {
            (StatusCode::PARTIAL_CONTENT, last - first + 1, Some(range), download.range(first..last + 1))
        }
    };
    let mut response = (status, Body::from_stream(download.into_stream())).into_response();
    let answered = response.headers_mut();
    answered.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    answered.insert(CONTENT_LENGTH, HeaderValue::from(length));
    answered.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    answered.insert(CONTENT_DISPOSITION, name);
    if let Some(range) = range {
        answered.insert(CONTENT_RANGE, range);
    }
    Ok(response)
}

/// Confirms that the file has arrived whole.
#[utoipa::path(post, path = "/broker/api/v1/filetransfer/{fileTransferId}/confirmdownload", tag = "broker",
    operation_id = "confirmDownload", params(TransferPath, OnBehalfOf),
    responses((status = 200, description = "It is confirmed", body = Initialised)))]
pub(super) async fn confirm(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<TransferPath>,
) -> Result<Json<Initialised>, ApiError> {
    let (service, id) = path.at(&api, party).await?;
    api.altinn().broker().confirm(&actor, &service, party, id).await?;
    Ok(Json(Initialised { file_transfer_id: id.as_uuid() }))
}

impl From<BrokerError> for ApiError {
    fn from(error: BrokerError) -> Self {
        match error {
            BrokerError::Access(error) => error.into(),
            error => Self::new(error.code(), &error),
        }
    }
}
