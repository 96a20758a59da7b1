//! Rights to resources between two parties.

use std::collections::BTreeMap;

use altinn_auth::delegation::{DelegationEntry, Of, Offer, Receiver, RightCheck, What};
use altinn_core::ResourceId;
use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::connections::{ConnectionLinks, ConnectionResource};
use super::delegation::{Named, ids_of};
use super::packages::{AccessPermission, CheckReason};
use super::parties::Between;
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::party::party_of;
use crate::http::query::Asked;

/// Which resource.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WhichResource {
    /// The resource; an app's is `app_{org}_{app}`.
    resource: String,
}

/// Of whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfGiver {
    /// The party that gives: its UUID.
    party: Uuid,
}

/// A resource, and who has rights to it of whom.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ResourcePermissions {
    resource: ConnectionResource,
    permissions: Vec<AccessPermission>,
}

/// Resources between parties.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ResourceList {
    data: Vec<ResourcePermissions>,
    links: ConnectionLinks,
}

/// The rights to a resource that one party has given another.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourceRules {
    resource: ConnectionResource,
    direct_rules: Vec<RulePermission>,
}

/// A right, and who has it of whom.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RulePermission {
    rule: RuleKey,
    permissions: Vec<AccessPermission>,
}

/// A right.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RuleKey {
    /// As the delegation check tells it: `app_ttd_bakery-licence,Task_1:read`.
    key: String,
    action: String,
}

/// The rights that are to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuleKeys {
    /// Their keys, as the delegation check tells them.
    direct_rule_keys: Vec<String>,
}

/// Which rights to a resource can be given.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ResourceCheck {
    resource: ConnectionResource,
    rights: Vec<ResourceRightCheck>,
}

/// Whether a right can be given.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ResourceRightCheck {
    right: RuleKey,
    /// Whether the caller may give it.
    result: bool,
    /// Why, or why not.
    reasons: Vec<CheckReason>,
}

impl WhichResource {
    pub(super) fn read(&self) -> Result<ResourceId, ApiError> {
        self.resource.parse().map_err(|_| ApiError::new("HTTP-QUERY", "`resource` names no resource"))
    }
}

/// The resources that one party has given another rights to, which stand.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/connections/resources", tag = "access",
    operation_id = "getConnectionResources", params(Between),
    responses((status = 200, description = "The resources", body = ResourceList)))]
pub(super) async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(between): Asked<Between>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<ResourceList>, ApiError> {
    let (_, listed, more) = between.listed(&api, &actor).await?;
    let named = Named::of(&api, ids_of(listed.iter().map(|listed| &listed.entry))).await?;
    let mut resources: BTreeMap<String, Vec<AccessPermission>> = BTreeMap::new();
    for entry in listed.iter().filter(|listed| listed.stands).map(|listed| &listed.entry) {
        if let What::Right(right) = &entry.what {
            let permissions = resources.entry(right.resource.to_string()).or_default();
            let permission = permission(entry, &named);
            if permissions.iter().all(|known| (&known.from, &known.to) != (&permission.from, &permission.to))
            {
                permissions.push(permission);
            }
        }
    }
    let one =
        |(value, permissions)| ResourcePermissions { resource: ConnectionResource { value }, permissions };
    let links = ConnectionLinks::after(&uri, more);
    Ok(Json(ResourceList { data: resources.into_iter().map(one).collect(), links }))
}

/// The rights to a resource that one party has given another, which stand.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/connections/resources/rules", tag = "access",
    operation_id = "getConnectionRules", params(Between, WhichResource),
    responses((status = 200, description = "The rights", body = ResourceRules)))]
pub(super) async fn rules(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(between): Asked<Between>,
    Asked(which): Asked<WhichResource>,
) -> Result<Json<ResourceRules>, ApiError> {
    let resource = which.read()?;
    let (_, listed, _) = between.listed(&api, &actor).await?;
    let named = Named::of(&api, ids_of(listed.iter().map(|listed| &listed.entry))).await?;
    let mut rules = Vec::new();
    for entry in listed.iter().filter(|listed| listed.stands).map(|listed| &listed.entry) {
        if let What::Right(right) = &entry.what
            && right.resource == resource
        {
            let rule = RuleKey { key: right.key(), action: right.action.clone() };
            rules.push(RulePermission { rule, permissions: vec![permission(entry, &named)] });
        }
    }
    let resource = ConnectionResource { value: resource.to_string() };
    Ok(Json(ResourceRules { resource, direct_rules: rules }))
}

