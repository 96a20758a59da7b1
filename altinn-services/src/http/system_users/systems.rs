//! The system register, as customers see it.

use altinn_auth::system_user::{System, SystemUserError};
use altinn_core::Text;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::powers::{SystemAccessPackage, SystemRight, packages_in, rights_in};
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};

/// A system: `/authentication/api/v1/systemregister/{systemId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct SystemPath {
    /// The system: `991825827_smartcloud`.
    pub(super) system_id: String,
}

/// Which systems.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichSystems {
    /// Those after this one: the last of the page before.
    after: Option<String>,
}

/// A system, as customers see it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegisteredSystem {
    system_id: String,
    /// The organization that sells it.
    system_vendor_org_number: String,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    name: Text,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    description: Text,
    rights: Vec<SystemRight>,
    access_packages: Vec<SystemAccessPackage>,
    is_visible: bool,
}

impl From<System> for RegisteredSystem {
    fn from(system: System) -> Self {
        Self {
            rights: rights_in(&system.powers),
            access_packages: packages_in(&system.powers),
            system_id: system.id,
            system_vendor_org_number: system.vendor.to_string(),
            name: system.name,
            description: system.description,
            is_visible: system.is_visible,
        }
    }
}

/// The systems that customers see, by id: at most 100 after one.
#[utoipa::path(get, path = "/authentication/api/v1/systemregister", tag = "system users",
    operation_id = "listSystems", params(WhichSystems),
    responses((status = 200, description = "The systems", body = Vec<RegisteredSystem>)))]
pub(super) async fn list(
    State(api): State<Api>,
    _caller: Caller,
    Asked(which): Asked<WhichSystems>,
) -> Result<Json<Vec<RegisteredSystem>>, ApiError> {
    let systems = api.altinn().system_users().systems(which.after.as_deref()).await?;
    Ok(Json(systems.into_iter().map(RegisteredSystem::from).collect()))
}

/// A system.
#[utoipa::path(get, path = "/authentication/api/v1/systemregister/{systemId}", tag = "system users",
    operation_id = "getSystem", params(SystemPath),
    responses((status = 200, description = "The system", body = RegisteredSystem)))]
pub(super) async fn get(
    State(api): State<Api>,
    _caller: Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
) -> Result<Json<RegisteredSystem>, ApiError> {
    Ok(Json(seen(&api, &system_id).await?.into()))
}

/// The rights that a system's users may ask for.
#[utoipa::path(get, path = "/authentication/api/v1/systemregister/{systemId}/rights", tag = "system users",
    operation_id = "getSystemRights", params(SystemPath),
    responses((status = 200, description = "The rights", body = Vec<SystemRight>)))]
pub(super) async fn rights(
    State(api): State<Api>,
    _caller: Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
) -> Result<Json<Vec<SystemRight>>, ApiError> {
    Ok(Json(rights_in(&seen(&api, &system_id).await?.powers)))
}

/// The access packages that a system's users may ask for.
#[utoipa::path(get, path = "/authentication/api/v1/systemregister/{systemId}/accesspackages", tag = "system users",
    operation_id = "getSystemAccessPackages", params(SystemPath),
    responses((status = 200, description = "The access packages", body = Vec<SystemAccessPackage>)))]
pub(super) async fn packages(
    State(api): State<Api>,
    _caller: Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
) -> Result<Json<Vec<SystemAccessPackage>>, ApiError> {
    Ok(Json(packages_in(&seen(&api, &system_id).await?.powers)))
}

/// A system that customers see. One that they do not see is named to them by requests alone.
async fn seen(api: &Api, id: &str) -> Result<System, ApiError> {
    let system = api.altinn().system_users().system(id).await?.filter(|system| system.is_visible);
    Ok(system.ok_or(SystemUserError::NotFound)?)
}
