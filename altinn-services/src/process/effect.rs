//! What follows from a step: history and work, as data.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::state::ProcessState;
use super::task_kind::TaskKind;

/// What follows from a step, as data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// An entry of the instance's history.
    History(HistoryEntry),
    /// Work of a service task; when it is done, [`Event::ServiceTaskDone`](super::Event::ServiceTaskDone) moves the process on.
    Service(ServiceWork),
}

/// An entry of an instance's process history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HistoryEntry {
    /// What happened.
    pub event_type: HistoryEventType,
    /// When.
    pub created: DateTime<Utc>,
    /// The element it happened to.
    pub element_id: String,
    /// The state that the entry is about: the one before for what ended, the one after for what began.
    pub process_info: ProcessState,
}

/// What happened in a process, with Altinn's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum HistoryEventType {
    /// The process started.
    #[serde(rename = "process_StartEvent")]
    StartEvent,
    /// A task began.
    #[serde(rename = "process_StartTask")]
    StartTask,
    /// A task was completed.
    #[serde(rename = "process_EndTask")]
    EndTask,
    /// A task was abandoned.
    #[serde(rename = "process_AbandonTask")]
    AbandonTask,
    /// The process ended.
    #[serde(rename = "process_EndEvent")]
    EndEvent,
}

impl HistoryEventType {
    /// Altinn's name (`process_StartTask`, ...).
    pub fn name(self) -> &'static str {
        match self {
            Self::StartEvent => "process_StartEvent",
            Self::StartTask => "process_StartTask",
            Self::EndTask => "process_EndTask",
            Self::AbandonTask => "process_AbandonTask",
            Self::EndEvent => "process_EndEvent",
        }
    }
}

/// The work of a service task.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServiceWork {
    /// Write a document that shows what was submitted.
    WriteReceiptDocument {
        /// The service task.
        task: String,
        /// The text resource that gives the file its name.
        filename_text_resource: Option<String>,
        /// The tasks whose forms are shown; none: all.
        tasks: Vec<String>,
    },
    /// Write a document for each element of a sub-form.
    WriteSubformDocuments {
        /// The service task.
        task: String,
        /// The text resource that gives the files their names.
        filename_text_resource: Option<String>,
        /// The data type of the sub-form.
        data_type: Option<String>,
    },
    /// Do what this program cannot do by itself: send something, or run code of the agency's.
    Run {
        /// The service task.
        task: String,
        /// Its kind, by which the code is found.
        kind: TaskKind,
    },
}

impl ServiceWork {
    /// The service task whose work this is.
    pub fn task(&self) -> &str {
        match self {
            Self::WriteReceiptDocument { task, .. }
            | Self::WriteSubformDocuments { task, .. }
            | Self::Run { task, .. } => task,
        }
    }
}
