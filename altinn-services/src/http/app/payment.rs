//! What is to be paid in a task, and how the payment stands.

use axum::Json;
use axum::extract::State;

use super::at::InstancePath;
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::InPath;
use crate::submission::{OrderDetails, PaymentInformation};

/// How the payment of the task at hand stands at the provider; the action `pay` begins it.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/payment",
    tag = "payment", operation_id = "getPayment", params(InstancePath),
    responses((status = 200, description = "How it stands", body = PaymentInformation)))]
pub(super) async fn information(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<PaymentInformation>, ApiError> {
    at.read(&api, &actor).await?;
    Ok(Json(api.altinn().submissions().payment_information(&actor, &at.id()).await?))
}

/// What is to be paid in the task at hand.
#[utoipa::path(get, path = "/{org}/{app}/instances/{instanceOwnerPartyId}/{instanceGuid}/payment/order-details",
    tag = "payment", operation_id = "getOrderDetails", params(InstancePath),
    responses((status = 200, description = "The lines, and what they come to", body = OrderDetails)))]
pub(super) async fn order(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<OrderDetails>, ApiError> {
    at.read(&api, &actor).await?;
    let information = api.altinn().submissions().payment_information(&actor, &at.id()).await?;
    Ok(Json(information.order_details))
}
