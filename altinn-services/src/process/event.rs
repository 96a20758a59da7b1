//! What moves a process.

/// What happened to an instance. Who did it, and whether they may, is decided before the step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The process starts.
    Start,
    /// The task at hand is done, with an action; none: the usual action of its kind.
    Next {
        /// The action, as the policy names it (`write`, `confirm`, `sign`, `reject`, ...).
        action: Option<String>,
    },
    /// The machine has done the work of a service task.
    ServiceTaskDone {
        /// The task.
        task: String,
        /// The action that the work came to, for the gateways after it: `reject` leads back where the drawing says so.
        action: Option<String>,
    },
}

impl Event {
    /// The task at hand is done with this action.
    pub fn next(action: impl Into<String>) -> Self {
        Self::Next { action: Some(action.into()) }
    }

    /// The machine has done the work of this service task.
    pub fn done(task: impl Into<String>) -> Self {
        Self::ServiceTaskDone { task: task.into(), action: None }
    }
}
