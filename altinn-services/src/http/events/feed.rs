//! The feed.

use altinn_core::store::Batch;
use altinn_core::{Actor, Subject};
use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::IntoParams;

use crate::event::{APP, CloudEvent, EventError, EventFeed, EventFilter, NewEvent, may_read};
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath, Parameters};

const NEXT: HeaderName = HeaderName::from_static("next");

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// The place that was read to: 0 from the beginning, then what the header `next` says.
    #[param(minimum = 0)]
    after: i64,
    /// The resource: `urn:altinn:resource:app_ttd_bakery-licence`.
    resource: Option<String>,
    /// The subject: `/party/50001`.
    subject: Option<String>,
    /// The source, or a path above it.
    source: Option<String>,
    /// How many events are looked at, at most 1,000; 50 where it is left out.
    #[param(minimum = 1, maximum = 1000)]
    size: Option<u32>,
}

/// Of which types.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it describes a parameter that is read by itself")]
pub(super) struct Types {
    /// The type: `app.instance.process.completed`; said several times, any of these.
    #[param(rename = "type")]
    event_type: Option<Vec<String>>,
}

/// The events of an app.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct AppPath {
    /// The service owner.
    org: String,
    /// The app.
    app: String,
}

/// Which events of apps.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichOfApps {
    /// The place that was read to: 0 from the beginning, then what the header `next` says.
    #[param(minimum = 0)]
    after: i64,
    /// Of this party: its id.
    party: Option<i64>,
    /// How many events are looked at, at most 1,000; 50 where it is left out.
    #[param(minimum = 1, maximum = 1000)]
    size: Option<u32>,
}

/// The events after a place of the feed that the caller may read, in their order. The header `next` is where to go on.
#[utoipa::path(get, path = "/events/api/v1/events", tag = "events", operation_id = "readEvents",
    params(Which, Types, ("Altinn-AlternativeSubject" = Option<String>, Header, description = "`/org/991825827`")),
    responses((status = 200, description = "CloudEvents 1.0", body = Vec<Object>, headers(("next" = String)))))]
pub(super) async fn read(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(which): Asked<Which>,
    parameters: Parameters,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let alternative = headers.get("altinn-alternativesubject").and_then(|value| value.to_str().ok());
    let filter = EventFilter {
        resource_filter: which.resource,
        subject_filter: which.subject,
        source_filter: which.source,
        alternative_subject_filter: alternative.map(str::to_owned),
        ..EventFilter::default()
    };
    answer(&api, &actor, &uri, (which.after, which.size), (filter, &parameters)).await
}

/// The events of an app that the caller may read.
#[utoipa::path(get, path = "/events/api/v1/app/{org}/{app}", tag = "events", operation_id = "readAppEvents",
    params(AppPath, WhichOfApps, Types),
    responses((status = 200, description = "CloudEvents 1.0", body = Vec<Object>, headers(("next" = String)))))]
pub(super) async fn read_of_app(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(AppPath { org, app }): InPath<AppPath>,
    Asked(which): Asked<WhichOfApps>,
    parameters: Parameters,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, ApiError> {
    let filter = EventFilter {
        resource_filter: Some(format!("{APP}{org}_{app}")),
        subject_filter: which.party.map(|party| format!("/party/{party}")),
        ..EventFilter::default()
    };
    answer(&api, &actor, &uri, (which.after, which.size), (filter, &parameters)).await
}

/// The events of a party's, in any app, that the caller may read.
#[utoipa::path(get, path = "/events/api/v1/app/party", tag = "events", operation_id = "readPartyEvents",
    params(WhichOfApps, Types),
    responses((status = 200, description = "CloudEvents 1.0", body = Vec<Object>, headers(("next" = String)))))]
pub(super) async fn read_of_party(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(which): Asked<WhichOfApps>,
    parameters: Parameters,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, ApiError> {
    let party = which.party.ok_or_else(|| ApiError::new("HTTP-QUERY", "`party` is missing"))?;
    let filter = EventFilter { subject_filter: Some(format!("/party/{party}")), ..EventFilter::default() };
    answer(&api, &actor, &uri, (which.after, which.size), (filter, &parameters)).await
}

/// Publishes an event of the agency's own: of one of its resources. The same source and id again is the same event.
#[utoipa::path(post, path = "/events/api/v1/events", tag = "events", operation_id = "publishEvent",
    request_body(content = Object, content_type = "application/cloudevents+json"),
    responses((status = 200, description = "It is published")))]
pub(super) async fn publish(
    State(api): State<Api>,
    Caller(actor): Caller,
    JsonBody(event): JsonBody<Map<String, Value>>,
) -> Result<StatusCode, ApiError> {
    let event = CloudEvent::try_from(event)?;
    let Subject::ServiceOwner { org, .. } = actor.subject() else {
        return Err(ApiError::new("HTTP-SCOPE", "only an agency publishes events"));
    };
    if !event.resource().is_some_and(|resource| resource.starts_with(&format!("{APP}{org}_"))) {
        return Err(ApiError::new("HTTP-SCOPE", "`resource` must be one of the agency's"));
    }
    let new = NewEvent::of(event, api.altinn().clock().now())?;
    let mut batch = Batch::new();
    EventFeed::publish(&mut batch, &new);
    match api.altinn().store().commit(batch).await {
        Ok(_) => Ok(StatusCode::OK),
        Err(error) if error.is_conflict() => Ok(StatusCode::OK),
        Err(error) => Err(error.into()),
    }
}

/// A page of the feed, as far as the caller may read it.
async fn answer(
    api: &Api,
    actor: &Actor,
    uri: &Uri,
    (after, size): (i64, Option<u32>),
    (mut filter, parameters): (EventFilter, &Parameters),
) -> Result<Response, ApiError> {
    let size = size.unwrap_or(50);
    if after < 0 || !(1..=1_000).contains(&size) {
        return Err(ApiError::new("HTTP-QUERY", "`after` is 0 or more, and `size` 1 to 1,000"));
    }
    let types: Vec<&str> = parameters.all("type").chain(parameters.all("type[]")).collect();
    if let [only] = types.as_slice() {
        filter.type_filter = Some((*only).to_owned());
    }
    let page = api.altinn().events().read_where(&filter, after, size).await?;
    let mut readable = Vec::new();
    for event in page.events {
        let is_wanted = types.is_empty() || types.contains(&event.event_type());
        if is_wanted && may_read(api.altinn().authorizer(), actor, &event).await {
            readable.push(event);
        }
    }
    let mut response = Json(readable).into_response();
    if let Ok(next) = HeaderValue::from_str(&next(uri, page.next)) {
        response.headers_mut().insert(NEXT, next);
    }
    Ok(response)
}

/// The address of what follows: the same question after another place.
fn next(uri: &Uri, after: i64) -> String {
    let asked = uri.query().unwrap_or_default().split('&');
    let kept: String =
        asked.filter(|part| !part.starts_with("after=")).map(|part| format!("&{part}")).collect();
    format!("{}?after={after}{kept}", uri.path())
}

impl From<EventError> for ApiError {
    fn from(error: EventError) -> Self {
        Self::new(error.code(), &error)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::next;

    #[test]
    fn what_follows_is_the_same_question_after_another_place() {
        let uri = Uri::from_static("/events/api/v1/events?after=7&type=a&size=2&type=b");
        assert_eq!(next(&uri, 9), "/events/api/v1/events?after=9&type=a&size=2&type=b");
    }
}
