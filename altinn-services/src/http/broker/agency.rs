//! What Altinn 3 has no paths for, and so stands under `/v1`: the receipts of transfers, and those on which work fails.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::transfers::{TransferPath, service};
use crate::broker::{BrokerService, StuckTransfer, TransferId};
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};
use crate::http::tried_again::TriedAgain;
use crate::http::{Api, receipt};

/// A service: `/v1/transfers/{org}/{service}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ServicePath {
    /// The service owner.
    org: String,
    /// The broker service.
    service: String,
}

/// A transfer: `/v1/transfers/{org}/{service}/{fileTransferId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct StuckPath {
    /// The service owner.
    org: String,
    /// The broker service.
    service: String,
    /// The transfer.
    file_transfer_id: Uuid,
}

/// Which transfers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// Those after this one.
    after: Option<Uuid>,
}

/// A transfer on which work has failed that is tried again by itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "StuckTransfer")]
pub(super) struct StuckTransferAnswer {
    file_transfer_id: Uuid,
    file_transfer_status: &'static str,
    /// How often it has failed.
    attempts: u32,
    /// The code of what was wrong the last time.
    problem: String,
    /// When it is tried again.
    due_at: DateTime<Utc>,
}

/// The receipt of a transfer: for its sender, that the file was published as it is; for a recipient, that it has confirmed.
/// Proved (200), or the log's signed promise of it (202), which the same call soon turns into the proved one.
#[utoipa::path(get, path = "/v1/filetransfer/{fileTransferId}/receipt", tag = "broker", operation_id = "getFileTransferReceipt",
    params(TransferPath, OnBehalfOf),
    responses((status = 200, description = "The receipt, for ever the same", body = Object),
              (status = 202, description = "The promise of it", body = Object)))]
pub(super) async fn of_transfer(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<TransferPath>,
) -> Result<Response, ApiError> {
    let (service, id) = path.at(&api, party).await?;
    Ok(receipt::receipt(api.altinn().broker().receipt(&actor, &service, party, id).await?))
}

/// The transfers of a service on which work has failed that is tried again by itself, for the agency whose service it is; at
/// most 100.
#[utoipa::path(get, path = "/v1/transfers/{org}/{service}/stuck", tag = "broker", operation_id = "listStuckFileTransfers",
    params(ServicePath, After),
    responses((status = 200, description = "The transfers", body = Vec<StuckTransferAnswer>)))]
pub(super) async fn stuck(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<ServicePath>,
    Asked(After { after }): Asked<After>,
) -> Result<Json<Vec<StuckTransferAnswer>>, ApiError> {
    let service = named(&api, &path.org, &path.service)?;
    let stuck = api.altinn().broker().stuck(&actor, &service, after.map(TransferId::new)).await?;
    Ok(Json(stuck.into_iter().map(StuckTransferAnswer::from).collect()))
}

/// Has the work on a transfer that has failed tried again at once, for the agency whose service it is.
#[utoipa::path(post, path = "/v1/transfers/{org}/{service}/{fileTransferId}/redrive", tag = "broker",
    operation_id = "redriveFileTransfer", params(StuckPath),
    responses((status = 200, description = "How much is tried again", body = TriedAgain)))]
pub(super) async fn redrive(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<StuckPath>,
) -> Result<Json<TriedAgain>, ApiError> {
    let service = named(&api, &path.org, &path.service)?;
    let id = TransferId::new(path.file_transfer_id);
    let again = api.altinn().broker().redrive(&actor, &service, id).await?;
    Ok(Json(TriedAgain { again: again.into() }))
}

fn named(api: &Api, org: &str, name: &str) -> Result<BrokerService, ApiError> {
    service(api, &format!("{org}/{name}"))
}

impl From<StuckTransfer> for StuckTransferAnswer {
    fn from(stuck: StuckTransfer) -> Self {
        Self {
            file_transfer_id: stuck.id.as_uuid(),
            file_transfer_status: stuck.status.as_str(),
            attempts: stuck.attempts,
            problem: stuck.problem,
            due_at: stuck.due_at,
        }
    }
}
