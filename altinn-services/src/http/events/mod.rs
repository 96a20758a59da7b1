//! Events, as Altinn 3's events API gives them.

mod feed;
#[cfg(feature = "webhooks")]
mod subscriptions;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, router};

/// The events API: the feed, of which each reader is given what the policies let them read, and, with the feature `webhooks`,
/// subscriptions.
pub fn events(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    let routes = OpenApiRouter::new().routes(routes!(feed::read));
    #[cfg(feature = "webhooks")]
    let routes = routes
        .routes(routes!(subscriptions::subscribe, subscriptions::list))
        .routes(routes!(subscriptions::get, subscriptions::end));
    routes
}
