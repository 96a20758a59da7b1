//! What apps give on their instances: the agency's own programs call it for the apps of the agency.

use altinn_auth::delegation::{DelegationEntry, DelegationError, Offer, Receiver, What};
use altinn_core::{Actor, InstanceId, ServiceId, Subject};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::urn::{Urn, UrnRight};
use crate::http::Api;
use crate::http::body::JsonBody;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::party::known;
use crate::http::query::InPath;
use crate::submission::StoredInstances;

/// An instance of an app: `.../resource/{resourceId}/instance/{instanceId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct InstancePath {
    /// The app's resource: `app_{org}_{app}`.
    resource_id: String,
    /// The instance's GUID.
    instance_id: Uuid,
}

/// What an app gives or takes back.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct AppDelegation {
    /// Whose instance it is.
    from: Urn,
    /// Who receives.
    to: Urn,
    rights: Vec<UrnRight>,
}

/// What has become of what an app gave.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AppDelegationAnswer {
    from: Urn,
    to: Urn,
    resource_id: String,
    instance_id: String,
    /// `Normal`.
    instance_delegation_mode: &'static str,
    rights: Vec<AppRightAnswer>,
}

/// What has become of a right.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AppRightAnswer {
    #[serde(flatten)]
    right: UrnRight,
    /// `Delegated`, `NotDelegated`, `Revoked` or `NotRevoked`.
    status: &'static str,
}

/// What an app has given on an instance.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AppDelegations {
    data: Vec<AppDelegationAnswer>,
}

/// The rights that an app may give by itself.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AppChecks {
    data: Vec<AppCheck>,
}

/// A right that an app may give by itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AppCheck {
    right_key: String,
    #[serde(flatten)]
    right: UrnRight,
    /// `Delegable`.
    status: &'static str,
}

/// An app of the caller's agency, and an instance of it.
struct Own {
    app: ServiceId,
    instance: InstanceId,
}

impl InstancePath {
    /// The app, where it is one of the caller's agency; the instance, where there is one of it.
    async fn own(&self, api: &Api, actor: &Actor) -> Result<Own, ApiError> {
        let Subject::ServiceOwner { org, .. } = actor.subject() else {
            return Err(ApiError::new("HTTP-SCOPE", "only the agency's own programs give for its apps"));
        };
        let named = self.resource_id.strip_prefix("app_").and_then(|named| named.strip_prefix(org.as_str()));
        let name = named.and_then(|named| named.strip_prefix('_'));
        let app: Option<ServiceId> = name.and_then(|name| format!("{org}/{name}").parse().ok());
        let app = app.ok_or_else(|| ApiError::new("HTTP-SCOPE", "the app is not one of the agency's"))?;
        let instances = StoredInstances(api.altinn().store().clone());
        let instance = instances.of_service(&app, self.instance_id).await?;
        Ok(Own { app, instance: instance.ok_or(DelegationError::NotFound)? })
    }
}

impl Own {
    async fn answers(&self, api: &Api, entries: &[DelegationEntry]) -> Result<AppDelegations, ApiError> {
        let mut answers: Vec<AppDelegationAnswer> = Vec::new();
        for entry in entries {
            let Some((to, right)) = self.named(api, entry).await? else { continue };
            let right = AppRightAnswer { right, status: "Delegated" };
            match answers.iter_mut().find(|answer| answer.to == to) {
                Some(answer) => answer.rights.push(right),
                None => answers.push(self.answer(self.owner(api).await?, to, vec![right])),
            }
        }
        Ok(AppDelegations { data: answers })
    }

    /// Who received, and the right.
    async fn named(&self, api: &Api, entry: &DelegationEntry) -> Result<Option<(Urn, UrnRight)>, ApiError> {
        let What::InstanceRight(right, _) = &entry.what else { return Ok(None) };
        let to = match entry.to {
            Receiver::SystemUser(id) => Some(Urn::of_system_user(id)),
            Receiver::Party(party) => {
                known(api, vec![party]).await?.get(&party).map(|party| Urn::of_party(party.uuid))
            }
        };
        Ok(to.map(|to| (to, UrnRight::of(right))))
    }

    async fn owner(&self, api: &Api) -> Result<Urn, ApiError> {
        let owner = self.instance.owner;
        let parties = known(api, vec![owner]).await?;
        Ok(parties.get(&owner).map(|party| Urn::of_party(party.uuid)).ok_or(DelegationError::NotFound)?)
    }

    fn answer(&self, from: Urn, to: Urn, rights: Vec<AppRightAnswer>) -> AppDelegationAnswer {
        AppDelegationAnswer {
            from,
            to,
            resource_id: self.app.resource_id().to_string(),
            instance_id: self.instance.guid.to_string(),
            instance_delegation_mode: "Normal",
            rights,
        }
    }

