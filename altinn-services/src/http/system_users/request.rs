//! Requests for system users, as bodies have them.

use altinn_auth::system_user::{NewRequest, SystemUserError, SystemUserKind, SystemUserRequest};
use altinn_core::{Actor, PartyId};
use axum::Json;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::powers::{SystemAccessPackage, SystemRight, packages_in, powers_of, rights_in};
use crate::http::Api;
use crate::http::error::ApiError;
use crate::http::party::{known, number_in, number_of};

/// A request: `/authentication/api/v1/systemuser/request/vendor/{requestId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestPath {
    /// The request.
    pub(super) request_id: Uuid,
}

/// A request to a party: `/authentication/api/v1/systemuser/request/{party}/{requestId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct PartyRequestPath {
    /// The party that is asked: its id.
    pub(super) party: i64,
    /// The request.
    pub(super) request_id: Uuid,
}

/// What tells requests of a system and a customer apart: `.../byexternalref/{systemId}/{orgNo}/{externalRef}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReferencePath {
    /// The system.
    pub(super) system_id: String,
    /// The organization that is asked.
    pub(super) org_no: String,
    /// The vendor's reference.
    pub(super) external_ref: String,
}

/// What a vendor asks a customer for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AskForSystemUser {
    /// What tells several system users of one system and customer apart; the customer's number where it is left out.
    external_ref: Option<String>,
    system_id: String,
    /// The customer: its organization number.
    party_org_no: String,
    #[serde(default)]
    rights: Vec<SystemRight>,
    #[serde(default)]
    access_packages: Vec<SystemAccessPackage>,
    /// Where the customer is sent after the answer: an address that the system was registered with.
    redirect_url: Option<String>,
}

/// A request for a system user.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "SystemUserRequest")]
pub(super) struct RequestAnswer {
    id: Uuid,
    external_ref: String,
    system_id: String,
    party_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    party_org_no: Option<String>,
    rights: Vec<SystemRight>,
    access_packages: Vec<SystemAccessPackage>,
    /// `New`, `Accepted`, `Rejected`, `Denied` or `Timedout`.
    status: String,
    /// `standard` or `agent`.
    user_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_url: Option<String>,
    /// Where the customer answers it, where the agency has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirm_url: Option<String>,
    /// Whether somebody who could not answer it put it to those who can.
    escalated: bool,
    created: DateTime<Utc>,
    /// The system user that is to be changed, where it is a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    system_user_id: Option<Uuid>,
}

impl AskForSystemUser {
    pub(super) fn read(self) -> Result<NewRequest, ApiError> {
        let owner = number_in(&self.party_org_no, "partyOrgNo")?;
        let powers = powers_of(&self.rights, &self.access_packages)?;
        let mut new = NewRequest::new(self.system_id, owner, powers);
        new.external_ref = self.external_ref.filter(|reference| !reference.is_empty());
        new.redirect_url = given(self.redirect_url);
        Ok(new)
    }
}

/// An address that is not empty.
pub(super) fn given(url: Option<String>) -> Option<String> {
    url.filter(|url| !url.is_empty())
}

impl RequestAnswer {
    pub(super) async fn of(api: &Api, request: SystemUserRequest) -> Result<Self, ApiError> {
        let answers = Self::all(api, vec![request]).await?;
        Ok(answers.into_iter().next().ok_or(SystemUserError::NotFound)?)
    }

    pub(super) async fn all(api: &Api, requests: Vec<SystemUserRequest>) -> Result<Vec<Self>, ApiError> {
        let parties = known(api, requests.iter().map(|request| request.owner).collect()).await?;
        let answer = |request: SystemUserRequest| Self {
            party_org_no: parties.get(&request.owner).and_then(number_of),
            confirm_url: api.confirm_url(request.id),
            rights: rights_in(&request.required),
            access_packages: packages_in(&request.required),
            status: request.status.name().to_owned(),
            user_type: request.kind.name().to_owned(),
            id: request.id,
            external_ref: request.external_ref,
            system_id: request.system,
            party_id: request.owner.get(),
            redirect_url: request.redirect_url,
            escalated: request.escalated_at.is_some(),
            created: request.created_at,
            system_user_id: request.system_user,
        };
        Ok(requests.into_iter().map(answer).collect())
    }
}

/// What a request is for: each has paths of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AskedFor {
    /// A system user that acts for the organization that has it.
    SystemUser,
    /// A system user that acts for the organization's clients.
    Agent,
    /// A change of a system user that there is.
    Change,
}

impl AskedFor {
    /// A request for this; one for something else is none here.
    pub(super) fn only(self, request: SystemUserRequest) -> Result<SystemUserRequest, ApiError> {
        let found = match (request.system_user, request.kind) {
            (Some(_), _) => Self::Change,
            (None, SystemUserKind::Agent) => Self::Agent,
            (None, SystemUserKind::Standard) => Self::SystemUser,
        };
        if found == self { Ok(request) } else { Err(SystemUserError::NotFound.into()) }
    }
}

impl RequestPath {
    /// A request of the caller's.
    pub(super) async fn request(
        &self,
        api: &Api,
        vendor: &Actor,
        of: AskedFor,
    ) -> Result<SystemUserRequest, ApiError> {
        of.only(api.altinn().system_users().request(vendor, self.request_id).await?)
    }
}

impl PartyRequestPath {
    /// A request to a party that the caller represents.
    pub(super) async fn request(
        &self,
        api: &Api,
        customer: &Actor,
        of: AskedFor,
    ) -> Result<SystemUserRequest, ApiError> {
        let party = PartyId::new(self.party);
        of.only(api.altinn().system_users().request_for(customer, party, self.request_id).await?)
    }

    /// Accepts it.
    pub(super) async fn approve(
        &self,
        api: &Api,
        customer: &Actor,
        of: AskedFor,
    ) -> Result<Json<bool>, ApiError> {
        let request = self.request(api, customer, of).await?;
        api.altinn().system_users().approve(customer, request.owner, request.id).await?;
        Ok(Json(true))
    }

    /// Rejects it.
    pub(super) async fn reject(
        &self,
        api: &Api,
        customer: &Actor,
        of: AskedFor,
    ) -> Result<Json<bool>, ApiError> {
        let request = self.request(api, customer, of).await?;
        api.altinn().system_users().reject(customer, request.owner, request.id).await?;
        Ok(Json(true))
    }

    /// Puts it to those who manage the party's access.
    pub(super) async fn escalate(
        &self,
        api: &Api,
        customer: &Actor,
        of: AskedFor,
    ) -> Result<Json<bool>, ApiError> {
        let request = self.request(api, customer, of).await?;
        api.altinn().system_users().escalate(customer, request.owner, request.id).await?;
        Ok(Json(true))
    }
}
