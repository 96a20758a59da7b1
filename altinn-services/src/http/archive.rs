//! The archive: receipts for those who may read what they are of, and the log for everybody. Altinn 3 has none of it, so it
//! stands under `/v1`.

use altinn_archive::log::TilePath;
use altinn_core::{InstanceId, PartyId};
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::caller::Caller;
use super::error::ApiError;
use super::query::{Asked, InPath};
use super::{Api, router};

/// The archive API: receipts of submissions, and the log with its checkpoint, tiles and proofs. The log holds commitments
/// alone, and everybody may read it.
pub fn archive(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(receipt))
        .routes(routes!(key))
        .routes(routes!(checkpoint))
        .routes(routes!(consistency))
        .routes(routes!(tile))
}

/// An instance: `/v1/archive/receipts/{instanceOwnerPartyId}/{instanceGuid}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
struct ReceiptPath {
    /// The party that the instance is of.
    instance_owner_party_id: i64,
    /// The instance.
    instance_guid: Uuid,
}

/// Two sizes of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Sizes {
    /// The earlier size.
    #[param(minimum = 1)]
    first: u64,
    /// The later size.
    #[param(minimum = 1)]
    second: u64,
}

/// A resource of the log (C2SP tlog-tiles): `tile/0/000`, `tile/entries/000.p/5`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
struct LogPath {
    /// The path below `/v1/archive/log/`.
    path: String,
}

/// The receipt of a submission: proved (200), or the log's signed promise of it (202), which the same call soon turns into the
/// proved one. Anybody verifies it with the log's key alone.
#[utoipa::path(get, path = "/v1/archive/receipts/{instanceOwnerPartyId}/{instanceGuid}", tag = "archive",
    operation_id = "getReceipt", params(ReceiptPath),
    responses((status = 200, description = "The receipt, for ever the same", body = Object),
              (status = 202, description = "The promise of it", body = Object)))]
async fn receipt(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(path): InPath<ReceiptPath>,
) -> Result<Response, ApiError> {
    let id = InstanceId::new(PartyId::new(path.instance_owner_party_id), path.instance_guid);
    Ok(super::receipt::receipt(api.altinn().submissions().receipt(&actor, &id).await?))
}

/// The key that everybody verifies the log with, in the form of signed notes.
#[utoipa::path(get, path = "/v1/archive/key", tag = "archive", operation_id = "getLogKey", security(()),
    responses((status = 200, description = "The verifier key", body = String, content_type = "text/plain; charset=utf-8")))]
async fn key(State(api): State<Api>) -> impl IntoResponse {
    plain(api.altinn().archive().verifier_key().to_string())
}

/// The latest signed checkpoint of the log.
#[utoipa::path(get, path = "/v1/archive/checkpoint", tag = "archive", operation_id = "getCheckpoint", security(()),
    responses((status = 200, description = "A signed note; none (404) while the log is empty", body = String, content_type = "text/plain; charset=utf-8")))]
async fn checkpoint(State(api): State<Api>) -> Result<impl IntoResponse, ApiError> {
    let note = api.altinn().archive().checkpoint().await?;
    Ok(plain(note.ok_or_else(not_there)?.to_string()))
}

/// The proof that the log only grew between two of its checkpoints.
#[utoipa::path(get, path = "/v1/archive/consistency", tag = "archive", operation_id = "getConsistency", security(()),
    params(Sizes), responses((status = 200, description = "Both checkpoints and the proof", body = Object)))]
async fn consistency(
    State(api): State<Api>,
    Asked(Sizes { first, second }): Asked<Sizes>,
) -> Result<Json<Value>, ApiError> {
    let proof = api.altinn().archive().consistency(first, second).await?;
    Ok(Json(serde_json::to_value(&proof).map_err(|error| ApiError::new("INTERNAL", error))?))
}

/// A tile or an entry bundle of the log (C2SP tlog-tiles). It never changes.
#[utoipa::path(get, path = "/v1/archive/log/{*path}", tag = "archive", operation_id = "getTile", security(()),
    params(LogPath),
    responses((status = 200, description = "The tile", body = Vec<u8>, content_type = "application/octet-stream")))]
async fn tile(
    State(api): State<Api>,
    InPath(LogPath { path }): InPath<LogPath>,
) -> Result<Response, ApiError> {
    let path: TilePath = path.parse().map_err(|_| not_there())?;
    let is_fixed = !matches!(path, TilePath::Checkpoint);
    let bytes = api.altinn().archive().serve(path).await?.ok_or_else(not_there)?;
    let mut response = ([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response();
    if is_fixed {
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        response.headers_mut().insert(CACHE_CONTROL, forever);
    }
    Ok(response)
}

fn plain(text: String) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text)
}

fn not_there() -> ApiError {
    ApiError::new("HTTP-NOT-FOUND", "the log has no such thing")
}
