//! Notifications (varsling), as Altinn 3's order chain takes and tells them.

mod answer;
mod instant;
mod orders;
mod request;
mod shipments;

use altinn_core::{Actor, Subject};
use altinn_notify::{CancelError, Notifier, OrderError, OrderId, OrderRequestError};
use axum::Router;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Api, router};
use crate::http::error::ApiError;

/// The notification API, for agencies: orders with reminders, cancelled while they are not sent; how each stands, whom it has
/// reached, and what has happened with all of them.
pub fn notifications(api: &Api) -> Router {
    router::alone(api, routes())
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(orders::order))
        .routes(routes!(instant::sms))
        .routes(routes!(instant::instant_sms))
        .routes(routes!(instant::instant_email))
        .routes(routes!(orders::cancel))
        .routes(routes!(shipments::feed))
        .routes(routes!(shipments::shipment))
        .routes(routes!(shipments::log))
}

/// The agency that calls, and where its orders stand among those of all who order.
#[derive(Debug)]
struct Agency {
    prefix: String,
}

impl Agency {
    fn of(actor: &Actor) -> Result<Self, ApiError> {
        match actor.subject() {
            Subject::ServiceOwner { org, .. } => Ok(Self { prefix: format!("orders/{org}/") }),
            _ => Err(ApiError::new("HTTP-SCOPE", "only an agency orders notifications")),
        }
    }

    /// The order of this id, where it is the agency's.
    async fn order(&self, notifier: &Notifier, id: uuid::Uuid) -> Result<OrderId, ApiError> {
        let id = OrderId::from(id);
        match notifier.idempotency_id(id).await? {
            Some(named) if named.starts_with(&self.prefix) => Ok(id),
            _ => Err(no_such_order()),
        }
    }
}

fn no_such_order() -> ApiError {
    ApiError::new("HTTP-NOT-FOUND", "there is no such order")
}

impl From<OrderRequestError> for ApiError {
    fn from(error: OrderRequestError) -> Self {
        match error {
            OrderRequestError::Order(error) => error.into(),
            error => Self::new(error.code(), &error),
        }
    }
}

impl From<OrderError> for ApiError {
    fn from(error: OrderError) -> Self {
        Self::new(error.code(), &error)
    }
}

impl From<CancelError> for ApiError {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound { .. } => no_such_order(),
            CancelError::Store(error) => error.into(),
            error => Self::new(error.code(), &error),
        }
    }
}
