//! Systems and system users (systembruker), as Altinn 3's authentication API has them.

mod changes;
mod clients;
mod customer;
mod powers;
mod register;
mod request;
mod systems;
mod users;
mod vendor;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use super::{Api, router};

/// The system register, requests for system users and for changes of them, the system users that organizations have, and the
/// clients of those that are agents.
pub fn system_users(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(systems::list))
        .routes(routes!(systems::get))
        .routes(routes!(systems::rights))
        .routes(routes!(systems::packages))
        .routes(routes!(register::register))
        .routes(routes!(register::get, register::update, register::delete))
        .routes(routes!(register::put_rights))
        .routes(routes!(register::put_packages))
        .routes(routes!(register::changelog))
        .routes(routes!(vendor::ask))
        .routes(routes!(vendor::ask_for_agent))
        .routes(routes!(vendor::get, vendor::withdraw))
        .routes(routes!(vendor::get_of_agent))
        .routes(routes!(vendor::by_reference))
        .routes(routes!(vendor::of_system))
        .routes(routes!(customer::get))
        .routes(routes!(customer::waiting))
        .routes(routes!(customer::approve))
        .routes(routes!(customer::reject))
        .routes(routes!(customer::escalate))
        .routes(routes!(customer::get_agent))
        .routes(routes!(customer::approve_agent))
        .routes(routes!(customer::reject_agent))
        .routes(routes!(customer::escalate_agent))
        .routes(routes!(changes::ask))
        .routes(routes!(changes::get, changes::withdraw))
        .routes(routes!(changes::by_reference))
        .routes(routes!(changes::get_for_customer))
        .routes(routes!(changes::approve))
        .routes(routes!(changes::reject))
        .routes(routes!(changes::escalate))
        .routes(routes!(users::list))
        .routes(routes!(users::get, users::delete))
        .routes(routes!(users::by_external_id))
        .routes(routes!(users::of_system))
        .routes(routes!(users::by_query))
        .routes(routes!(clients::agents))
        .routes(routes!(clients::list, clients::add, clients::remove))
}

impl From<altinn_auth::system_user::SystemUserError> for ApiError {
    fn from(error: altinn_auth::system_user::SystemUserError) -> Self {
        Self::new(error.code(), &error)
    }
}
