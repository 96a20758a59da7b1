//! Deliveries that failed for good, and another try. Altinn 3 has no such API, so it stands under `/v1`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::subscriptions::{SubscriptionPath, consumer, own, webhooks};
use crate::event::Delivery;
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};

/// A delivery: `/v1/events/deliveries/{id}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct DeliveryPath {
    /// The delivery.
    id: Uuid,
}

/// Where a page begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AfterDelivery {
    /// Those after this one: the last of the page before.
    after: Option<Uuid>,
}

/// A delivery that failed for good.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeadDelivery {
    /// Its id: the end point got it as `webhook-id`.
    id: Uuid,
    subscription: Uuid,
    /// The event's place in the feed; none for the event that validates the subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<i64>,
    /// How often it was sent.
    attempts: i64,
    /// Why the last attempt failed: `HTTP-...`, or `STATUS-...` with the end point's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<Delivery> for DeadDelivery {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            subscription: delivery.subscription,
            position: delivery.position,
            attempts: delivery.attempts,
            reason: delivery.reason,
        }
    }
}

/// What could not be delivered to a subscription of the caller's, at most 1,000 after one.
#[utoipa::path(get, path = "/v1/events/subscriptions/{id}/dead", tag = "events", operation_id = "listDeadDeliveries",
    params(SubscriptionPath, AfterDelivery),
    responses((status = 200, description = "The deliveries", body = Vec<DeadDelivery>)))]
pub(super) async fn dead(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SubscriptionPath { id }): InPath<SubscriptionPath>,
    Asked(AfterDelivery { after }): Asked<AfterDelivery>,
) -> Result<Json<Vec<DeadDelivery>>, ApiError> {
    own(&api, &actor, id).await?;
    let dead = webhooks(&api)?.dead(&consumer(&actor), id, after).await?;
    Ok(Json(dead.into_iter().map(DeadDelivery::from).collect()))
}

/// Has a delivery that failed for good sent again, with all its attempts before it.
#[utoipa::path(post, path = "/v1/events/deliveries/{id}/redrive", tag = "events", operation_id = "redriveDelivery",
    params(DeliveryPath), responses((status = 204, description = "It is sent again")))]
pub(super) async fn redrive(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(DeliveryPath { id }): InPath<DeliveryPath>,
) -> Result<StatusCode, ApiError> {
    webhooks(&api)?.redrive(&consumer(&actor), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
