//! Processes: read from BPMN, checked, and walked one step at a time by a pure function.
//!
//! [`Process::from_bpmn`] reads a `process.bpmn` of an Altinn 3 app in any of its dialects: the task's kind in the
//! attribute `altinn:tasktype`, in `taskExtension/taskType` or in `properties/taskType`. [`step`] takes a process,
//! the [`ProcessState`] of an instance, an [`Event`] and the time, and gives the next state and its effects, or a
//! [`Refusal`] that says why not. It reads no clock, stores nothing and knows no user: whether somebody may act is
//! decided before ([`Task::action`] says which action of the policy that takes).
//!
//! A process stands still at the tasks of people (data, confirmation, feedback, signing, payment, and kinds of the
//! app's own) until somebody acts ([`Event::Next`]), and at service tasks (pdf, subformPdf, eFormidling, fiksArkiv, and
//! kinds of the app's own that are drawn as a `serviceTask`) until the machine has done its work
//! ([`Event::ServiceTaskDone`]).

mod bpmn;
mod check;
mod condition;
mod definition;
mod effect;
mod environment;
mod error;
mod event;
mod refusal;
mod state;
mod step;
mod task;
mod task_config;
mod task_kind;

pub use bpmn::MAX_BPMN_BYTES;
pub use condition::Condition;
pub use definition::{Element, ExclusiveGateway, Process, SequenceFlow};
pub use effect::{Effect, HistoryEntry, HistoryEventType, ServiceWork};
pub use environment::Environment;
pub use error::ProcessError;
pub use event::Event;
pub use refusal::Refusal;
pub use state::{CurrentTask, FlowType, ProcessState};
pub use step::{MAX_ITERATIONS, Step, jump, step, step_in};
pub use task::{DeclaredAction, Task};
pub use task_config::{
    EFormidlingConfig, EnvironmentValue, PaymentConfig, PdfConfig, SignatureConfig, SubformPdfConfig,
};
pub use task_kind::TaskKind;
