//! Orders.

use altinn_core::store::Batch;
use altinn_notify::{Order, OrderStatus};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;

use super::Agency;
use super::answer::{CancelledOrder, NotificationStatusName, OrderPath, OrderedChain};
use super::request::{OrderChain, read};
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::InPath;

/// Orders a notification with its reminders. The same `idempotencyId` again is the same order, which is answered with 200.
#[utoipa::path(post, path = "/notifications/api/v1/future/orders", tag = "notifications", operation_id = "orderNotification",
    request_body = OrderChain,
    responses((status = 201, description = "It is ordered", body = OrderedChain),
              (status = 200, description = "It was ordered before", body = OrderedChain)))]
pub(super) async fn order(
    State(api): State<Api>,
    Caller(actor): Caller,
    JsonBody(body): JsonBody<Value>,
) -> Result<(StatusCode, Json<OrderedChain>), ApiError> {
    let agency = Agency::of(&actor)?;
    let reminders = body.get("reminders").and_then(Value::as_array).cloned().unwrap_or_default();
    let reference = |of: &Value| of.get("sendersReference").and_then(Value::as_str).map(str::to_owned);
    let references = reminders.iter().map(reference).collect();
    let senders_reference = reference(&body);
    let order = read(&api, &agency, body)?;
    let status = placed(&api, &order).await?;
    Ok((status, Json(OrderedChain::of(order.id(), senders_reference, references))))
}

/// Puts an order into the store, and says whether it was there before.
pub(super) async fn placed(api: &Api, order: &Order) -> Result<StatusCode, ApiError> {
    let notifier = api.altinn().notifier();
    let mut batch = Batch::new();
    notifier.order(&mut batch, order)?;
    let is_there = notifier.idempotency_id(order.id()).await?.is_some();
    match api.altinn().store().commit(batch).await {
        Ok(_) => Ok(if is_there { StatusCode::OK } else { StatusCode::CREATED }),
        Err(error) if error.is_conflict() => Err(ApiError::new(
            "IDEMPOTENCY-DIFFERENT-REQUEST",
            "another order was placed under this `idempotencyId`",
        )),
        Err(error) => Err(error.into()),
    }
}

/// Cancels what of an order has not been sent, and its reminders. To cancel twice is to cancel once.
#[utoipa::path(put, path = "/notifications/api/v1/orders/{id}/cancel", tag = "notifications",
    operation_id = "cancelNotification", params(OrderPath),
    responses((status = 200, description = "It is cancelled", body = CancelledOrder)))]
pub(super) async fn cancel(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(OrderPath { id }): InPath<OrderPath>,
) -> Result<Json<CancelledOrder>, ApiError> {
    let notifier = api.altinn().notifier();
    let order = Agency::of(&actor)?.order(notifier, id).await?;
    let cancelled = notifier.cancel(order).await?;
    Ok(Json(CancelledOrder {
        id,
        status: NotificationStatusName::of_order(OrderStatus::Cancelled),
        held_back: cancelled.notifications,
        too_late: cancelled.too_late,
        reminders: cancelled.reminders,
    }))
}
