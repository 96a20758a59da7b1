//! Events, as Altinn 3's events API gives them.

#[cfg(feature = "webhooks")]
mod deliveries;
mod feed;
#[cfg(feature = "webhooks")]
mod subscriptions;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, router};

/// The events API: the feed, of which each reader is given what the policies let them read, events that an agency publishes, and,
/// with the feature `webhooks`, subscriptions and what could not be delivered to them.
pub fn events(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    let routes = OpenApiRouter::new()
        .routes(routes!(feed::read, feed::publish))
        .routes(routes!(feed::read_of_party))
        .routes(routes!(feed::read_of_app));
    #[cfg(feature = "webhooks")]
    let routes = routes
        .routes(routes!(subscriptions::subscribe, subscriptions::list))
        .routes(routes!(subscriptions::get, subscriptions::end))
        .routes(routes!(deliveries::dead))
        .routes(routes!(deliveries::redrive));
    routes
}
