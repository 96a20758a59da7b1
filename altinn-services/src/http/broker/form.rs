//! A file transfer with its file, in one multipart body.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::Initialised;
use super::transfers::{FileTransferInitialize, announce, service};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::error::ApiError;
use crate::http::fields::{Fields, Shape, in_time, multipart, parts};
use crate::http::idempotency::key_of;
use crate::http::stream::pieces;

/// A transfer and its file. The fields may come as one part `Metadata` in JSON, or one by one by their path, as
/// `Metadata.FileName`, `Metadata.Recipients[0]` and `Metadata.PropertyList[case]`; the file comes after them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes a body that is read part by part")]
pub(super) struct FileTransferForm {
    #[schema(rename = "Metadata")]
    metadata: FileTransferInitialize,
    #[schema(rename = "FileTransfer", value_type = Vec<u8>)]
    file_transfer: Vec<u8>,
}

/// The fields by their paths.
#[derive(Deserialize)]
struct Announcement {
    metadata: FileTransferInitialize,
}

const SHAPE: Shape = Shape { whole: None, lists: &["recipients"], truths: &["disableVirusScan"] };

/// Announces a file and uploads it, streamed, in one call. With `Idempotency-Key`, the same announcement again is the same
/// transfer, and a file that broke off goes on by tus.
#[utoipa::path(post, path = "/broker/api/v1/filetransfer/upload", tag = "broker", operation_id = "initialiseAndUploadFile",
    params(OnBehalfOf, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the sender's")),
    request_body(content = FileTransferForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "It is there", body = Initialised)))]
pub(super) async fn upload(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    headers: HeaderMap,
    request: Request,
) -> Result<Json<Initialised>, ApiError> {
    let mut parts = parts(request, &api).await?;
    let mut fields = Fields::new(SHAPE);
    while let Some(part) = in_time(&api, parts.next_field()).await? {
        if part.file_name().is_none() {
            fields.take(&api, part).await?;
            continue;
        }
        let Announcement { metadata } = fields.read(&api)?;
        let service = service(&api, &metadata.resource_id)?;
        let id = announce(&api, (&actor, party), metadata, key_of(&headers)?).await?;
        let (broker, bytes) = (api.altinn().broker(), pieces(part, api.limits().time));
        broker.upload((&actor, party), &service, id, 0, bytes).await?;
        broker.complete(&actor, &service, party, id).await?;
        return Ok(Json(Initialised { file_transfer_id: id.as_uuid() }));
    }
    Err(multipart("the body has no file"))
}
