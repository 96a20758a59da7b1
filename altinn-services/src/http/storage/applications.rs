//! The apps that are published here. Everybody may read of them, as at Altinn.

use altinn_core::ServiceId;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::http::Api;
use crate::http::app::{ServicePath, Texts, not_found};
use crate::http::error::ApiError;
use crate::http::query::InPath;

/// A service owner: `/storage/api/v1/applications/{org}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct OwnerPath {
    /// The service owner.
    org: String,
}

/// The texts of an app: `/storage/api/v1/applications/{org}/{app}/texts/{language}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct TextsPath {
    /// The service owner.
    org: String,
    /// The app.
    app: String,
    /// `nb`, `nn`, `en` or `se`.
    language: String,
}

/// Apps.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Applications {
    /// The metadata of each.
    #[schema(value_type = Vec<Object>)]
    applications: Vec<Value>,
}

impl Applications {
    fn of(api: &Api, is_asked_for: impl Fn(&ServiceId) -> bool) -> Json<Self> {
        let services = api.altinn().services();
        let asked = services.iter().filter(|service| is_asked_for(service.id()));
        Json(Self {
            applications: asked.map(|service| service.definition().metadata().raw().clone()).collect(),
        })
    }
}

/// All apps that are published here.
#[utoipa::path(get, path = "/storage/api/v1/applications", tag = "storage", operation_id = "listApplications",
    security(()), responses((status = 200, description = "Their metadata", body = Applications)))]
pub(super) async fn all(State(api): State<Api>) -> Json<Applications> {
    Applications::of(&api, |_| true)
}

/// The apps of a service owner.
#[utoipa::path(get, path = "/storage/api/v1/applications/{org}", tag = "storage", operation_id = "listApplicationsOfOwner",
    params(OwnerPath), security(()),
    responses((status = 200, description = "Their metadata", body = Applications)))]
pub(super) async fn of_owner(
    State(api): State<Api>,
    InPath(OwnerPath { org }): InPath<OwnerPath>,
) -> Json<Applications> {
    Applications::of(&api, |id| id.org() == org)
}

/// The metadata of an app.
#[utoipa::path(get, path = "/storage/api/v1/applications/{org}/{app}", tag = "storage", operation_id = "getApplication",
    params(ServicePath), security(()),
    responses((status = 200, description = "The metadata", body = Object)))]
pub(super) async fn one(
    State(api): State<Api>,
    InPath(at): InPath<ServicePath>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(at.service(&api)?.definition().metadata().raw().clone()))
}

/// The texts of an app in a language.
#[utoipa::path(get, path = "/storage/api/v1/applications/{org}/{app}/texts/{language}", tag = "storage",
    operation_id = "getStoredTexts", params(TextsPath), security(()),
    responses((status = 200, description = "The texts", body = Texts)))]
pub(super) async fn texts(
    State(api): State<Api>,
    InPath(TextsPath { org, app, language }): InPath<TextsPath>,
) -> Result<Json<Texts>, ApiError> {
    let service = ServicePath::new(org, app).service(&api)?;
    Ok(Json(Texts::of(&service, &language).ok_or_else(not_found)?))
}
