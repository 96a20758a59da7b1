//! The inbox (arbeidsflate): one list of all that a caller may see. Altinn 3 has it in Dialogporten, whose names are used;
//! the API is our own, so it stands under `/v1`.

mod answer;
mod change;
mod list;
mod which;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, router};

/// The inbox API: `GET /v1/inbox` lists what the caller may see for all whom they represent, whatever the type of the
/// service; it is counted, moved, labelled and marked as read below.
pub fn inbox(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(list::count))
        .routes(routes!(change::label))
        .routes(routes!(change::read))
}