/// Gives somebody rights to a resource, from now on and without an end: all of them or none.
#[utoipa::path(post, path = "/accessmanagement/api/v1/enduser/connections/resources/rules", tag = "access",
    operation_id = "giveConnectionRules", params(Between, WhichResource), request_body = RuleKeys,
    responses((status = 201, description = "They are given")))]
pub(super) async fn give(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(between): Asked<Between>,
    Asked(which): Asked<WhichResource>,
    JsonBody(keys): JsonBody<RuleKeys>,
) -> Result<StatusCode, ApiError> {
    let resource = which.read()?;
    let (from, to) = between.giver(&api).await?;
    let access = api.altinn().access_management();
    let checks = access.check(&actor, from, &resource, None, None).await?;
    let rights = keys.direct_rule_keys.iter().map(|key| right_of(&checks, key).map(What::Right));
    let rights = rights.collect::<Result<Vec<_>, _>>()?;
    let Some(first) = rights.first() else {
        return Err(ApiError::new("HTTP-BODY", "`directRuleKeys` is empty"));
    };
    let offer = Offer::new(from, Receiver::Party(to), first.clone());
    access.delegate_all(&actor, &offer, &rights).await?;
    Ok(StatusCode::CREATED)
}

/// Takes all rights to a resource and to its instances back.
#[utoipa::path(delete, path = "/accessmanagement/api/v1/enduser/connections/resources", tag = "access",
    operation_id = "removeConnectionResource", params(Between, WhichResource),
    responses((status = 204, description = "They are not given any more")))]
pub(super) async fn take_back(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(between): Asked<Between>,
    Asked(which): Asked<WhichResource>,
) -> Result<StatusCode, ApiError> {
    let of = Of::Resource(which.read()?);
    let (from, to) = between.both(&api).await?;
    api.altinn().access_management().revoke_all(&actor, from, to, &of).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which rights to a resource the caller may give on behalf of a party, and why not.
#[utoipa::path(get, path = "/accessmanagement/api/v1/enduser/connections/resources/delegationcheck", tag = "access",
    operation_id = "checkConnectionResource", params(OfGiver, WhichResource),
    responses((status = 200, description = "The checks", body = ResourceCheck)))]
pub(super) async fn check(
    State(api): State<Api>,
    Caller(actor): Caller,
    Asked(OfGiver { party }): Asked<OfGiver>,
    Asked(which): Asked<WhichResource>,
) -> Result<Json<ResourceCheck>, ApiError> {
    let resource = which.read()?;
    let from = party_of(&api, party).await?;
    let checks = api.altinn().access_management().check(&actor, from, &resource, None, None).await?;
    let resource = ConnectionResource { value: resource.to_string() };
    Ok(Json(ResourceCheck { resource, rights: checks.iter().map(ResourceRightCheck::from).collect() }))
}

impl From<&RightCheck> for ResourceRightCheck {
    fn from(check: &RightCheck) -> Self {
        Self {
            right: RuleKey { key: check.right.key(), action: check.right.action.clone() },
            result: check.is_delegable,
            reasons: check.details.iter().map(|detail| CheckReason { reason_key: detail.name() }).collect(),
        }
    }
}

/// The right of a key.
pub(super) fn right_of(checks: &[RightCheck], key: &str) -> Result<altinn_auth::decision::Right, ApiError> {
    let found = checks.iter().find(|check| check.key == key || check.right.key() == key);
    let found = found.ok_or_else(|| ApiError::new("HTTP-BODY", "a key names no right to the resource"))?;
    Ok(found.right.clone())
}

fn permission(entry: &DelegationEntry, named: &Named) -> AccessPermission {
    AccessPermission { from: named.party(Receiver::Party(entry.from)), to: named.party(entry.to) }
}
