//! Authorization: decisions in XACML, and whom a caller may represent.

mod decision;
mod parties;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use parties::PartyAnswer;

use super::{Api, router};

/// Authorization: decisions in XACML (JSON and XML) for the agency's own programs and for those with the scope, the parties
/// that a caller may represent, and by which roles and packages.
pub fn authorization(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(decision::decide))
        .routes(routes!(decision::authorize))
        .routes(routes!(parties::parties))
        .routes(routes!(parties::validate))
        .routes(routes!(parties::authorized_parties))
        .routes(routes!(parties::end_users_authorized_parties))
}
