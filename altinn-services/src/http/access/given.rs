//! Single delegations: for a time, on one instance, passed on, and revoked one by one. Altinn 3 has no such API, so it stands
//! under `/v1`.

use altinn_auth::delegation::{DelegationChange, Offer, Period, Receiver, What};
use altinn_core::{Actor, InstanceId, PartyId, ResourceId};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::delegation::{DelegationAnswer, Named, ids_of};
use super::packages::name_in;
use super::resources::right_of;
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::party::{number_in, organization_of, party_of};
use crate::http::query::{Asked, InPath};

/// A party: `/v1/access/{partyId}/offered`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccessPath {
    /// The party: its id.
    party_id: i64,
}

/// A delegation: `/v1/access/delegations/{id}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct DelegationPath {
    /// The delegation.
    id: Uuid,
}

/// Where a page begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageAfter {
    /// Those after this one: what the page before said.
    after: Option<Uuid>,
}

/// Where a page of changes begins.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ChangesAfter {
    /// Those after this time, and at this time those after `after`: of the last change of the page before.
    since: Option<DateTime<Utc>>,
    /// The last change of the page before.
    after: Option<Uuid>,
}

/// What is to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewDelegation {
    to: DelegationReceiver,
    /// The resource, where rights are given; an app's is `app_{org}_{app}`.
    resource: Option<String>,
    /// The keys of the rights, as the delegation check tells them.
    #[serde(default)]
    rights: Vec<String>,
    /// The instance, where the rights are on one only: `{partyId}/{guid}`.
    instance: Option<String>,
    /// The access package, where one is given: `urn:altinn:accesspackage:...`, or its name.
    access_package: Option<String>,
    /// From when on; from now on where it is left out.
    valid_from: Option<DateTime<Utc>>,
    /// Up to when; without an end where it is left out.
    valid_to: Option<DateTime<Utc>>,
    /// The organization that passes on what the party gave it (klientdelegering): its party id.
    acting_for: Option<i64>,
}

/// Who receives: one of the three.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum DelegationReceiver {
    /// A person or an organization: the party's UUID.
    Party(Uuid),
    /// An organization, by its number.
    OrganizationNumber(String),
    /// A system user.
    SystemUser(Uuid),
}

/// Delegations, and where they go on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DelegationList {
    data: Vec<DelegationAnswer>,
    /// What to ask for the next page after.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Uuid>,
}

/// What became of a delegation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DelegationChangeAnswer {
    id: Uuid,
    delegation: Uuid,
    /// `granted`, `period-changed` or `revoked`.
    change: &'static str,
    at: DateTime<Utc>,
    /// Who did it, by a pseudonymous id.
    by: String,
    valid_from: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_to: Option<DateTime<Utc>>,
}

impl From<DelegationChange> for DelegationChangeAnswer {
    fn from(change: DelegationChange) -> Self {
        Self {
            id: change.id,
            delegation: change.delegation,
            change: change.kind.name(),
            at: change.at,
            by: change.by,
            valid_from: change.period.from,
            valid_to: change.period.to,
        }
    }
}

impl AccessPath {
    pub(super) fn party(&self) -> PartyId {
        PartyId::new(self.party_id)
    }
}

impl DelegationReceiver {
    async fn read(&self, api: &Api) -> Result<Receiver, ApiError> {
        Ok(match self {
            Self::Party(uuid) => Receiver::Party(party_of(api, *uuid).await?),
            Self::OrganizationNumber(number) => {
                Receiver::Party(organization_of(api, number_in(number, "to.organizationNumber")?).await?)
            }
            Self::SystemUser(id) => Receiver::SystemUser(*id),
        })
    }
}

impl NewDelegation {
    /// The rights or the package.
    async fn whats(&self, api: &Api, actor: &Actor, from: PartyId) -> Result<Vec<What>, ApiError> {
        let wrong = |text: &str| ApiError::new("HTTP-BODY", text);
        match (&self.resource, &self.access_package) {
            (None, Some(package)) if self.rights.is_empty() && self.instance.is_none() => {
                Ok(vec![What::Package(name_in(package))])
            }
            (Some(resource), None) if !self.rights.is_empty() => {
                let resource: ResourceId =
                    resource.parse().map_err(|_| wrong("`resource` names no resource"))?;
                let instance = self.instance.as_deref().map(str::parse::<InstanceId>).transpose();
                let instance = instance.map_err(|_| wrong("`instance` names no instance"))?;
                let acting_for = self.acting_for.map(PartyId::new);
                let access = api.altinn().access_management();
                let checks = access.check(actor, from, &resource, instance, acting_for).await?;
                let rights = self.rights.iter().map(|key| right_of(&checks, key));
                let what = |right| match instance {
                    Some(instance) => What::InstanceRight(right, instance),
                    None => What::Right(right),
                };
                rights.map(|right| right.map(what)).collect()
            }
            _ => Err(wrong("either `resource` and `rights` or `accessPackage` says what is given")),
        }
    }

