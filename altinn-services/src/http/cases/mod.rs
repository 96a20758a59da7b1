//! Collaboration (samhandling): cases, their history and their rooms. Altinn 3 has no such API, so it stands under `/v1`.

mod agency;
mod answer;
mod at;
mod events;
mod list;
mod room;

use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, router};
use crate::collaboration::CollaborationError;
use crate::http::error::ApiError;

/// The case API: `/v1/cases/{org}/{service}` lists and opens cases; below each is what has happened in it, its events, and the
/// room where participants write to each other, and for the agency what is still to be done.
pub fn cases(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list, list::open))
        .routes(routes!(agency::stuck))
        .routes(routes!(agency::pending))
        .routes(routes!(agency::redrive))
        .routes(routes!(list::get))
        .routes(routes!(list::history))
        .routes(routes!(list::turn))
        .routes(routes!(events::notify))
        .routes(routes!(events::raise))
        .routes(routes!(room::transmissions, room::transmit))
        .routes(routes!(room::seen))
}

impl From<CollaborationError> for ApiError {
    fn from(error: CollaborationError) -> Self {
        match error {
            CollaborationError::Access(error) => error.into(),
            error => Self::new(error.code(), &error),
        }
    }
}
