//! File transfers: announced, and looked at.

use std::collections::BTreeMap;

use altinn_core::{Actor, PartyId};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::{FileTransferDetails, FileTransferOverview, Initialised};
use crate::broker::{
    BrokerError, BrokerService, FileName, NewTransfer, Place, RecipientStatus, TransferId, TransferQuery,
    TransferStatus,
};
use crate::http::Api;
use crate::http::acting::{Acting, OnBehalfOf, organization};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::idempotency::key_of;
use crate::http::query::{Asked, InPath};

/// A transfer: `/broker/api/v1/filetransfer/{fileTransferId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct TransferPath {
    /// The transfer.
    file_transfer_id: Uuid,
}

/// A file that is to be sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FileTransferInitialize {
    #[schema(min_length = 1, max_length = 255)]
    pub(super) file_name: String,
    /// The broker service: `ttd/annual-accounts`.
    pub(super) resource_id: String,
    #[schema(max_length = 4096)]
    pub(super) senders_file_transfer_reference: Option<String>,
    /// The organization that sends, `0192:` and its number: the caller's own, and so where it is left out.
    pub(super) sender: Option<String>,
    /// The organizations that receive: `0192:` and their numbers.
    #[schema(min_items = 1, max_items = 1000)]
    pub(super) recipients: Vec<String>,
    #[serde(default)]
    pub(super) property_list: BTreeMap<String, String>,
    /// The MD5 or SHA-256 of the file, in hexadecimal digits.
    pub(super) checksum: Option<String>,
    /// The bytes of the file, where they are known. With it the file is published when the last one has come.
    pub(super) file_size: Option<u64>,
}

/// Which transfers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct Which {
    /// The broker service.
    resource_id: String,
    /// `Sender` or `Recipient`: what the caller is in them; `Recipient` where it is left out.
    #[param(inline)]
    role: Option<RoleName>,
    /// In this status.
    #[param(inline, value_type = Option<StatusName>)]
    status: Option<TransferStatus>,
    /// That a recipient has come so far with: of what the caller receives, itself; of what it sends, any.
    #[param(inline, value_type = Option<RecipientStatusName>)]
    recipient_status: Option<RecipientStatus>,
    /// Announced from this time on.
    from: Option<DateTime<Utc>>,
    /// Announced until this time.
    to: Option<DateTime<Utc>>,
    /// Those before this one.
    before: Option<Uuid>,
}

/// The statuses of transfers, as Altinn names them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `TransferStatus`")]
enum StatusName {
    Initialized,
    UploadStarted,
    UploadProcessing,
    Published,
    Cancelled,
    AllConfirmedDownloaded,
    Purged,
    Failed,
}

/// The statuses of recipients, as Altinn names them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes `RecipientStatus`")]
enum RecipientStatusName {
    Initialized,
    DownloadStarted,
    DownloadConfirmed,
}

/// What a caller is in a transfer.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum RoleName {
    Sender,
    Recipient,
}

impl TransferPath {
    /// The transfer that it names, where the party has to do with it.
    pub(super) async fn at(
        &self,
        api: &Api,
        party: PartyId,
    ) -> Result<(BrokerService, TransferId), ApiError> {
        let id = TransferId::new(self.file_transfer_id);
        let service = api.altinn().broker().service_of(party, id).await?.ok_or(BrokerError::NotFound)?;
        Ok((service, id))
    }
}

/// The broker service of this name.
pub(super) fn service(api: &Api, named: &str) -> Result<BrokerService, ApiError> {
    let id = named.parse().map_err(|_| BrokerError::NotFound)?;
    Ok(api.altinn().broker_service(&id).ok_or(BrokerError::NotFound)?)
}

/// Announces a file. With `Idempotency-Key`, the same announcement again is the same transfer.
#[utoipa::path(post, path = "/broker/api/v1/filetransfer", tag = "broker", operation_id = "initialiseFileTransfer",
    params(OnBehalfOf, ("Idempotency-Key" = Option<String>, Header, description = "A random key of the sender's")),
    request_body = FileTransferInitialize,
    responses((status = 200, description = "It is announced", body = Initialised)))]
pub(super) async fn initialise(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<FileTransferInitialize>,
) -> Result<Json<Initialised>, ApiError> {
    let id = announce(&api, (&actor, party), asked, key_of(&headers)?).await?;
    Ok(Json(Initialised { file_transfer_id: id.as_uuid() }))
}

