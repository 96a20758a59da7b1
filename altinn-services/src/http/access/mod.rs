//! Access management (tilgangsstyring): what parties give each other, what apps give on their instances, and what becomes of
//! it; requests for rights. Altinn 3's paths where it has them; for a time, on single instances, passed on and revoked one by one under `/v1`.

mod app;
mod check;
mod connections;
mod delegation;
mod given;
mod packages;
mod parties;
mod requests;
mod resources;
mod urn;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use super::{Api, router};

/// Access management: connections between parties with their access packages and resources, delegation checks, requests for
/// rights and their answers, what apps give on their instances, and under `/v1/access` single delegations: given for a time, passed on, listed, revoked.
pub fn access(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(connections::list, connections::remove))
        .routes(routes!(packages::list, packages::give, packages::take_back))
        .routes(routes!(packages::check))
        .routes(routes!(resources::list, resources::take_back))
        .routes(routes!(resources::rules, resources::give))
        .routes(routes!(resources::check))
        .routes(routes!(requests::ask_for_resource))
        .routes(routes!(requests::ask_for_package))
        .routes(routes!(requests::get))
        .routes(routes!(requests::draft))
        .routes(routes!(requests::confirm))
        .routes(routes!(requests::sent))
        .routes(routes!(requests::count_sent))
        .routes(routes!(requests::withdraw))
        .routes(routes!(requests::received))
        .routes(routes!(requests::count_received))
        .routes(routes!(requests::approve))
        .routes(routes!(requests::reject))
        .routes(routes!(app::check))
        .routes(routes!(app::list, app::give))
        .routes(routes!(app::take_back, app::take_back_all))
        .routes(routes!(given::offered, given::give))
        .routes(routes!(given::received))
        .routes(routes!(given::changes))
        .routes(routes!(given::revoke))
        .routes(routes!(check::rights))
        .routes(routes!(check::catalogue))
}

impl From<altinn_auth::delegation_request::DelegationRequestError> for ApiError {
    fn from(error: altinn_auth::delegation_request::DelegationRequestError) -> Self {
        Self::new(error.code(), &error)
    }
}
