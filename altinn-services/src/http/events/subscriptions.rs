//! Who is told of events.

use altinn_core::{Actor, Subject};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::event::{
    APP, EventFilter, ORGANIZATION, Subscription, SubscriptionError, SubscriptionState, Webhooks,
};
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::InPath;

/// What somebody wants to be told of, and where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewSubscription {
    /// Where events are sent: an `https` address.
    end_point: String,
    resource_filter: Option<String>,
    source_filter: Option<String>,
    subject_filter: Option<String>,
    alternative_subject_filter: Option<String>,
    type_filter: Option<String>,
    /// Altinn's: events of sub-units too. They are not sent here, so it must not be asked for.
    #[serde(default)]
    include_subunits: bool,
}

/// A subscription.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "Subscription")]
pub(super) struct SubscriptionAnswer {
    id: Uuid,
    end_point: String,
    /// `/org/ttd`, `/organisation/991825827`.
    consumer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject_filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alternative_subject_filter: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    type_filter: Option<String>,
    /// Whether the end point has taken the first event.
    validated: bool,
    created: DateTime<Utc>,
}

/// All subscriptions of a caller.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SubscriptionList {
    count: usize,
    subscriptions: Vec<SubscriptionAnswer>,
}

/// A subscription: `/events/api/v1/subscriptions/{id}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct SubscriptionPath {
    /// The subscription.
    pub(super) id: Uuid,
}

/// Subscribes; the end point is sent an event first, which it must take. The same subscription again is the same one.
#[utoipa::path(post, path = "/events/api/v1/subscriptions", tag = "events", operation_id = "subscribe",
    request_body = NewSubscription,
    responses((status = 201, description = "The subscription", body = SubscriptionAnswer)))]
pub(super) async fn subscribe(
    State(api): State<Api>,
    Caller(actor): Caller,
    JsonBody(new): JsonBody<NewSubscription>,
) -> Result<(StatusCode, Json<SubscriptionAnswer>), ApiError> {
    if new.include_subunits {
        let text = "`includeSubunits` is not known here: subscribe to each sub-unit";
        return Err(ApiError::new("SUBSCRIPTION-FILTER", text));
    }
    let filter = EventFilter {
        resource_filter: new.resource_filter,
        source_filter: new.source_filter,
        subject_filter: new.subject_filter,
        alternative_subject_filter: new.alternative_subject_filter,
        type_filter: new.type_filter,
    };
    match actor.subject() {
        // An agency is told of whatever its filter lets through: only of its own services.
        Subject::ServiceOwner { org, .. } => {
            let own = format!("{APP}{org}_");
            if !filter.resource_filter.as_deref().is_some_and(|resource| resource.starts_with(&own)) {
                let text = "`resourceFilter` must name a service of the agency";
                return Err(ApiError::new("SUBSCRIPTION-FILTER", text));
            }
        }
        // An organization is told of what the policies let it read, decided event by event.
        Subject::Organization { .. } if filter.resource_filter.is_some() => {}
        Subject::Organization { .. } => {
            return Err(ApiError::new("SUBSCRIPTION-FILTER", "`resourceFilter` must name a service"));
        }
        _ => return Err(ApiError::new("HTTP-SCOPE", "only agencies and organizations subscribe to events")),
    }
    let subscriptions = webhooks(&api)?.subscriptions();
    let subscription = subscriptions.subscribe(&consumer(&actor), &new.end_point, filter).await?;
    Ok((StatusCode::CREATED, Json(SubscriptionAnswer::of(subscription))))
}

/// The subscriptions of the caller.
#[utoipa::path(get, path = "/events/api/v1/subscriptions", tag = "events", operation_id = "listSubscriptions",
    responses((status = 200, description = "The subscriptions", body = SubscriptionList)))]
pub(super) async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
) -> Result<Json<SubscriptionList>, ApiError> {
    let subscriptions = of(&api, &actor).await?;
    Ok(Json(SubscriptionList { count: subscriptions.len(), subscriptions }))
}

/// A subscription of the caller.
#[utoipa::path(get, path = "/events/api/v1/subscriptions/{id}", tag = "events", operation_id = "getSubscription",
    params(SubscriptionPath),
    responses((status = 200, description = "The subscription", body = SubscriptionAnswer)))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SubscriptionPath { id }): InPath<SubscriptionPath>,
) -> Result<Json<SubscriptionAnswer>, ApiError> {
    Ok(Json(own(&api, &actor, id).await?))
}

/// Ends a subscription of the caller.
#[utoipa::path(delete, path = "/events/api/v1/subscriptions/{id}", tag = "events", operation_id = "endSubscription",
    params(SubscriptionPath), responses((status = 200, description = "It has ended")))]
pub(super) async fn end(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SubscriptionPath { id }): InPath<SubscriptionPath>,
) -> Result<StatusCode, ApiError> {
    webhooks(&api)?.subscriptions().end(&consumer(&actor), id).await?;
    Ok(StatusCode::OK)
}

/// A subscription of the caller.
pub(super) async fn own(api: &Api, actor: &Actor, id: Uuid) -> Result<SubscriptionAnswer, ApiError> {
    let found = of(api, actor).await?.into_iter().find(|subscription| subscription.id == id);
    Ok(found.ok_or(SubscriptionError::NotFound)?)
}

async fn of(api: &Api, actor: &Actor) -> Result<Vec<SubscriptionAnswer>, ApiError> {
    let subscriptions = webhooks(api)?.subscriptions().of(&consumer(actor)).await?;
    Ok(subscriptions.into_iter().map(SubscriptionAnswer::of).collect())
}

pub(super) fn webhooks(api: &Api) -> Result<&Webhooks, ApiError> {
    api.altinn().webhooks().ok_or_else(|| ApiError::new("HTTP-NOT-FOUND", "events are not sent from here"))
}

/// How a subscriber is named.
pub(super) fn consumer(actor: &Actor) -> String {
    match actor.subject() {
        Subject::ServiceOwner { org, .. } => format!("/org/{org}"),
        Subject::Organization { number, .. } => format!("{ORGANIZATION}{number}"),
        Subject::SystemUser { id, .. } => format!("/systemuser/{id}"),
        _ => actor.reference(),
    }
}

impl SubscriptionAnswer {
    fn of(subscription: Subscription) -> Self {
        let filter = subscription.filter;
        Self {
            id: subscription.id,
            end_point: subscription.end_point,
            consumer: subscription.consumer,
            resource_filter: filter.resource_filter,
            source_filter: filter.source_filter,
            subject_filter: filter.subject_filter,
            alternative_subject_filter: filter.alternative_subject_filter,
            type_filter: filter.type_filter,
            validated: subscription.state == SubscriptionState::Valid,
            created: subscription.created,
        }
    }
}
