//! What a decision has to know of an instance that is stored here.

use altinn_auth::register::{InstanceFact, InstanceFacts, RegisterError};
use altinn_core::InstanceId;
use altinn_core::store::Store;
use async_trait::async_trait;

use super::Instance;

/// The instances of a store.
#[derive(Debug, Clone)]
pub(crate) struct StoredInstances(pub(crate) Store);

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