    fn period(&self, now: DateTime<Utc>) -> Option<Period> {
        if self.valid_from.is_none() && self.valid_to.is_none() {
            return None;
        }
        Some(Period { from: self.valid_from.unwrap_or(now), to: self.valid_to })
    }
}

/// What a party has given and not revoked, to whoever manages its access: at most 100 after one.
#[utoipa::path(get, path = "/v1/access/{partyId}/offered", tag = "access", operation_id = "listOffered",
    params(AccessPath, PageAfter), responses((status = 200, description = "The delegations", body = DelegationList)))]
pub(super) async fn offered(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<AccessPath>,
    Asked(PageAfter { after }): Asked<PageAfter>,
) -> Result<Json<DelegationList>, ApiError> {
    let page = api.altinn().access_management().given(&actor, at.party(), after).await?;
    list(&api, page).await
}

/// What a person or an organization has received and nobody revoked, to themselves or whoever administers the
/// organization's clients: at most 100 after one.
#[utoipa::path(get, path = "/v1/access/{partyId}/received", tag = "access", operation_id = "listReceived",
    params(AccessPath, PageAfter), responses((status = 200, description = "The delegations", body = DelegationList)))]
pub(super) async fn received(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<AccessPath>,
    Asked(PageAfter { after }): Asked<PageAfter>,
) -> Result<Json<DelegationList>, ApiError> {
    let page = api.altinn().access_management().received(&actor, at.party(), after).await?;
    list(&api, page).await
}

async fn list(
    api: &Api,
    page: altinn_auth::delegation::ListedPage,
) -> Result<Json<DelegationList>, ApiError> {
    let named = Named::of(api, ids_of(page.delegations.iter().map(|listed| &listed.entry))).await?;
    let data = page.delegations.iter();
    let data = data.map(|listed| DelegationAnswer::of(&listed.entry, listed.stands, &named)).collect();
    Ok(Json(DelegationList { data, after: page.after }))
}

/// Gives rights to a resource or to one instance of it, or an access package: all of it or nothing, never more than the caller
/// may give. What was given already is answered as it is; for another time, the time becomes this one.
#[utoipa::path(post, path = "/v1/access/{partyId}/offered", tag = "access", operation_id = "giveAccess",
    params(AccessPath), request_body = NewDelegation,
    responses((status = 201, description = "What was given", body = DelegationList)))]
pub(super) async fn give(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<AccessPath>,
    JsonBody(asked): JsonBody<NewDelegation>,
) -> Result<(StatusCode, Json<DelegationList>), ApiError> {
    let from = at.party();
    let whats = asked.whats(&api, &actor, from).await?;
    let to = asked.to.read(&api).await?;
    let Some(first) = whats.first() else { return Err(ApiError::new("HTTP-BODY", "nothing is given")) };
    let mut offer = Offer::new(from, to, first.clone());
    offer.period = asked.period(api.altinn().clock().now());
    offer.acting_for = asked.acting_for.map(PartyId::new);
    let given = api.altinn().access_management().delegate_all(&actor, &offer, &whats).await?;
    let named = Named::of(&api, ids_of(given.iter())).await?;
    let data = given.iter().map(|entry| DelegationAnswer::of(entry, true, &named)).collect();
    Ok((StatusCode::CREATED, Json(DelegationList { data, after: None })))
}

/// Revokes a delegation, and with it all that rests on it. It may be done by whoever manages the access of the giver, by the
/// receiver, and by whoever passed it on. Once more does nothing.
#[utoipa::path(delete, path = "/v1/access/delegations/{id}", tag = "access", operation_id = "revokeAccess",
    params(DelegationPath), responses((status = 204, description = "It is revoked")))]
pub(super) async fn revoke(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(DelegationPath { id }): InPath<DelegationPath>,
) -> Result<StatusCode, ApiError> {
    api.altinn().access_management().revoke(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What became of the delegations that a party gave, the earliest first: at most 100 after one.
#[utoipa::path(get, path = "/v1/access/{partyId}/changes", tag = "access", operation_id = "listAccessChanges",
    params(AccessPath, ChangesAfter),
    responses((status = 200, description = "The changes", body = Vec<DelegationChangeAnswer>)))]
pub(super) async fn changes(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<AccessPath>,
    Asked(page): Asked<ChangesAfter>,
) -> Result<Json<Vec<DelegationChangeAnswer>>, ApiError> {
    let after = page.since.map(|since| (since, page.after.unwrap_or(Uuid::max())));
    let changes = api.altinn().access_management().changes(&actor, at.party(), after).await?;
    Ok(Json(changes.into_iter().map(DelegationChangeAnswer::from).collect()))
}
