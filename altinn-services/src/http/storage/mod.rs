//! The storage API: instances, their elements and their history, as Altinn 3's storage gives them.

mod applications;
mod at;
mod events;
mod instances;
mod list;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, router};

/// The storage API: instances found, read, marked, confirmed, deleted and restored, with their elements, process and events.
pub fn storage(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(instances::get, instances::delete))
        .routes(routes!(instances::undelete))
        .routes(routes!(instances::complete))
        .routes(routes!(instances::substatus))
        .routes(routes!(instances::presentation_texts))
        .routes(routes!(instances::data_values))
        .routes(routes!(instances::read_status))
        .routes(routes!(instances::elements))
        .routes(routes!(instances::element))
        .routes(routes!(events::events))
        .routes(routes!(events::process))
        .routes(routes!(events::history))
        .routes(routes!(applications::all))
        .routes(routes!(applications::of_owner))
        .routes(routes!(applications::one))
        .routes(routes!(applications::texts))
}
