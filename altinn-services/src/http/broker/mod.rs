//! Broker (formidling): files of any size, as Altinn 3 Formidling takes and gives them, and by tus 1.0.

mod agency;
mod answer;
mod files;
mod form;
mod transfers;
mod tus;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, router};

/// The broker API: file transfers announced, uploaded (also by tus 1.0, that goes on where it broke off), looked at,
/// downloaded in ranges and confirmed; under `/v1` receipts, and the transfers on which work fails.
pub fn broker(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    // Files are never held in memory: what they may be at most is the service's to say.
    let streams = OpenApiRouter::new()
        .routes(routes!(files::upload))
        .routes(routes!(form::upload))
        .routes(routes!(tus::offset, tus::append, tus::end))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(streams)
        .routes(routes!(transfers::initialise, transfers::list))
        .routes(routes!(transfers::overview))
        .routes(routes!(transfers::details))
        .routes(routes!(files::fetch))
        .routes(routes!(files::confirm))
        .routes(routes!(agency::of_transfer))
        .routes(routes!(agency::stuck))
        .routes(routes!(agency::redrive))
        .routes(routes!(tus::create, tus::abilities))
}
