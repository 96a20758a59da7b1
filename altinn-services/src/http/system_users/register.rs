//! The system register, as vendors keep it. For tokens with the scope `altinn:authentication/systemregister.write`.

use altinn_auth::system_user::{NewSystem, System, SystemChange};
use altinn_core::Text;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::powers::{SystemAccessPackage, SystemRight, packages_in, powers_of, rights_in};
use super::systems::SystemPath;
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::party::number_in;
use crate::http::query::InPath;

/// A system, as its vendor registers it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SystemRegistration {
    /// The vendor's organization number, `_` and a name: `991825827_smartcloud`.
    #[serde(alias = "Id")]
    id: String,
    #[serde(alias = "Vendor")]
    vendor: SystemVendor,
    /// What customers see, by language.
    #[serde(alias = "Name")]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    name: Text,
    /// What it is for, by language.
    #[serde(alias = "Description", default)]
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    description: Text,
    #[serde(default)]
    rights: Vec<SystemRight>,
    #[serde(default)]
    access_packages: Vec<SystemAccessPackage>,
    /// The clients in Maskinporten that act as it.
    #[serde(default)]
    client_id: Vec<String>,
    /// Where a customer may be sent after an answer.
    #[serde(default, alias = "allowedredirecturls")]
    allowed_redirect_urls: Vec<String>,
    /// Whether customers see it.
    #[serde(default)]
    is_visible: bool,
}

/// The organization that sells a system.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct SystemVendor {
    /// `0192:991825827`.
    #[serde(rename = "ID", alias = "id")]
    id: String,
}

/// A system, as its vendor sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VendorSystem {
    id: String,
    vendor: SystemVendor,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    name: Text,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    description: Text,
    rights: Vec<SystemRight>,
    access_packages: Vec<SystemAccessPackage>,
    client_id: Vec<String>,
    allowed_redirect_urls: Vec<String>,
    is_visible: bool,
    created: DateTime<Utc>,
}

/// A change of what is registered.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SystemChangeAnswer {
    id: Uuid,
    /// `register`, `update` or `delete`.
    change_type: String,
    /// By whom.
    changed_by: String,
    created: DateTime<Utc>,
}

impl From<System> for VendorSystem {
    fn from(system: System) -> Self {
        Self {
            rights: rights_in(&system.powers),
            access_packages: packages_in(&system.powers),
            vendor: SystemVendor { id: format!("0192:{}", system.vendor) },
            id: system.id,
            name: system.name,
            description: system.description,
            client_id: system.client_ids.into_iter().collect(),
            allowed_redirect_urls: system.redirect_urls.into_iter().collect(),
            is_visible: system.is_visible,
            created: system.created_at,
        }
    }
}

impl From<SystemChange> for SystemChangeAnswer {
    fn from(change: SystemChange) -> Self {
        Self { id: change.id, change_type: change.what, changed_by: change.by, created: change.at }
    }
}

impl SystemRegistration {
    fn read(self) -> Result<NewSystem, ApiError> {
        let vendor = number_in(&self.vendor.id, "vendor.ID")?;
        if !self.id.starts_with(&format!("{vendor}_")) {
            return Err(ApiError::new("HTTP-BODY", "`id` does not begin with the number of `vendor.ID`"));
        }
        let mut new = NewSystem::new(self.id, self.name)
            .used_by(self.client_id)
            .asking_for(powers_of(&self.rights, &self.access_packages)?)
            .leading_to(self.allowed_redirect_urls);
        new.description = self.description;
        new.is_visible = self.is_visible;
        Ok(new)
    }
}

/// Registers a system of the caller's.
#[utoipa::path(post, path = "/authentication/api/v1/systemregister/vendor", tag = "system users",
    operation_id = "registerSystem", request_body = SystemRegistration,
    responses((status = 201, description = "The system", body = VendorSystem)))]
pub(super) async fn register(
    State(api): State<Api>,
    Caller(actor): Caller,
    JsonBody(asked): JsonBody<SystemRegistration>,
) -> Result<(StatusCode, Json<VendorSystem>), ApiError> {
    let system = api.altinn().system_users().register_system(&actor, &asked.read()?).await?;
    Ok((StatusCode::CREATED, Json(system.into())))
}

