//! Access packages between two parties.

use std::collections::BTreeMap;

use altinn_auth::delegation::{Of, Offer, Receiver, What};
use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::connections::{ConnectionLinks, ConnectionPackage};
use super::delegation::{DelegationAnswer, Named, PACKAGE, ids_of};
use super::parties::{AccessParty, Between};
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::party::party_of;
use crate::http::query::{Asked, Parameters};

/// The most access packages that one check is asked about.
const MOST: usize = 100;

/// Which access package.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichPackage {
    /// `urn:altinn:accesspackage:...`, or the name alone.
    pub(super) package: String,
}

/// Which access packages, of whom.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "it describes parameters that are read one by one")]
pub(super) struct WhichPackages {
    /// The party that gives: its UUID.
    party: Uuid,
    /// The access packages, by URN or name; the first 100 of the catalogue where it is left out.
    packages: Option<Vec<String>>,
}

/// An access package, and who has it of whom.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PackagePermissions {
    package: ConnectionPackage,
    permissions: Vec<AccessPermission>,
}

/// That somebody has something of a party.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccessPermission {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<AccessParty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<AccessParty>,
}

/// Access packages between parties.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PackageList {
    data: Vec<PackagePermissions>,
    links: ConnectionLinks,
}

/// Whether an access package can be given.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PackageCheckAnswer {
    package: ConnectionPackage,
    /// Whether the caller may give it.
    result: bool,
    /// Why not.
    reasons: Vec<CheckReason>,
}

/// Why something can be given, or why not.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckReason {
    /// `MissingPackageAccess`, `RoleAccess`, ...
    pub(super) reason_key: &'static str,
}

/// Checks of access packages.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PackageChecks {
    data: Vec<PackageCheckAnswer>,
}

/// The access packages that one party has given another and that stand.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/connections/accesspackages", tag = "access",
    operation_id = "getConnectionPackages", params(Between),
    responses((status = 200, description = "The access packages", body = PackageList)))]
pub(super) async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(between): Asked<Between>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<PackageList>, ApiError> {
    let (_, listed, more) = between.listed(&api, &actor).await?;
    let named = Named::of(&api, ids_of(listed.iter().map(|listed| &listed.entry))).await?;
    let mut packages: BTreeMap<String, Vec<AccessPermission>> = BTreeMap::new();
    for entry in listed.iter().filter(|listed| listed.stands).map(|listed| &listed.entry) {
        if let What::Package(name) = &entry.what {
            packages.entry(format!("{PACKAGE}{name}")).or_default().push(AccessPermission {
                from: named.party(Receiver::Party(entry.from)),
                to: named.party(entry.to),
            });
        }
    }
    let one = |(urn, permissions)| PackagePermissions { package: ConnectionPackage { urn }, permissions };
    let links = ConnectionLinks::after(&uri, more);
    Ok(Json(PackageList { data: packages.into_iter().map(one).collect(), links }))
}

/// Gives somebody an access package, from now on and without an end.
#[utoipa::path(post, path = "/accessmanagement/api/v1/enduser/connections/accesspackages", tag = "access",
    operation_id = "giveConnectionPackage", params(Between, WhichPackage),
    responses((status = 200, description = "What was given", body = DelegationAnswer)))]
pub(super) async fn give(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(between): Asked<Between>,
    Asked(WhichPackage { package }): Asked<WhichPackage>,
) -> Result<Json<DelegationAnswer>, ApiError> {
    let (from, to) = between.giver(&api).await?;
    let offer = Offer::new(from, Receiver::Party(to), What::Package(name_in(&package)));
    let entry = api.altinn().access_management().delegate(&actor, &offer).await?;
    let named = Named::of(&api, ids_of(std::iter::once(&entry))).await?;
    Ok(Json(DelegationAnswer::of(&entry, true, &named)))
}

/// Takes an access package back.
#[utoipa::path(delete, path = "/accessmanagement/api/v1/enduser/connections/accesspackages", tag = "access",
    operation_id = "removeConnectionPackage", params(Between, WhichPackage),
    responses((status = 204, description = "It is not given any more")))]
pub(super) async fn take_back(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(between): Asked<Between>,
    Asked(WhichPackage { package }): Asked<WhichPackage>,
) -> Result<StatusCode, ApiError> {
    let (from, to) = between.both(&api).await?;
    let package = Of::Package(name_in(&package));
    api.altinn().access_management().revoke_all(&actor, from, to, &package).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which access packages the caller may give on behalf of a party, and why not.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/connections/accesspackages/delegationcheck",
    tag = "access", operation_id = "checkConnectionPackages", params(WhichPackages),
    responses((status = 200, description = "The checks", body = PackageChecks)))]
pub(super) async fn check(
    State(api): State<Api>,
    Caller(actor): Caller,
    asked: Parameters,
) -> Result<Json<PackageChecks>, ApiError> {
    let wrong = || ApiError::new("HTTP-QUERY", "`party` is not what it must be");
    let party: Uuid = asked.one("party")?.and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
    let mut names: Vec<String> = asked.all("packages").map(name_in).collect();
    if names.is_empty() {
        let catalogue = api.altinn().access_packages().packages(None).await?;
        names = catalogue.into_iter().map(|package| package.name).take(MOST).collect();
    } else if names.len() > MOST {
        return Err(ApiError::new("HTTP-QUERY", "at most 100 `packages` are asked about at once"));
    }
    let from = party_of(&api, party).await?;
    let checks = api.altinn().access_management().check_packages(&actor, from, &names, None).await?;
    let answer = |check: altinn_auth::delegation::PackageCheck| PackageCheckAnswer {
        package: ConnectionPackage { urn: format!("{PACKAGE}{}", check.name) },
        result: check.is_delegable,
        reasons: check.details.iter().map(|detail| CheckReason { reason_key: detail.name() }).collect(),
    };
    Ok(Json(PackageChecks { data: checks.into_iter().map(answer).collect() }))
}

/// The name of an access package that is named by URN, or by its name.
pub(super) fn name_in(text: &str) -> String {
    text.strip_prefix(PACKAGE).unwrap_or(text).to_owned()
}
