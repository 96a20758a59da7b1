//! What has become of orders.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::Agency;
use super::answer::{DeliveryManifest, FeedAnswer, NotificationLog, OrderPath};
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};

/// Which entries of the feed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct WhichEntries {
    /// Those after this sequence number; 0 from the beginning.
    #[param(minimum = 0)]
    seq: Option<i64>,
    /// At most so many; 50 where it is left out.
    #[param(minimum = 1, maximum = 1000)]
    page_size: Option<u32>,
}

/// Which recipients of an order.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichRecipients {
    /// From this place among them on, from 0.
    #[param(minimum = 0)]
    from: Option<u32>,
    /// At most so many; 100 where it is left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// How an order or a reminder stands, and whom it has reached.
#[utoipa::path(get, path = "/notifications/api/v1/future/shipment/{id}", tag = "notifications", operation_id = "getShipment",
    params(OrderPath), responses((status = 200, description = "How it stands", body = DeliveryManifest)))]
pub(super) async fn shipment(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(OrderPath { id }): InPath<OrderPath>,
) -> Result<Json<DeliveryManifest>, ApiError> {
    let notifier = api.altinn().notifier();
    let order = Agency::of(&actor)?.order(notifier, id).await?;
    Ok(Json(notifier.status(order).await?.into()))
}

/// What has happened with the agency's orders, in an order that never changes.
#[utoipa::path(get, path = "/notifications/api/v1/future/shipment/feed", tag = "notifications", operation_id = "readShipmentFeed",
    params(WhichEntries), responses((status = 200, description = "What has happened", body = Vec<FeedAnswer>)))]
pub(super) async fn feed(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(WhichEntries { seq, page_size }): Asked<WhichEntries>,
) -> Result<Json<Vec<FeedAnswer>>, ApiError> {
    let (after, limit) = (seq.unwrap_or_default(), page_size.unwrap_or(50));
    if after < 0 || !(1..=1_000).contains(&limit) {
        return Err(ApiError::new("HTTP-QUERY", "`seq` is 0 or more, and `pageSize` 1 to 1,000"));
    }
    let agency = Agency::of(&actor)?;
    let page = api.altinn().notifier().feed_of_prefix(&agency.prefix, after, limit).await?;
    Ok(Json(page.entries.into_iter().map(FeedAnswer::from).collect()))
}

/// Everything that has happened with the notifications of an order, recipient by recipient.
#[utoipa::path(get, path = "/v1/notifications/shipments/{id}/log", tag = "notifications", operation_id = "getShipmentLog",
    params(OrderPath, WhichRecipients),
    responses((status = 200, description = "What has happened", body = Vec<NotificationLog>)))]
pub(super) async fn log(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(OrderPath { id }): InPath<OrderPath>,
    Asked(which): Asked<WhichRecipients>,
) -> Result<Json<Vec<NotificationLog>>, ApiError> {
    let limit = which.limit.unwrap_or(100);
    if !(1..=1_000).contains(&limit) {
        return Err(ApiError::new("HTTP-QUERY", "`limit` is 1 to 1,000"));
    }
    let notifier = api.altinn().notifier();
    let order = Agency::of(&actor)?.order(notifier, id).await?;
    let notifications = notifier.notifications(order, which.from.unwrap_or_default(), limit).await?;
    Ok(Json(notifications.into_iter().map(NotificationLog::from).collect()))
}
