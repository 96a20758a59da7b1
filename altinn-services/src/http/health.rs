//! Whether it lives, and whether it is ready.

use altinn_core::store::params;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::Api;
use super::error::ApiError;

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `live` or `ready`.
    status: &'static str,
}

/// The process runs.
#[utoipa::path(get, path = "/health/live", tag = "operations", operation_id = "live", security(()),
    responses((status = 200, description = "The process runs", body = Health)))]
pub(super) async fn live() -> Json<Health> {
    Json(Health { status: "live" })
}

/// The store answers, and the server is not about to stop.
#[utoipa::path(get, path = "/health/ready", tag = "operations", operation_id = "ready", security(()),
    responses((status = 200, description = "It is ready for calls", body = Health)))]
pub(super) async fn ready(State(api): State<Api>) -> Response {
    if api.is_stopping() {
        return ApiError::new("HTTP-STOPPING", "the server is about to stop").into_response();
    }
    match api.altinn().store().query_one("select 1 as one", params![]).await {
        Ok(_) => (StatusCode::OK, Json(Health { status: "ready" })).into_response(),
        Err(error) => ApiError::from(error).into_response(),
    }
}
