//! Which correspondence, and for whom.

use altinn_core::{InstanceId, PartyId};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::correspondence::{CorrespondenceError, CorrespondenceService, Side};
use crate::http::Api;
use crate::http::error::ApiError;

/// A correspondence: `/correspondence/api/v1/correspondence/{correspondenceId}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct CorrespondencePath {
    /// The correspondence.
    correspondence_id: Uuid,
}

/// A correspondence that a party has to do with.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) service: CorrespondenceService,
    pub(super) side: Side,
    pub(super) id: InstanceId,
}

impl CorrespondencePath {
    /// The correspondence, where the party has sent or got it.
    pub(super) async fn at(&self, api: &Api, party: PartyId) -> Result<Found, ApiError> {
        found(api, party, self.correspondence_id).await
    }

    /// The correspondence, where the party has got it.
    pub(super) async fn received(&self, api: &Api, party: PartyId) -> Result<Found, ApiError> {
        received(api, party, self.correspondence_id).await
    }
}

/// A correspondence that a party has got.
pub(super) async fn received(api: &Api, party: PartyId, id: Uuid) -> Result<Found, ApiError> {
    let found = found(api, party, id).await?;
    if found.side == Side::Recipient { Ok(found) } else { Err(CorrespondenceError::NotFound.into()) }
}

async fn found(api: &Api, party: PartyId, id: Uuid) -> Result<Found, ApiError> {
    let found = api.altinn().correspondences().service_of(party, id).await?;
    let (service, side) = found.ok_or(CorrespondenceError::NotFound)?;
    Ok(Found { service, side, id: InstanceId::new(party, id) })
}

/// The correspondence service of this name.
pub(super) fn service(api: &Api, named: &str) -> Result<CorrespondenceService, ApiError> {
    let id = named.parse().ok();
    let service = id.and_then(|id| api.altinn().correspondence_service(&id));
    Ok(service.ok_or(CorrespondenceError::NotFound)?)
}
