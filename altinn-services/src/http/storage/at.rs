//! What a path of the storage API names.

use altinn_core::{Actor, InstanceId, PartyId};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::http::Api;
use crate::http::error::ApiError;
use crate::submission::Instance;

/// An instance: `/storage/api/v1/instances/{instanceOwnerPartyId}/{instanceGuid}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredPath {
    /// The party that the instance is of.
    instance_owner_party_id: i64,
    /// The instance.
    instance_guid: Uuid,
}

/// An element of an instance: `.../data/{dataGuid}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredElementPath {
    /// The party that the instance is of.
    instance_owner_party_id: i64,
    /// The instance.
    instance_guid: Uuid,
    /// The data element.
    pub(super) data_guid: Uuid,
}

impl StoredPath {
    pub(super) fn id(&self) -> InstanceId {
        InstanceId::new(PartyId::new(self.instance_owner_party_id), self.instance_guid)
    }

    pub(super) async fn read(&self, api: &Api, actor: &Actor) -> Result<Instance, ApiError> {
        Ok(api.altinn().submissions().get(actor, &self.id()).await?)
    }
}

impl StoredElementPath {
    pub(super) fn instance(&self) -> StoredPath {
        StoredPath {
            instance_owner_party_id: self.instance_owner_party_id,
            instance_guid: self.instance_guid,
        }
    }
}
