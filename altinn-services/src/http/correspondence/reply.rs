//! What Altinn 3 has no paths for, and so stands under `/v1`: answers that are taken, and receipts.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::answer::ReplyAnswer;
use super::at::{CorrespondencePath, Found, received};
use super::done;
use crate::correspondence::CorrespondenceStatus;
use crate::http::acting::{Acting, OnBehalfOf};
use crate::http::body::JsonBody;
use crate::http::error::ApiError;
use crate::http::language::language_of;
use crate::http::query::InPath;
use crate::http::{Api, receipt};

/// Which answer is taken.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct TakenReply {
    /// Its place among the `replyOptions`, from 0.
    option: u32,
}

/// What a receipt is of: `/v1/correspondence/{correspondenceId}/receipts/{status}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct EvidencePath {
    /// The correspondence.
    correspondence_id: Uuid,
    /// `Read` or `Confirmed`.
    #[param(inline)]
    status: EvidenceName,
}

/// The statuses that leave evidence.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum EvidenceName {
    Read,
    Confirmed,
}

/// Takes one of the answers that are offered, of a correspondence that was read: it is `Replied` then. Taking the same again
/// changes nothing.
#[utoipa::path(post, path = "/v1/correspondence/{correspondenceId}/reply", tag = "correspondence",
    operation_id = "replyToCorrespondence", params(CorrespondencePath, OnBehalfOf), request_body = TakenReply,
    responses((status = 200, description = "The answer: where it leads", body = ReplyAnswer)))]
pub(super) async fn reply(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<CorrespondencePath>,
    headers: HeaderMap,
    JsonBody(TakenReply { option }): JsonBody<TakenReply>,
) -> Result<Json<ReplyAnswer>, ApiError> {
    let Found { service, id, .. } = path.received(&api, party).await?;
    let option = usize::try_from(option).unwrap_or(usize::MAX);
    let taken = api.altinn().correspondences().reply(&actor, &service, &id, option).await.map_err(done)?;
    Ok(Json(ReplyAnswer::of(taken, language_of(&headers))))
}

/// The receipt that a correspondence was read or confirmed, for whoever has got it: proved (200), or the log's signed promise of
/// it (202), which the same call soon turns into the proved one. Anybody verifies it with the log's key alone.
#[utoipa::path(get, path = "/v1/correspondence/{correspondenceId}/receipts/{status}", tag = "correspondence",
    operation_id = "getCorrespondenceReceipt", params(EvidencePath, OnBehalfOf),
    responses((status = 200, description = "The receipt, for ever the same", body = Object),
              (status = 202, description = "The promise of it", body = Object)))]
pub(super) async fn evidence(
    State(api): State<Api>,
    Acting { actor, party }: Acting,
    InPath(path): InPath<EvidencePath>,
) -> Result<Response, ApiError> {
    let Found { service, id, .. } = received(&api, party, path.correspondence_id).await?;
    let status = match path.status {
        EvidenceName::Read => CorrespondenceStatus::Read,
        EvidenceName::Confirmed => CorrespondenceStatus::Confirmed,
    };
    Ok(receipt::receipt(api.altinn().correspondences().receipt(&actor, &service, &id, status).await?))
}
