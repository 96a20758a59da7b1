//! Why a step is refused.

use thiserror::Error;

use crate::expression::Failure;

/// Why a step of a process can not be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The process has started already.
    #[error("the process has started already")]
    AlreadyStarted,
    /// The process has not started.
    #[error("the process has not started")]
    NotStarted,
    /// The process has ended.
    #[error("the process has ended at `{end_event}`")]
    Ended {
        /// Where.
        end_event: String,
    },
    /// The state names an element that this process does not stand at: it is of another process, or damaged.
    #[error("the state stands at `{element}`, which is no task of this process")]
    StateNotOfProcess {
        /// The element.
        element: String,
    },
    /// The process has no task with this id to be moved to.
    #[error("the process has no task `{task}`")]
    NoSuchTask {
        /// The task that was named.
        task: String,
    },
    /// The action is not one of the task's.
    #[error("task `{task}` has no action `{action}`; it has {}", quoted(.allowed))]
    ActionNotAllowed {
        /// The task.
        task: String,
        /// The action that was chosen.
        action: String,
        /// The actions that there are.
        allowed: Vec<String>,
    },
    /// The machine is to do this task, and has not yet.
    #[error("service task `{task}` is not done yet")]
    ServiceTaskPending {
        /// The task.
        task: String,
    },
    /// Work was reported done for another task than the one at hand.
    #[error("the process stands at `{current}`, which is no service task named `{named}`")]
    NotThatTask {
        /// The task at hand.
        current: String,
        /// The task that was named.
        named: String,
    },
    /// No flow leads on.
    #[error("no flow leads on from `{element}`")]
    NoNextElement {
        /// The element.
        element: String,
    },
    /// Several flows lead on, and nothing decides between them.
    #[error("several flows lead on from `{element}`: {}", quoted(.flows))]
    SeveralNextElements {
        /// The element.
        element: String,
        /// The flows.
        flows: Vec<String>,
    },
    /// A condition could not be decided.
    #[error("the condition of flow `{flow}` at gateway `{gateway}` can not be decided: {reason}")]
    ConditionNotDecided {
        /// The gateway.
        gateway: String,
        /// The flow.
        flow: String,
        /// Why.
        reason: Failure,
    },
    /// Gateways lead in a circle.
    #[error("after {iterations} elements from `{from}` no task or end was reached")]
    Loop {
        /// Where the step began.
        from: String,
        /// How many elements were passed.
        iterations: usize,
    },
}

impl Refusal {
    /// The stable code of this kind of refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyStarted => "PROCESS-ALREADY-STARTED",
            Self::NotStarted => "PROCESS-NOT-STARTED",
            Self::Ended { .. } => "PROCESS-ENDED",
            Self::StateNotOfProcess { .. } => "PROCESS-STATE-NOT-OF-PROCESS",
            Self::NoSuchTask { .. } => "PROCESS-NO-SUCH-TASK",
            Self::ActionNotAllowed { .. } => "PROCESS-ACTION-NOT-ALLOWED",
            Self::ServiceTaskPending { .. } => "PROCESS-SERVICE-TASK-PENDING",
            Self::NotThatTask { .. } => "PROCESS-NOT-THAT-TASK",
            Self::NoNextElement { .. } => "PROCESS-NO-NEXT-ELEMENT",
            Self::SeveralNextElements { .. } => "PROCESS-SEVERAL-NEXT-ELEMENTS",
            Self::ConditionNotDecided { .. } => "PROCESS-CONDITION-NOT-DECIDED",
            Self::Loop { .. } => "PROCESS-LOOP",
        }
    }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
