//! Which case, and for whom.

use altinn_core::PartyId;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::collaboration::{CaseId, CollaborationError, CollaborationService};
use crate::http::Api;
use crate::http::error::ApiError;

/// A service: `/v1/cases/{org}/{service}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct ServicePath {
    /// The service owner.
    org: String,
    /// The collaboration.
    service: String,
}

/// A case: `/v1/cases/{org}/{service}/{caseId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct CasePath {
    /// The service owner.
    org: String,
    /// The collaboration.
    service: String,
    /// The case.
    case_id: Uuid,
}

/// For whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForParty {
    /// The party that takes part in the case, and that the caller acts for: its id.
    party_id: i64,
}

impl ServicePath {
    pub(super) fn service(&self, api: &Api) -> Result<CollaborationService, ApiError> {
        published(api, &self.org, &self.service)
    }
}

impl CasePath {
    /// The collaboration and the case.
    pub(super) fn case(&self, api: &Api) -> Result<(CollaborationService, CaseId), ApiError> {
        Ok((published(api, &self.org, &self.service)?, CaseId::new(self.case_id)))
    }
}

impl ForParty {
    pub(super) fn party(&self) -> PartyId {
        PartyId::new(self.party_id)
    }
}

fn published(api: &Api, org: &str, service: &str) -> Result<CollaborationService, ApiError> {
    let id = format!("{org}/{service}").parse().ok();
    let service = id.and_then(|id| api.altinn().collaboration_service(&id));
    Ok(service.ok_or(CollaborationError::NotFound)?)
}