/// Announces a file.
pub(super) async fn announce(
    api: &Api,
    (actor, sender): (&Actor, PartyId),
    asked: FileTransferInitialize,
    key: Option<String>,
) -> Result<TransferId, ApiError> {
    let service = service(api, &asked.resource_id)?;
    if let Some(named) = &asked.sender
        && organization(api, named).await? != Some(sender)
    {
        return Err(ApiError::new("BROKER-RECIPIENT", "`sender` is another than the caller's organization"));
    }
    let mut recipients = Vec::new();
    for (position, named) in asked.recipients.iter().enumerate() {
        let party = organization(api, named).await?;
        let unknown = BrokerError::Recipient { position: position + 1, reason: "it is not known" };
        recipients.push(party.ok_or(unknown)?);
    }
    let invalid = |error: &dyn std::fmt::Display| ApiError::new("HTTP-BODY", error);
    let name: FileName = asked.file_name.parse().map_err(|error| invalid(&error))?;
    let mut new = NewTransfer::new(name, recipients);
    if let Some(reference) = asked.senders_file_transfer_reference {
        new = new.with_reference(reference);
    }
    for (name, value) in asked.property_list {
        new = new.with_property(name, value);
    }
    if let Some(checksum) = asked.checksum.filter(|checksum| !checksum.is_empty()) {
        new = new.with_checksum(
            checksum.parse().map_err(|error: crate::broker::InvalidChecksum| invalid(&error))?,
        );
    }
    if let Some(size) = asked.file_size {
        new = new.with_size(size);
    }
    if let Some(key) = key {
        new = new.once(key);
    }
    Ok(api.altinn().broker().initialise(actor, &service, sender, &new).await?)
}

/// The transfers that the caller's organization sends or receives, the latest first: at most 100.
#[utoipa::path(get, path = "/broker/api/v1/filetransfer", tag = "broker", operation_id = "listFileTransfers",
    params(Which, OnBehalfOf), responses((status = 200, description = "Their ids", body = Vec<Uuid>)))]
pub(super) async fn list(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    Asked(which): Asked<Which>,
) -> Result<Json<Vec<Uuid>>, ApiError> {
    let service = service(&api, &which.resource_id)?;
    let place = match which.role.unwrap_or(RoleName::Recipient) {
        RoleName::Sender => Place::Sender,
        RoleName::Recipient => Place::Recipient,
    };
    if let (Some(from), Some(to)) = (which.from, which.to)
        && from > to
    {
        return Err(ApiError::new("HTTP-QUERY", "`from` is later than `to`"));
    }
    let mut query = TransferQuery::new(place);
    query = which.status.into_iter().fold(query, TransferQuery::of_status);
    query = which.recipient_status.into_iter().fold(query, TransferQuery::of_recipient_status);
    query = which.from.into_iter().fold(query, TransferQuery::announced_from);
    query = which.to.into_iter().fold(query, TransferQuery::announced_until);
    query = which.before.map(TransferId::new).into_iter().fold(query, TransferQuery::before);
    let page = api.altinn().broker().find(&actor, &service, party, &query).await?;
    Ok(Json(page.transfers.into_iter().map(TransferId::as_uuid).collect()))
}

/// How a transfer stands.
#[utoipa::path(get, path = "/broker/api/v1/filetransfer/{fileTransferId}", tag = "broker",
    operation_id = "getFileTransfer", params(TransferPath, OnBehalfOf),
    responses((status = 200, description = "How it stands", body = FileTransferOverview)))]
pub(super) async fn overview(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<TransferPath>,
) -> Result<Json<FileTransferOverview>, ApiError> {
    let (service, id) = path.at(&api, party).await?;
    let transfer = api.altinn().broker().transfer(&actor, &service, party, id).await?;
    Ok(Json(FileTransferOverview::of(&api, &transfer).await?))
}

/// How a transfer stands, and how it came there.
#[utoipa::path(get, path = "/broker/api/v1/filetransfer/{fileTransferId}/details", tag = "broker",
    operation_id = "getFileTransferDetails", params(TransferPath, OnBehalfOf),
    responses((status = 200, description = "How it came to where it stands", body = FileTransferDetails)))]
pub(super) async fn details(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<TransferPath>,
) -> Result<Json<FileTransferDetails>, ApiError> {
    let (service, id) = path.at(&api, party).await?;
    let broker = api.altinn().broker();
    let transfer = broker.transfer(&actor, &service, party, id).await?;
    let history = broker.history(&actor, &service, party, id).await?;
    Ok(Json(FileTransferDetails::of(&api, &transfer, history).await?))
}
