//! What a decision has to know of an instance that is stored here.

use altinn_auth::register::{InstanceFact, InstanceFacts, RegisterError};
use altinn_core::store::{Store, StoreError, params};
use altinn_core::{InstanceId, ServiceId};
use async_trait::async_trait;
use uuid::Uuid;

use super::Instance;

/// The instances of a store.
#[derive(Debug, Clone)]
pub(crate) struct StoredInstances(pub(crate) Store);

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

#[async_trait]
impl InstanceFacts for StoredInstances {
    async fn instance(&self, id: &InstanceId) -> Result<Option<InstanceFact>, RegisterError> {
        let unavailable = |error: super::SubmissionError| RegisterError::Unavailable {
            reason: format!("an instance cannot be read ({})", error.code()),
        };
        let instance = Instance::load(&self.0, id).await.map_err(unavailable)?;
        // One that its end deleted is there for its agency.
        let instance = instance
            .filter(|instance| instance.status.hard_deleted.is_none() || instance.was_deleted_by_its_end());
        Ok(instance.map(|instance| InstanceFact {
            task: instance.task().map(str::to_owned),
            end_event: instance.process.end_event.clone(),
            service: instance.service,
        }))
    }
}
