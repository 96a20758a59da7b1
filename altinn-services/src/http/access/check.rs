//! What can be given: a delegation check with the instance and the organization that passes on, and the catalogue of access
//! packages.

use altinn_auth::delegation::AccessPackage;
use altinn_core::{InstanceId, PartyId, ResourceId};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::delegation::PACKAGE;
use super::given::AccessPath;
use super::resources::ResourceRightCheck;
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::{Asked, InPath};

/// What is to be given.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct WhatToGive {
    /// The resource; an app's is `app_{org}_{app}`.
    resource: String,
    /// The instance, where the rights are to be on one only: `{partyId}/{guid}`.
    instance: Option<String>,
    /// The organization that passes on what the party gave it: its party id.
    acting_for: Option<i64>,
}

/// Where a page of the catalogue begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CatalogueAfter {
    /// Those after this name.
    after: Option<String>,
}

/// An access package (tilgangspakke) of the catalogue.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "AccessPackage")]
pub(super) struct AccessPackageAnswer {
    /// `urn:altinn:accesspackage:...`.
    urn: String,
    name: String,
    area: String,
    is_delegable: bool,
    /// The roles whose holders have it.
    roles: Vec<String>,
}

impl From<AccessPackage> for AccessPackageAnswer {
    fn from(package: AccessPackage) -> Self {
        Self {
            urn: format!("{PACKAGE}{}", package.name),
            name: package.name,
            area: package.area,
            is_delegable: package.is_delegable,
            roles: package.roles.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Which rights to a resource the caller may give on behalf of a party, and why not (delegation check).
#[utoipa::path(get, path = "/v1/access/{partyId}/check", tag = "access", operation_id = "checkAccess",
    params(AccessPath, WhatToGive),
    responses((status = 200, description = "The rights", body = Vec<ResourceRightCheck>)))]
pub(super) async fn rights(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<AccessPath>,
    Asked(asked): Asked<WhatToGive>,
) -> Result<Json<Vec<ResourceRightCheck>>, ApiError> {
    let wrong = |name: &str| ApiError::new("HTTP-QUERY", format!("`{name}` is not what it must be"));
    let resource: ResourceId = asked.resource.parse().map_err(|_| wrong("resource"))?;
    let instance = asked.instance.as_deref().map(str::parse::<InstanceId>).transpose();
    let instance = instance.map_err(|_| wrong("instance"))?;
    let acting_for = asked.acting_for.map(PartyId::new);
    let access = api.altinn().access_management();
    let checks = access.check(&actor, at.party(), &resource, instance, acting_for).await?;
    Ok(Json(checks.iter().map(ResourceRightCheck::from).collect()))
}

/// The catalogue of access packages, by name: at most 500 after one.
#[utoipa::path(get, path = "/v1/access/packages", tag = "access", operation_id = "listAccessPackages",
    params(CatalogueAfter),
    responses((status = 200, description = "The access packages", body = Vec<AccessPackageAnswer>)))]
pub(super) async fn catalogue(
    State(api): State<Api>,
    _caller: Caller,
    Asked(CatalogueAfter { after }): Asked<CatalogueAfter>,
) -> Result<Json<Vec<AccessPackageAnswer>>, ApiError> {
    let packages = api.altinn().access_packages().packages(after.as_deref()).await?;
    Ok(Json(packages.into_iter().map(AccessPackageAnswer::from).collect()))
}
