//! Subscriptions (abonnement): instances that are made for a party when they are due. Altinn 3 has no such API, so it stands
//! under `/v1`.

use altinn_core::{PartyId, ServiceId};
use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::body::JsonBody;
use super::caller::Caller;
use super::condition::{etag, if_match, versioned};
use super::error::ApiError;
use super::idempotency::key_of;
use super::query::{Asked, InPath};
use super::{Api, router};
use crate::submission::{InstanceSubscription, MadeInstance, NewSubscription, Service, SubmissionError};

/// The subscriptions API: parties subscribed to services, under `/v1/subscriptions`.
pub fn instance_subscriptions(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(subscribe, list))
        .routes(routes!(get, change, end))
        .routes(routes!(made))
}

/// A party that subscribes to a service.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewInstanceSubscription {
    /// The service: `ttd/vat-return`.
    service: String,
    /// The party.
    party_id: i64,
    /// What it subscribes to.
    subscription: NewSubscription,
}

/// A subscription: `/v1/subscriptions/{subscriptionId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
struct SubscriptionPath {
    /// The subscription.
    subscription_id: Uuid,
}

/// Which subscriptions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
struct Which {
    /// The service: `ttd/vat-return`.
    service: String,
    /// The party; the service's agency may leave it out.
    party_id: Option<i64>,
    /// Those after this one.
    after: Option<Uuid>,
}

/// Which of the instances that a subscription has made.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct After {
    /// Those after this number, of which the first is 1.
    #[serde(default)]
    #[param(required = false, minimum = 0)]
    after: i64,
}

/// Subscribes a party to a service. With `Idempotency-Key`, the same request again is the same subscription.
#[utoipa::path(post, path = "/v1/subscriptions", tag = "subscriptions", operation_id = "subscribeParty",
    params(("Idempotency-Key" = Option<String>, Header, description = "A random key of the sender's")),
    request_body = NewInstanceSubscription,
    responses((status = 201, description = "It is subscribed", body = InstanceSubscription,
               headers(("Location" = String), ("ETag" = String)))))]
async fn subscribe(
    State(api): State<Api>,
    Caller(actor): Caller,
    headers: HeaderMap,
    JsonBody(asked): JsonBody<NewInstanceSubscription>,
) -> Result<Response, ApiError> {
    let service = service(&api, &asked.service)?;
    let mut new = asked.subscription;
    if let Some(key) = key_of(&headers)? {
        new = new.once(key);
    }
    let subscriptions = api.altinn().submissions().subscriptions();
    let subscription = subscriptions.subscribe(&actor, &service, PartyId::new(asked.party_id), &new).await?;
    let location = format!("/v1/subscriptions/{}", subscription.id);
    let mut response = answered(StatusCode::CREATED, subscription);
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// The subscriptions of a party to a service, or, for the service's agency, of all parties: at most 1,000, the oldest first.
#[utoipa::path(get, path = "/v1/subscriptions", tag = "subscriptions", operation_id = "listInstanceSubscriptions",
    params(Which), responses((status = 200, description = "The subscriptions", body = Vec<InstanceSubscription>)))]
async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(which): Asked<Which>,
) -> Result<Json<Vec<InstanceSubscription>>, ApiError> {
    let service = service(&api, &which.service)?;
    let party = which.party_id.map(PartyId::new);
    let subscriptions = api.altinn().submissions().subscriptions();
    Ok(Json(subscriptions.list(&actor, &service, party, which.after).await?))
}

/// A subscription.
#[utoipa::path(get, path = "/v1/subscriptions/{subscriptionId}", tag = "subscriptions",
    operation_id = "getInstanceSubscription", params(SubscriptionPath),
    responses((status = 200, description = "The subscription", body = InstanceSubscription, headers(("ETag" = String)))))]
async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<SubscriptionPath>,
) -> Result<Response, ApiError> {
    let subscription = api.altinn().submissions().subscriptions().get(&actor, at.subscription_id).await?;
    Ok(answered(StatusCode::OK, subscription))
}

/// Changes a subscription that has not ended: its schedule, what its forms hold from the start, and whether the party is
/// told. With `If-Match`, only where it is of that version still.
#[utoipa::path(put, path = "/v1/subscriptions/{subscriptionId}", tag = "subscriptions",
    operation_id = "changeInstanceSubscription",
    params(SubscriptionPath, ("If-Match" = Option<String>, Header, description = "The version that is changed")),
    request_body = NewSubscription,
    responses((status = 200, description = "It is changed", body = InstanceSubscription, headers(("ETag" = String)))))]
async fn change(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<SubscriptionPath>,
    headers: HeaderMap,
    JsonBody(new): JsonBody<NewSubscription>,
) -> Result<Response, ApiError> {
    let subscriptions = api.altinn().submissions().subscriptions();
    let asked = if_match(&headers)?;
    let version = match asked {
        Some(version) => version,
        None => subscriptions.get(&actor, at.subscription_id).await?.version,
    };
    let changed = subscriptions.change(&actor, at.subscription_id, &new, version).await;
    Ok(answered(StatusCode::OK, changed.map_err(|error| versioned(error, asked))?))
}

/// Ends a subscription: it makes no more instances, and those that it made stay.
#[utoipa::path(delete, path = "/v1/subscriptions/{subscriptionId}", tag = "subscriptions",
    operation_id = "endInstanceSubscription", params(SubscriptionPath),
    responses((status = 200, description = "It has ended", body = InstanceSubscription, headers(("ETag" = String)))))]
async fn end(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<SubscriptionPath>,
) -> Result<Response, ApiError> {
    let subscription = api.altinn().submissions().subscriptions().end(&actor, at.subscription_id).await?;
    Ok(answered(StatusCode::OK, subscription))
}

/// The instances that a subscription has made, the first one first: at most 1,000.
#[utoipa::path(get, path = "/v1/subscriptions/{subscriptionId}/instances", tag = "subscriptions",
    operation_id = "getSubscribedInstances", params(SubscriptionPath, After),
    responses((status = 200, description = "The instances", body = Vec<MadeInstance>)))]
async fn made(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<SubscriptionPath>,
    Asked(After { after }): Asked<After>,
) -> Result<Json<Vec<MadeInstance>>, ApiError> {
    let subscriptions = api.altinn().submissions().subscriptions();
    Ok(Json(subscriptions.made(&actor, at.subscription_id, after).await?))
}

fn service(api: &Api, named: &str) -> Result<Service, ApiError> {
    let id: Option<ServiceId> = named.parse().ok();
    id.and_then(|id| api.altinn().service(&id)).ok_or_else(|| SubmissionError::NotFound.into())
}

/// An answer with a subscription, and the version that it is of.
fn answered(status: StatusCode, subscription: InstanceSubscription) -> Response {
    (status, [(ETAG, etag(subscription.version))], Json(subscription)).into_response()
}
