//! Service tasks that need the agency's code: what it implements, and how it is run.
//!
//! A step into such a task is committed together with a row that says what is to be done. Workers claim it with a
//! lease, call the agency's [`ServiceTask`], and commit its outcome with the next step of the process: the call is
//! made at least once, its outcome has effect once. What fails is tried again later, and stays visible when it failed
//! for good, until a supporter resumes it.

mod run;
mod work;

use async_trait::async_trait;
use thiserror::Error;
use uuid::Uuid;

use super::{Instance, Service};
use crate::process::{Environment, Task};

pub(super) use run::Ending;
pub use run::ServiceTaskReport;
pub use work::{ServiceTaskState, ServiceTaskWork};

pub(crate) use work::TOPIC as SERVICE_TASKS;
pub(super) use work::{LEASE, NewWork, abandon_open};

/// The work of a service task of one kind (`eFormidling`, `fiksArkiv`, or a name of the app's own).
///
/// ```
/// use altinn_services::submission::{ServiceTask, ServiceTaskContext, ServiceTaskDone, ServiceTaskError};
///
/// #[derive(Debug)]
/// struct FoodRegister;
///
/// #[async_trait::async_trait]
/// impl ServiceTask for FoodRegister {
///     async fn run(&self, cx: &ServiceTaskContext<'_>) -> Result<ServiceTaskDone, ServiceTaskError> {
///         let case = format!("case-{}", cx.key()); // a register that knows the key makes one case, however often it is asked
///         Ok(ServiceTaskDone::new().with_element("case-number", "text/plain", case))
///     }
/// }
///
/// # fn example(builder: altinn_services::AltinnBuilder) -> altinn_services::AltinnBuilder {
/// builder.service_task("food-register", FoodRegister)
/// # }
/// ```
#[async_trait]
pub trait ServiceTask: std::fmt::Debug + Send + Sync {
    /// Does the work. It is called again, with the same [key](ServiceTaskContext::key), when an earlier call failed or
    /// was cut off: what it does elsewhere must have effect once for a key.
    ///
    /// # Errors
    /// [`ServiceTaskError::Retry`] when it may go well later, [`ServiceTaskError::Failed`] when somebody must look.
    async fn run(&self, context: &ServiceTaskContext<'_>) -> Result<ServiceTaskDone, ServiceTaskError>;

    /// Undoes what [`run`](Self::run) may have done elsewhere, when a supporter asks for it. Does nothing if it is not
    /// overridden. It may be called more than once for a key.
    ///
    /// # Errors
    /// A [`ServiceTaskError`] says why it is not undone.
    async fn compensate(&self, _context: &ServiceTaskContext<'_>) -> Result<(), ServiceTaskError> {
        Ok(())
    }
}

/// What a [`ServiceTask`] works on.
#[derive(Debug)]
#[non_exhaustive]
pub struct ServiceTaskContext<'a> {
    pub(super) key: Uuid,
    pub(super) attempt: u32,
    pub(super) environment: Environment,
    pub(super) service: &'a Service,
    pub(super) instance: &'a Instance,
    pub(super) task: &'a Task,
}

impl<'a> ServiceTaskContext<'a> {
    /// The idempotency key: the same for every attempt at this work, and another one when the process comes here again.
    pub fn key(&self) -> Uuid {
        self.key
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Where the service runs.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// The service.
    pub fn service(&self) -> &'a Service {
        self.service
    }

    /// The instance as it stands in the task.
    pub fn instance(&self) -> &'a Instance {
        self.instance
    }

    /// The task, with what its drawing configures.
    pub fn task(&self) -> &'a Task {
        self.task
    }
}

/// What a [`ServiceTask`] came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceTaskDone {
    pub(super) action: Option<String>,
    pub(super) elements: Vec<ProducedElement>,
}

/// A data element that a service task has made.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct ProducedElement {
    pub(super) data_type: String,
    pub(super) content_type: String,
    pub(super) content: Vec<u8>,
}

impl std::fmt::Debug for ProducedElement {
    /// Leaves the content out: it is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = f.debug_struct("ProducedElement");
        shown
            .field("data_type", &self.data_type)
            .field("content_type", &self.content_type)
            .finish_non_exhaustive()
    }
}

impl ServiceTaskDone {
    /// The work is done, and the process goes on.
    pub fn new() -> Self {
        Self::default()
    }

    /// The action that the gateways after the task decide on: `reject` leads back where the drawing says so.
    #[must_use]
    pub fn with_action(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }

    /// A data element that the instance gets in the same commit as the next step.
    #[must_use]
    pub fn with_element(
        mut self,
        data_type: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Vec<u8>>,
    ) -> Self {
        self.elements.push(ProducedElement {
            data_type: data_type.into(),
            content_type: content_type.into(),
            content: content.into(),
        });
        self
    }
}

/// Why a [`ServiceTask`] did not do its work. The reason is stored and shown to supporters: nothing personal stands in
/// it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ServiceTaskError {
    /// It may go well later, and is tried again by itself.
    #[error("{0}")]
    Retry(String),
    /// It does not go well by itself: it waits until a supporter resumes it.
    #[error("{0}")]
    Failed(String),
}
