//! Routers, with what stands around every call.

use axum::http::Method;
use axum::http::header::{
    AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION,
    RANGE, RETRY_AFTER,
};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use axum::{Router, http::HeaderName};
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    Api, access, access_lists, answer, app, archive, authorization, deliveries, events, health, inbox,
    instance_subscriptions, metrics, notifications, openapi, storage, support, system_users, trail,
};

/// Everything that is built: every part, with `/openapi.json`, `/health/live`, `/health/ready` and `/metrics`.
///
/// Health and metrics are meant for the agency's own network: do not pass them on to everybody.
pub fn all(api: &Api) -> Router {
    let routes = OpenApiRouter::with_openapi(openapi::begun())
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::metrics))
        .merge(app::routes(api))
        .merge(storage::routes())
        .merge(authorization::routes())
        .merge(access::routes())
        .merge(access_lists::routes())
        .merge(system_users::routes())
        .merge(trail::routes())
        .merge(events::routes())
        .merge(archive::routes())
        .merge(inbox::routes())
        .merge(notifications::routes())
        .merge(instance_subscriptions::routes())
        .merge(deliveries::routes())
        .merge(support::routes());
    #[cfg(feature = "lookup")]
    let routes = routes.merge(super::lookup::routes());
    #[cfg(feature = "link")]
    let routes = routes.merge(super::link::routes());
    #[cfg(feature = "broker")]
    let routes = routes.merge(super::broker::routes());
    #[cfg(feature = "correspondence")]
    let routes = routes.merge(super::correspondence::routes());
    #[cfg(feature = "collaboration")]
    let routes = routes.merge(super::cases::routes());
    let (routes, description) = routes.split_for_parts();
    let description = openapi::finished(description);
    around(api, routes.route("/openapi.json", get(openapi::served(description))))
}

/// A part by itself.
pub(super) fn alone(api: &Api, routes: OpenApiRouter<Api>) -> Router {
    around(api, routes.split_for_parts().0)
}

/// Puts around routes what stands around every call: limits, what a panic comes to and what every answer says, in one
/// layer, since each costs every call; and who else may be let in.
fn around(api: &Api, routes: Router<Api>) -> Router {
    let routes = routes.fallback(answer::no_such_path).layer(from_fn_with_state(api.clone(), answer::answer));
    let routes = if api.origins().is_empty() { routes } else { routes.layer(cors(api)) };
    routes.with_state(api.clone())
}

/// What another origin's pages may call with, and read of the answer: all that the API itself takes and gives.
fn cors(api: &Api) -> CorsLayer {
    let named = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(api.origins().to_vec()))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            CONTENT_DISPOSITION,
            IF_MATCH,
            IF_NONE_MATCH,
            RANGE,
            named("idempotency-key"),
            named("traceparent"),
            named("tus-resumable"),
            named("upload-length"),
            named("upload-metadata"),
            named("upload-offset"),
        ])
        .expose_headers([
            CONTENT_DISPOSITION,
            CONTENT_RANGE,
            ETAG,
            LOCATION,
            RETRY_AFTER,
            named("tus-resumable"),
            named("upload-length"),
            named("upload-offset"),
        ])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::collections::BTreeMap;

    use utoipa::openapi::OpenApi;

    use super::*;

    /// What is described under one name is one thing, in whichever part it stands.
    #[test]
    fn no_two_parts_describe_different_things_under_one_name() {
        let parts: Vec<OpenApi> = vec![
            storage::routes().into_openapi(),
            authorization::routes().into_openapi(),
            access::routes().into_openapi(),
            access_lists::routes().into_openapi(),
            system_users::routes().into_openapi(),
            trail::routes().into_openapi(),
            events::routes().into_openapi(),
            archive::routes().into_openapi(),
            instance_subscriptions::routes().into_openapi(),
            deliveries::routes().into_openapi(),
            support::routes().into_openapi(),
            inbox::routes().into_openapi(),
            notifications::routes().into_openapi(),
        ];
        let mut known: BTreeMap<String, serde_json::Value> = BTreeMap::new();
        for (name, schema) in parts.into_iter().filter_map(|part| part.components).flat_map(|all| all.schemas)
        {
            let schema = serde_json::to_value(&schema).unwrap();
            let other = known.insert(name.clone(), schema.clone());
            assert!(other.is_none_or(|other| other == schema), "`{name}` is two things");
        }
        assert!(known.len() > 10);
    }
}
