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
    },
}

impl Event {
    /// The task at hand is done with this action.
    pub fn next(action: impl Into<String>) -> Self {
        Self::Next { action: Some(action.into()) }
    }
}
