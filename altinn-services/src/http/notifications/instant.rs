//! What is told at once, at any hour.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Agency;
use super::answer::OrderedChain;
use super::orders::placed;
use super::request::{EmailRecipient, SmsWords, read};
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;

/// An SMS that is sent at once. `Debug` does not show it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstantSms {
    /// The same id twice is one order.
    #[schema(min_length = 1, max_length = 150)]
    idempotency_id: String,
    #[schema(max_length = 200)]
    senders_reference: Option<String>,
    recipient_sms: InstantSmsRecipient,
}

/// Whoever has a mobile number.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InstantSmsRecipient {
    phone_number: String,
    /// After how many seconds it is given up.
    #[schema(minimum = 60, maximum = 172_800)]
    time_to_live_in_seconds: u32,
    #[schema(value_type = SmsWords)]
    sms_settings: Value,
}

/// A mail that is sent at once. `Debug` does not show it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstantEmail {
    /// The same id twice is one order.
    #[schema(min_length = 1, max_length = 150)]
    idempotency_id: String,
    #[schema(max_length = 200)]
    senders_reference: Option<String>,
    #[schema(value_type = EmailRecipient)]
    recipient_email: Value,
}

/// How long an SMS may be tried, in seconds, as Altinn has it.
const TIME_TO_LIVE: std::ops::RangeInclusive<u32> = 60..=172_800;

/// Sends an SMS at once, at any hour. The same `idempotencyId` again is the same order, which is answered with 200.
#[utoipa::path(post, path = "/notifications/api/v1/future/orders/instant", tag = "notifications", operation_id = "sendInstant",
    request_body = InstantSms,
    responses((status = 201, description = "It is ordered", body = OrderedChain),
              (status = 200, description = "It was ordered before", body = OrderedChain)))]
pub(super) async fn sms(
    state: State<Api>,
    caller: Caller,
    body: JsonBody<InstantSms>,
) -> Result<(StatusCode, Json<OrderedChain>), ApiError> {
    instant_sms(state, caller, body).await
}

/// Sends an SMS at once, at any hour. The same `idempotencyId` again is the same order, which is answered with 200.
#[utoipa::path(post, path = "/notifications/api/v1/future/orders/instant/sms", tag = "notifications",
    operation_id = "sendInstantSms", request_body = InstantSms,
    responses((status = 201, description = "It is ordered", body = OrderedChain),
              (status = 200, description = "It was ordered before", body = OrderedChain)))]
pub(super) async fn instant_sms(
    State(api): State<Api>,
    Caller(actor): Caller,
    JsonBody(mut asked): JsonBody<InstantSms>,
) -> Result<(StatusCode, Json<OrderedChain>), ApiError> {
    let to = &mut asked.recipient_sms;
    if !TIME_TO_LIVE.contains(&to.time_to_live_in_seconds) {
        return Err(ApiError::new("HTTP-BODY", "`timeToLiveInSeconds` is 60 to 172,800"));
    }
    if let Some(words) = to.sms_settings.as_object_mut() {
        words.insert("sendingTimePolicy".to_owned(), json!("Anytime"));
    }
    let body = json!({
        "idempotencyId": asked.idempotency_id,
        "sendersReference": asked.senders_reference,
        "timeToLiveInSeconds": to.time_to_live_in_seconds,
        "recipient": {"recipientSms": {"phoneNumber": to.phone_number, "smsSettings": to.sms_settings}},
    });
    let order = read(&api, &Agency::of(&actor)?, body)?;
    let status = placed(&api, &order).await?;
    Ok((status, Json(OrderedChain::of(order.id(), asked.senders_reference, Vec::new()))))
}

/// Sends a mail at once. The same `idempotencyId` again is the same order, which is answered with 200.
#[utoipa::path(post, path = "/notifications/api/v1/future/orders/instant/email", tag = "notifications",
    operation_id = "sendInstantEmail", request_body = InstantEmail,
    responses((status = 201, description = "It is ordered", body = OrderedChain),
              (status = 200, description = "It was ordered before", body = OrderedChain)))]
pub(super) async fn instant_email(
    State(api): State<Api>,
    Caller(actor): Caller,
    JsonBody(asked): JsonBody<InstantEmail>,
) -> Result<(StatusCode, Json<OrderedChain>), ApiError> {
    let body = json!({
        "idempotencyId": asked.idempotency_id,
        "sendersReference": asked.senders_reference,
        "recipient": {"recipientEmail": asked.recipient_email},
    });
    let order = read(&api, &Agency::of(&actor)?, body)?;
    let status = placed(&api, &order).await?;
    Ok((status, Json(OrderedChain::of(order.id(), asked.senders_reference, Vec::new()))))
}

impl std::fmt::Debug for InstantSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstantSms(***)")
    }
}

impl std::fmt::Debug for InstantEmail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstantEmail(***)")
    }
}
