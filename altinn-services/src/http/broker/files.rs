//! The bytes of a file transfer.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::answer::Initialised;
use super::transfers::TransferPath;
use crate::broker::{BrokerError, FileName};
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::error::ApiError;
use crate::http::query::InPath;
use crate::http::stream::pieces;
use crate::http::{Api, download};

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
    let bytes = pieces(body.into_data_stream(), api.limits().time);
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
pub(super) async fn fetch(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<TransferPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (service, id) = path.at(&api, party).await?;
    let file = api.altinn().broker().download(&actor, &service, party, id).await?;
    let name = file.file_name().map_or("file", FileName::as_str).to_owned();
    download::file((&name, file.size()), &headers, |range| file.range(range).into_stream())
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
