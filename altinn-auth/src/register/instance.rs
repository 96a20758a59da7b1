//! What a decision has to know of an instance.

use std::fmt::Debug;

use altinn_core::{InstanceId, ServiceId};
use async_trait::async_trait;

use super::RegisterError;

/// What a decision has to know of an instance: the app, and where its process stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceFact {
    /// The app whose instance it is.
    pub service: ServiceId,
    /// The task that it stands in.
    pub task: Option<String>,
    /// The end event that it has come to.
    pub end_event: Option<String>,
}

/// Tells what a decision has to know of an instance, when a request names nothing else.
///
/// Whoever keeps instances implements it; an [`Authorizer`](crate::decision::Authorizer) is told by its caller instead.
#[async_trait]
pub trait InstanceFacts: Debug + Send + Sync {
    /// What is known of the instance; none when there is no such instance.
    ///
    /// # Errors
    /// [`RegisterError`] when it cannot be told.
    async fn instance(&self, id: &InstanceId) -> Result<Option<InstanceFact>, RegisterError>;
}