/// A system of the caller's.
#[utoipa::path(get, path = "/authentication/api/v1/systemregister/vendor/{systemId}", tag = "system users",
    operation_id = "getVendorSystem", params(SystemPath),
    responses((status = 200, description = "The system", body = VendorSystem)))]
pub(super) async fn get(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
) -> Result<Json<VendorSystem>, ApiError> {
    Ok(Json(api.altinn().system_users().own_system(&actor, &system_id).await?.into()))
}

/// Changes what is registered of a system, all of it. What its system users have been given stays as it is.
#[utoipa::path(put, path = "/authentication/api/v1/systemregister/vendor/{systemId}", tag = "system users",
    operation_id = "updateSystem", params(SystemPath), request_body = SystemRegistration,
    responses((status = 200, description = "The system", body = VendorSystem)))]
pub(super) async fn update(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
    JsonBody(asked): JsonBody<SystemRegistration>,
) -> Result<Json<VendorSystem>, ApiError> {
    if asked.id != system_id {
        return Err(ApiError::new("HTTP-BODY", "`id` is not that of the path"));
    }
    Ok(Json(api.altinn().system_users().update_system(&actor, &asked.read()?).await?.into()))
}

/// Takes a system out of the register. What was asked for it and not answered is denied.
#[utoipa::path(delete, path = "/authentication/api/v1/systemregister/vendor/{systemId}", tag = "system users",
    operation_id = "deleteSystem", params(SystemPath), responses((status = 204, description = "It is gone")))]
pub(super) async fn delete(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
) -> Result<StatusCode, ApiError> {
    api.altinn().system_users().delete_system(&actor, &system_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says which rights the system's users may ask for from now on.
#[utoipa::path(put, path = "/authentication/api/v1/systemregister/vendor/{systemId}/rights", tag = "system users",
    operation_id = "putSystemRights", params(SystemPath), request_body = Vec<SystemRight>,
    responses((status = 200, description = "The system", body = VendorSystem)))]
pub(super) async fn put_rights(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
    JsonBody(rights): JsonBody<Vec<SystemRight>>,
) -> Result<Json<VendorSystem>, ApiError> {
    let users = api.altinn().system_users();
    let mut system = NewSystem::from(users.own_system(&actor, &system_id).await?);
    system.powers.resources = powers_of(&rights, &[])?.resources;
    Ok(Json(users.update_system(&actor, &system).await?.into()))
}

/// Says which access packages the system's users may ask for from now on.
#[utoipa::path(put, path = "/authentication/api/v1/systemregister/vendor/{systemId}/accesspackages",
    tag = "system users", operation_id = "putSystemAccessPackages", params(SystemPath),
    request_body = Vec<SystemAccessPackage>,
    responses((status = 200, description = "The system", body = VendorSystem)))]
pub(super) async fn put_packages(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
    JsonBody(packages): JsonBody<Vec<SystemAccessPackage>>,
) -> Result<Json<VendorSystem>, ApiError> {
    let users = api.altinn().system_users();
    let mut system = NewSystem::from(users.own_system(&actor, &system_id).await?);
    system.powers.packages = powers_of(&[], &packages)?.packages;
    Ok(Json(users.update_system(&actor, &system).await?.into()))
}

/// What has been changed of a system, the earliest first.
#[utoipa::path(get, path = "/authentication/api/v1/systemregister/vendor/{systemId}/changelog", tag = "system users",
    operation_id = "getSystemChangelog", params(SystemPath),
    responses((status = 200, description = "The changes", body = Vec<SystemChangeAnswer>)))]
pub(super) async fn changelog(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(SystemPath { system_id }): InPath<SystemPath>,
) -> Result<Json<Vec<SystemChangeAnswer>>, ApiError> {
    let changes = api.altinn().system_users().system_changes(&actor, &system_id).await?;
    Ok(Json(changes.into_iter().map(SystemChangeAnswer::from).collect()))
}
