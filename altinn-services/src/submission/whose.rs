//! Whose an instance is, by its GUID alone.

use altinn_core::store::{StoreError, params};
use altinn_core::{InstanceId, ServiceId};
use uuid::Uuid;

use super::StoredInstances;

impl StoredInstances {
    /// Whose an instance of a service is, by its GUID alone, for the service's agency.
    pub(crate) async fn of_service(
        &self,
        service: &ServiceId,
        guid: Uuid,
    ) -> Result<Option<InstanceId>, StoreError> {
        let select = "select party from services_instance where id = $1 and service = $2";
        let row = self.0.query_opt(select, params![guid, service.to_string()]).await?;
        row.map(|row| Ok(InstanceId::new(row.get("party")?, guid))).transpose()
    }
}
