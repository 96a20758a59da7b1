//! A service task that stands in for the agency's own.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use uuid::Uuid;

use crate::submission::{ServiceTask, ServiceTaskContext, ServiceTaskDone, ServiceTaskError};

/// A service task that does nothing but what it is told, and remembers what it was asked. Clones are one.
///
/// ```
/// use altinn_services::submission::ServiceTaskError;
/// use altinn_services::testing::StandIn;
///
/// let register = StandIn::new();
/// register.then(Err(ServiceTaskError::Retry("the register is closed".to_owned()))); // the first call; later ones succeed
/// # fn example(builder: altinn_services::AltinnBuilder, register: StandIn) -> altinn_services::AltinnBuilder {
/// builder.service_task("food-register", register)
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct StandIn(Arc<Mutex<Memory>>);

#[derive(Debug, Default)]
struct Memory {
    outcomes: VecDeque<Result<ServiceTaskDone, ServiceTaskError>>,
    calls: Vec<Uuid>,
    compensations: Vec<Uuid>,
}

impl StandIn {
    /// One that succeeds.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a further call comes to; when nothing more was told, calls succeed.
    pub fn then(&self, outcome: Result<ServiceTaskDone, ServiceTaskError>) {
        self.memory(|memory| memory.outcomes.push_back(outcome));
    }

    /// The keys of all calls, in their order.
    pub fn calls(&self) -> Vec<Uuid> {
        self.memory(|memory| memory.calls.clone())
    }

    /// The keys of what was to be undone, in their order.
    pub fn compensations(&self) -> Vec<Uuid> {
        self.memory(|memory| memory.compensations.clone())
    }

    fn memory<T>(&self, with: impl FnOnce(&mut Memory) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl ServiceTask for StandIn {
    async fn run(&self, context: &ServiceTaskContext<'_>) -> Result<ServiceTaskDone, ServiceTaskError> {
        self.memory(|memory| {
            memory.calls.push(context.key());
            memory.outcomes.pop_front().unwrap_or_else(|| Ok(ServiceTaskDone::new()))
        })
    }

    async fn compensate(&self, context: &ServiceTaskContext<'_>) -> Result<(), ServiceTaskError> {
        self.memory(|memory| memory.compensations.push(context.key()));
        Ok(())
    }
}
