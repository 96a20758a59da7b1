//! Connections: with whom a party has something, and all of it at once.

use std::collections::BTreeSet;

use altinn_auth::delegation::{Of, Receiver, What};
use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::{StatusCode, Uri};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::delegation::{Named, PACKAGE, ids_of};
use super::parties::{AccessParty, Between};
use crate::http::Api;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::query::Asked;

/// A party with which there is something, and what.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "Connection")]
pub(super) struct ConnectionAnswer {
    party: AccessParty,
    packages: Vec<ConnectionPackage>,
    resources: Vec<ConnectionResource>,
    instances: Vec<ConnectionInstance>,
}

/// An access package.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionPackage {
    /// `urn:altinn:accesspackage:...`.
    pub(super) urn: String,
}

/// A resource, to which some right was given.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionResource {
    /// The resource.
    pub(super) value: String,
}

/// An instance, on which some right was given.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConnectionInstance {
    resource: String,
    /// `{partyId}/{guid}`.
    instance_id: String,
}

/// Where a list goes on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ConnectionLinks {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
}

/// Connections.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Connections {
    data: Vec<ConnectionAnswer>,
    links: ConnectionLinks,
}

impl ConnectionLinks {
    /// The address of what follows one delegation.
    pub(super) fn after(uri: &Uri, last: Option<Uuid>) -> Self {
        let query = uri.query().unwrap_or_default();
        let kept: Vec<&str> = query.split('&').filter(|part| !part.starts_with("token=")).collect();
        Self { next: last.map(|last| format!("{}?{}&token={last}", uri.path(), kept.join("&"))) }
    }
}

/// With whom a party has something that was given: access packages, rights to resources and on instances. What stands no
/// longer is left out.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/connections", tag = "access",
    operation_id = "getConnections", params(Between),
    responses((status = 200, description = "The connections", body = Connections)))]
pub(super) async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(between): Asked<Between>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Connections>, ApiError> {
    let (side, listed, more) = between.listed(&api, &actor).await?;
    let named = Named::of(&api, ids_of(listed.iter().map(|listed| &listed.entry))).await?;
    let standing: Vec<_> = listed.iter().filter(|listed| listed.stands).map(|listed| &listed.entry).collect();
    let others: BTreeSet<Receiver> = standing.iter().map(|entry| side.other(entry)).collect();
    let mut data = Vec::new();
    for other in others {
        let Some(party) = named.party(other) else { continue };
        let (mut packages, mut resources, mut instances) =
            (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for entry in standing.iter().filter(|entry| side.other(entry) == other) {
            match &entry.what {
                What::Package(name) => {
                    packages.insert(format!("{PACKAGE}{name}"));
                }
                What::Right(right) => {
                    resources.insert(right.resource.to_string());
                }
                What::InstanceRight(right, instance) => {
                    instances.insert((right.resource.to_string(), instance.to_string()));
                }
            }
        }
        let instance =
            |(resource, instance_id): (String, String)| ConnectionInstance { resource, instance_id };
        data.push(ConnectionAnswer {
            party,
            packages: packages.into_iter().map(|urn| ConnectionPackage { urn }).collect(),
            resources: resources.into_iter().map(|value| ConnectionResource { value }).collect(),
            instances: instances.into_iter().map(instance).collect(),
        });
    }
    Ok(Json(Connections { data, links: ConnectionLinks::after(&uri, more) }))
}

/// Takes back all that one party has given another, at once.
#[utoipa::path(delete, path = "/accessmanagement/api/v1/enduser/connections", tag = "access",
    operation_id = "removeConnection", params(Between),
    responses((status = 204, description = "There is nothing between the two")))]
pub(super) async fn remove(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(between): Asked<Between>,
) -> Result<StatusCode, ApiError> {
    let (from, to) = between.both(&api).await?;
    api.altinn().access_management().revoke_all(&actor, from, to, &Of::Everything).await?;
    Ok(StatusCode::NO_CONTENT)
}
