//! Delivery to the agency: what an instance holds, with digests, and all of it once more on demand. Altinn 3 has no such API, so
//! it stands under `/v1`.

use altinn_core::{InstanceId, PartyId};
use axum::extract::State;
use axum::{Json, Router};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::body::JsonBody;
use super::caller::Caller;
use super::error::ApiError;
use super::query::InPath;
use super::reason::Reason;
use super::{Api, router};
use crate::submission::{DeliveredAgain, InstanceContents};

/// The deliveries API: `GET /v1/deliveries/{instanceOwnerPartyId}/{instanceGuid}` tells what an instance holds, and
/// `POST .../again` has it delivered again.
pub fn deliveries(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(contents)).routes(routes!(again))
}

/// An instance: `/v1/deliveries/{instanceOwnerPartyId}/{instanceGuid}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
struct DeliveryPath {
    /// The party that the instance is of.
    instance_owner_party_id: i64,
    /// The instance.
    instance_guid: Uuid,
}

impl DeliveryPath {
    fn id(&self) -> InstanceId {
        InstanceId::new(PartyId::new(self.instance_owner_party_id), self.instance_guid)
    }
}

/// What an instance holds, with digests: its bytes are those of its elements.
#[utoipa::path(get, path = "/v1/deliveries/{instanceOwnerPartyId}/{instanceGuid}", tag = "deliveries",
    operation_id = "getContents", params(DeliveryPath),
    responses((status = 200, description = "The elements with their digests", body = InstanceContents)))]
async fn contents(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<DeliveryPath>,
) -> Result<Json<InstanceContents>, ApiError> {
    Ok(Json(api.altinn().submissions().contents(&actor, &at.id()).await?))
}

/// Delivers an instance to the service's agency again: every event of it is sent once more to the end points that the agency
/// subscribed.
#[utoipa::path(post, path = "/v1/deliveries/{instanceOwnerPartyId}/{instanceGuid}/again", tag = "deliveries",
    operation_id = "deliverAgain", params(DeliveryPath), request_body = Reason,
    responses((status = 200, description = "What is sent again, and what the instance holds", body = DeliveredAgain)))]
async fn again(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<DeliveryPath>,
    JsonBody(reason): JsonBody<Reason>,
) -> Result<Json<DeliveredAgain>, ApiError> {
    Ok(Json(api.altinn().submissions().deliver_again(&actor, &at.id(), reason.text()?).await?))
}
