//! Uploading by tus 1.0 (<https://tus.io/protocols/resumable-upload>): the core protocol with creation and termination.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{OriginalUri, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::transfers::{FileTransferInitialize, TransferPath, announce};
use crate::broker::BrokerError;
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::body::content_type;
use crate::http::error::ApiError;
use crate::http::idempotency::key_of;
use crate::http::query::InPath;
use crate::http::stream::pieces;

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSION: HeaderName = HeaderName::from_static("tus-version");
const EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");

const ONE: HeaderValue = HeaderValue::from_static("1.0.0");
const APPENDED: &str = "application/offset+octet-stream";

/// What of tus is spoken here.
#[utoipa::path(options, path = "/broker/api/v1/filetransfer/tus", tag = "broker", operation_id = "tusOptions", security(()),
    responses((status = 204, description = "The versions and extensions",
               headers(("Tus-Resumable" = String), ("Tus-Version" = String), ("Tus-Extension" = String)))))]
pub(super) async fn abilities() -> impl IntoResponse {
    let extensions = HeaderValue::from_static("creation,termination");
    (StatusCode::NO_CONTENT, [(RESUMABLE, ONE), (VERSION, ONE), (EXTENSION, extensions)])
}

/// Announces a file. `Upload-Metadata` has what Altinn's body has: `filename`, `resourceId`, `recipients` (parted by commas),
/// and, if there are any, `sender`, `sendersFileTransferReference` and `checksum`.
#[utoipa::path(post, path = "/broker/api/v1/filetransfer/tus", tag = "broker", operation_id = "tusCreate",
    params(OnBehalfOf, ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
           ("Upload-Length" = u64, Header, description = "The bytes of the file"),
           ("Upload-Metadata" = String, Header, description = "Names and values in base64, parted by commas")),
    responses((status = 201, description = "It is announced", headers(("Location" = String), ("Tus-Resumable" = String)))))]
pub(super) async fn create(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    speaks(&headers)?;
    let size = number(&headers, &LENGTH)?;
    let metadata = headers.get(METADATA).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let metadata = metadata_of(metadata).ok_or_else(|| header("`Upload-Metadata` cannot be read"))?;
    let said = |name: &str| metadata.get(name).cloned();
    let recipients = said("recipients").unwrap_or_default();
    let asked = FileTransferInitialize {
        file_name: said("filename").or_else(|| said("fileName")).unwrap_or_default(),
        resource_id: said("resourceId").unwrap_or_default(),
        senders_file_transfer_reference: said("sendersFileTransferReference"),
        sender: said("sender"),
        recipients: recipients.split(',').map(|name| name.trim().to_owned()).collect(),
        property_list: BTreeMap::new(),
        checksum: said("checksum"),
        file_size: Some(size),
    };
    let id = announce(&api, (&actor, party), asked, key_of(&headers)?).await?;
    let transfers = uri.path().trim_end_matches("tus");
    // A client of tus goes on where it is told to, and adds nothing: whom it acts for goes with the address.
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let location = HeaderValue::from_str(&format!("{transfers}{id}/tus{query}"));
    let location = location.map_err(|_| header("the address cannot be told"))?;
    Ok((StatusCode::CREATED, [(LOCATION, location), (RESUMABLE, ONE)]).into_response())
}

/// How many bytes have come.
#[utoipa::path(head, path = "/broker/api/v1/filetransfer/{fileTransferId}/tus", tag = "broker", operation_id = "tusOffset",
    params(TransferPath, OnBehalfOf, ("Tus-Resumable" = String, Header, description = "`1.0.0`")),
    responses((status = 200, description = "Where it goes on",
               headers(("Upload-Offset" = u64), ("Upload-Length" = u64), ("Tus-Resumable" = String)))))]
pub(super) async fn offset(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<TransferPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    speaks(&headers)?;
    let (service, id) = path.at(&api, party).await?;
    let transfer = api.altinn().broker().transfer(&actor, &service, party, id).await?;
    if transfer.sender != party {
        return Err(BrokerError::NotFound.into());
    }
    let mut response = [(OFFSET, HeaderValue::from(transfer.received)), (RESUMABLE, ONE)].into_response();
    if let Some(announced) = transfer.announced {
        response.headers_mut().insert(LENGTH, HeaderValue::from(announced));
    }
    Ok(response)
}

/// Takes the bytes that follow; the file is published when the last one has come.
#[utoipa::path(patch, path = "/broker/api/v1/filetransfer/{fileTransferId}/tus", tag = "broker", operation_id = "tusAppend",
    params(TransferPath, OnBehalfOf, ("Tus-Resumable" = String, Header, description = "`1.0.0`"),
           ("Upload-Offset" = u64, Header, description = "How many bytes have come before")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "They are kept", headers(("Upload-Offset" = u64), ("Tus-Resumable" = String)))))]
pub(super) async fn append(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<TransferPath>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    speaks(&headers)?;
    if content_type(&headers) != APPENDED {
        return Err(ApiError::new("HTTP-CONTENT-TYPE", format!("the body must be `{APPENDED}`")));
    }
    let from = number(&headers, &OFFSET)?;
    let (service, id) = path.at(&api, party).await?;
    let bytes = pieces(body.into_data_stream(), api.limits().time);
    let received = api.altinn().broker().upload((&actor, party), &service, id, from, bytes).await?;
    Ok((StatusCode::NO_CONTENT, [(OFFSET, HeaderValue::from(received)), (RESUMABLE, ONE)]).into_response())
}

/// Gives an upload up.
#[utoipa::path(delete, path = "/broker/api/v1/filetransfer/{fileTransferId}/tus", tag = "broker", operation_id = "tusEnd",
    params(TransferPath, OnBehalfOf, ("Tus-Resumable" = String, Header, description = "`1.0.0`")),
    responses((status = 204, description = "It is given up", headers(("Tus-Resumable" = String)))))]
pub(super) async fn end(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<TransferPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    speaks(&headers)?;
    let (service, id) = path.at(&api, party).await?;
    api.altinn().broker().cancel(&actor, &service, party, id).await?;
    Ok((StatusCode::NO_CONTENT, [(RESUMABLE, ONE)]).into_response())
}

/// Only version 1.0.0 is spoken.
fn speaks(headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.get(RESUMABLE) == Some(&ONE) {
        return Ok(());
    }
    let error = ApiError::new("HTTP-TUS-VERSION", "`Tus-Resumable` must be `1.0.0`");
    Err(error.with_header(VERSION, ONE))
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, ApiError> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    text.and_then(|text| text.parse().ok()).ok_or_else(|| header(&format!("`{name}` must be a number")))
}

fn header(text: &str) -> ApiError {
    ApiError::new("HTTP-HEADER", text)
}

/// The names and values of `Upload-Metadata`.
fn metadata_of(header: &str) -> Option<BTreeMap<String, String>> {
    let pairs = header.split(',').map(str::trim).filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
        Some((name.to_owned(), value))
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::metadata_of;

    #[test]
    fn metadata_is_read_pair_by_pair() {
        let read = metadata_of("filename cGxhbi5wZGY=, is_secret,resourceId dHRkL3g=").unwrap_or_default();
        let said: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(said, [("filename", "plan.pdf"), ("is_secret", ""), ("resourceId", "ttd/x")]);
        assert_eq!(metadata_of("filename !!"), None);
    }
}