    /// Gives or takes back right by right; what does not succeed keeps nothing else from it.
    async fn each(
        &self,
        api: &Api,
        asked: AppDelegation,
        is_given: bool,
    ) -> Result<(StatusCode, Json<AppDelegationAnswer>), ApiError> {
        if asked.from.party(api).await? != self.instance.owner {
            return Err(DelegationError::NotFound.into());
        }
        let to = asked.to.receiver(api).await?;
        let access = api.altinn().access_management();
        let (mut rights, mut all) = (Vec::new(), true);
        for asked in asked.rights {
            let right = asked.right(&self.app.resource_id())?;
            let offer = Offer::new(self.instance.owner, to, What::InstanceRight(right, self.instance));
            let done = if is_given {
                access.delegate_for_app(&self.app, &offer).await
            } else {
                access.revoke_for_app(&self.app, &offer).await
            };
            let done = match done {
                Ok(_) => true,
                Err(
                    DelegationError::NotFound
                    | DelegationError::NotDelegable { .. }
                    | DelegationError::ToItself
                    | DelegationError::TooLong { .. },
                ) => false,
                Err(error) => return Err(error.into()),
            };
            all &= done;
            let status = match (is_given, done) {
                (true, true) => "Delegated",
                (true, false) => "NotDelegated",
                (false, true) => "Revoked",
                (false, false) => "NotRevoked",
            };
            rights.push(AppRightAnswer { right: asked, status });
        }
        let status = if all { StatusCode::OK } else { StatusCode::PARTIAL_CONTENT };
        Ok((status, Json(self.answer(asked.from, asked.to, rights))))
    }
}

/// The rights that an app may give on an instance by itself, as its policy says.
#[utoipa::path(get, tag = "access", operation_id = "checkAppDelegation",
    path = "/accessmanagement/api/v1/app/delegationcheck/resource/{resourceId}/instance/{instanceId}",
    params(InstancePath), responses((status = 200, description = "The rights", body = AppChecks)))]
pub(super) async fn check(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<AppChecks>, ApiError> {
    let own = at.own(&api, &actor).await?;
    let rights = api.altinn().access_management().check_for_app(&own.app).await?;
    let check = |right: &altinn_auth::decision::PolicyRight| AppCheck {
        right_key: right.key(),
        right: UrnRight::of(&right.of(&own.app.resource_id())),
        status: "Delegable",
    };
    Ok(Json(AppChecks { data: rights.iter().map(check).collect() }))
}

/// What an app has given on an instance.
#[utoipa::path(get, tag = "access", operation_id = "listAppDelegations",
    path = "/accessmanagement/api/v1/app/delegations/resource/{resourceId}/instance/{instanceId}",
    params(InstancePath), responses((status = 200, description = "What was given", body = AppDelegations)))]
pub(super) async fn list(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<AppDelegations>, ApiError> {
    let own = at.own(&api, &actor).await?;
    let given = api.altinn().access_management().given_by_app(&own.app, own.instance).await?;
    Ok(Json(own.answers(&api, &given).await?))
}

/// Gives rights on an instance in the name of the app; 206 when not all of them can be given.
#[utoipa::path(post, tag = "access", operation_id = "giveAppDelegation",
    path = "/accessmanagement/api/v1/app/delegations/resource/{resourceId}/instance/{instanceId}",
    params(InstancePath), request_body = AppDelegation,
    responses((status = 200, description = "All are given", body = AppDelegationAnswer),
              (status = 206, description = "Some are not given", body = AppDelegationAnswer)))]
pub(super) async fn give(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    JsonBody(asked): JsonBody<AppDelegation>,
) -> Result<(StatusCode, Json<AppDelegationAnswer>), ApiError> {
    at.own(&api, &actor).await?.each(&api, asked, true).await
}

/// Takes back rights on an instance that the app gave; 206 when it had not given all of them.
#[utoipa::path(post, tag = "access", operation_id = "revokeAppDelegation",
    path = "/accessmanagement/api/v1/app/delegationrevoke/resource/{resourceId}/instance/{instanceId}",
    params(InstancePath), request_body = AppDelegation,
    responses((status = 200, description = "All are taken back", body = AppDelegationAnswer),
              (status = 206, description = "Some were not given", body = AppDelegationAnswer)))]
pub(super) async fn take_back(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
    JsonBody(asked): JsonBody<AppDelegation>,
) -> Result<(StatusCode, Json<AppDelegationAnswer>), ApiError> {
    at.own(&api, &actor).await?.each(&api, asked, false).await
}

/// Takes back all that the app gave on an instance.
#[utoipa::path(delete, tag = "access", operation_id = "revokeAppDelegations",
    path = "/accessmanagement/api/v1/app/delegationrevoke/resource/{resourceId}/instance/{instanceId}",
    params(InstancePath), responses((status = 200, description = "What was taken back", body = AppDelegations)))]
pub(super) async fn take_back_all(
    State(api): State<Api>,
    Caller(actor): Caller,
    InPath(at): InPath<InstancePath>,
) -> Result<Json<AppDelegations>, ApiError> {
    let own = at.own(&api, &actor).await?;
    let access = api.altinn().access_management();
    let given = access.given_by_app(&own.app, own.instance).await?;
    for entry in &given {
        let offer = Offer::new(entry.from, entry.to, entry.what.clone());
        access.revoke_for_app(&own.app, &offer).await?;
    }
    let mut answers = own.answers(&api, &given).await?;
    for right in answers.data.iter_mut().flat_map(|answer| &mut answer.rights) {
        right.status = "Revoked";
    }
    Ok(Json(answers))
}
