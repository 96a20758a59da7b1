//! The feed.

use altinn_auth::decision::AccessRequest;
use altinn_core::{Actor, InstanceId, ServiceId, Subject};
use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::event::{CloudEvent, EventFilter};
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::Asked;

const NEXT: HeaderName = HeaderName::from_static("next");
const APP: &str = "urn:altinn:resource:app_";

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
    /// The type: `app.instance.process.completed`.
    #[serde(rename = "type")]
    event_type: Option<String>,
    /// How many events are looked at, at most 1,000; 50 where it is left out.
    #[param(minimum = 1, maximum = 1000)]
    size: Option<u32>,
}

/// The events after a place of the feed that the caller may read, in their order. The header `next` is where to go on.
#[utoipa::path(get, path = "/events/api/v1/events", tag = "events", operation_id = "readEvents",
    params(Which, ("Altinn-AlternativeSubject" = Option<String>, Header, description = "`/org/991825827`")),
    responses((status = 200, description = "CloudEvents 1.0", body = Vec<Object>, headers(("next" = String)))))]
pub(super) async fn read(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(which): Asked<Which>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let size = which.size.unwrap_or(50);
    if which.after < 0 || !(1..=1_000).contains(&size) {
        return Err(ApiError::new("HTTP-QUERY", "`after` is 0 or more, and `size` 1 to 1,000"));
    }
    let alternative = headers.get("altinn-alternativesubject").and_then(|value| value.to_str().ok());
    let filter = EventFilter {
        resource_filter: which.resource.clone(),
        subject_filter: which.subject.clone(),
        alternative_subject_filter: alternative.map(str::to_owned),
        type_filter: which.event_type.clone(),
        ..EventFilter::default()
    };
    let page = api.altinn().events().read_where(&filter, which.after, size).await?;
    let mut readable = Vec::new();
    for event in page.events {
        if may_read(&api, &actor, &event).await {
            readable.push(event);
        }
    }
    let mut response = Json(readable).into_response();
    if let Ok(next) = HeaderValue::from_str(&next(uri.path(), &which, page.next, size)) {
        response.headers_mut().insert(NEXT, next);
    }
    Ok(response)
}

/// Whether somebody may read an event: by the policy of its service, as Altinn asks it (`read` on the app's resource `events`); an event of no instance is for the
/// agency that owns the resource.
async fn may_read(api: &Api, actor: &Actor, event: &CloudEvent) -> bool {
    let Some(service) = event.resource().and_then(service_of) else { return false };
    let instance = event.resource_instance().and_then(|instance| instance.parse::<InstanceId>().ok());
    let Some(instance) = instance else {
        return matches!(actor.subject(), Subject::ServiceOwner { org, .. } if org == service.org());
    };
    let request = AccessRequest::new("read", service, instance.owner).on_instance(instance);
    let request = request.on_app_resource("events");
    api.altinn().authorizer().decide(actor, &request).await.is_ok()
}

/// The service of `urn:altinn:resource:app_{org}_{app}`.
fn service_of(resource: &str) -> Option<ServiceId> {
    let (org, app) = resource.strip_prefix(APP)?.split_once('_')?;
    format!("{org}/{app}").parse().ok()
}

/// The address of what follows.
fn next(path: &str, which: &Which, after: i64, size: u32) -> String {
    let mut next = format!("{path}?after={after}&size={size}");
    let filters = [("resource", &which.resource), ("subject", &which.subject), ("type", &which.event_type)];
    for (name, value) in filters {
        if let Some(value) = value {
            next.push_str(&format!("&{name}={}", encoded(value)));
        }
    }
    next
}

fn encoded(value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':' | b'/');
    value
        .bytes()
        .map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::service_of;

    #[test]
    fn the_service_of_a_resource_is_that_of_an_app() {
        let service = service_of("urn:altinn:resource:app_ttd_bakery-licence").map(|id| id.to_string());
        assert_eq!(service.as_deref(), Some("ttd/bakery-licence"));
        assert_eq!(service_of("urn:altinn:resource:other"), None);
    }
}
