//! What somebody wants to do.

use altinn_core::{InstanceId, PartyId, ServiceId};

/// What somebody wants to do, and for whom.
///
/// ```
/// use altinn_auth::decision::AccessRequest;
/// use altinn_core::PartyId;
///
/// let request = AccessRequest::new("write", "ttd/bakery-licence".parse()?, PartyId::new(50001)).in_task("Task_1");
/// assert_eq!(request.task.as_deref(), Some("Task_1"));
/// # Ok::<(), altinn_core::IdentifierError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessRequest {
    /// The action: `read`, `write`, `sign`, `confirm`, `instantiate`, `delete`, `complete`, ...
    pub action: String,
    /// The service.
    pub service: ServiceId,
    /// The party on whose behalf it is done.
    pub party: PartyId,
    /// The instance, when there is one already.
    pub instance: Option<InstanceId>,
    /// The task that the instance stands in.
    pub task: Option<String>,
    /// The end event that the instance has come to.
    pub end_event: Option<String>,
    /// The part of the app, such as `events`.
    pub app_resource: Option<String>,
}

impl AccessRequest {
    /// An action on a service on behalf of a party.
    pub fn new(action: impl Into<String>, service: ServiceId, party: PartyId) -> Self {
        Self {
            action: action.into(),
            service,
            party,
            instance: None,
            task: None,
            end_event: None,
            app_resource: None,
        }
    }

    /// The same, on an instance.
    #[must_use]
    pub fn on_instance(mut self, instance: InstanceId) -> Self {
        self.instance = Some(instance);
        self
    }

    /// The same, in a task of the process.
    #[must_use]
    pub fn in_task(mut self, task: impl Into<String>) -> Self {
        self.task = Some(task.into());
        self
    }

    /// The same, at an end event of the process.
    #[must_use]
    pub fn at_end_event(mut self, end_event: impl Into<String>) -> Self {
        self.end_event = Some(end_event.into());
        self
    }

    /// The same, on a part of the app.
    #[must_use]
    pub fn on_app_resource(mut self, app_resource: impl Into<String>) -> Self {
        self.app_resource = Some(app_resource.into());
        self
    }
}
