//! The state and the history of a process, as Altinn's apps tell them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::process::{FlowType, ProcessState};
use crate::submission::PastEvent;

/// Where an instance stands in its process.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "ProcessState")]
pub(in crate::http) struct ProcessAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_event: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_task: Option<CurrentTaskAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_event: Option<String>,
    /// Every task of the process; told with the process alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    process_tasks: Option<Vec<ProcessTask>>,
}

/// The task at hand.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "CurrentTask")]
struct CurrentTaskAnswer {
    flow: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    started: Option<DateTime<Utc>>,
    element_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    altinn_task_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_type: Option<&'static str>,
    /// What moves the process on, and whether the caller may; told with the process alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<BTreeMap<String, bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    write: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    element_type: Option<&'static str>,
}

/// A task of a process.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct ProcessTask {
    pub(in crate::http) altinn_task_type: String,
    pub(in crate::http) element_id: String,
}

/// What a caller may do in the task at hand.
#[derive(Debug)]
pub(in crate::http) struct Allowed {
    pub(in crate::http) actions: BTreeMap<String, bool>,
    pub(in crate::http) write: bool,
}

impl ProcessAnswer {
    pub(in crate::http) fn of(state: &ProcessState) -> Self {
        let task = state.current_task().map(|task| CurrentTaskAnswer {
            flow: task.flow,
            started: task.started,
            element_id: task.element_id.clone(),
            name: task.name.clone(),
            altinn_task_type: task.altinn_task_type.clone(),
            ended: task.ended,
            flow_type: task.flow_type.map(|flow| match flow {
                FlowType::CompleteCurrentMoveToNext => "CompleteCurrentMoveToNext",
                FlowType::AbandonCurrentMoveToNext => "AbandonCurrentMoveToNext",
            }),
            actions: None,
            read: None,
            write: None,
            element_type: None,
        });
        Self {
            started: state.started,
            start_event: state.start_event.clone(),
            current_task: task,
            ended: state.ended,
            end_event: state.end_event.clone(),
            process_tasks: None,
        }
    }

    /// The same, with what the process is and what the caller may do.
    pub(in crate::http) fn with(mut self, tasks: Vec<ProcessTask>, allowed: Option<Allowed>) -> Self {
        self.process_tasks = Some(tasks);
        if let (Some(task), Some(Allowed { actions, write })) = (&mut self.current_task, allowed) {
            (task.actions, task.read, task.write) = (Some(actions), Some(true), Some(write));
            task.element_type = Some("Task");
        }
        self
    }
}

/// How an instance came to where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::http) struct ProcessHistory {
    process_history: Vec<ProcessHistoryItem>,
}

/// A step of the process.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProcessHistoryItem {
    /// `process_StartEvent`, `process_StartTask`, `process_EndTask`, `process_AbandonTask` or `process_EndEvent`.
    event_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    element_id: Option<String>,
    /// When (Altinn's spelling).
    occured: DateTime<Utc>,
    /// Who, without a personal number.
    performed_by: String,
}

impl ProcessHistory {
    /// The steps of the process among all that happened.
    pub(in crate::http) fn of(events: Vec<PastEvent>) -> Self {
        let steps = events.into_iter().filter(|event| event.event_type.starts_with("process_"));
        let items = steps.map(|event| ProcessHistoryItem {
            event_type: event.event_type,
            element_id: event.element,
            occured: event.at,
            performed_by: event.actor,
        });
        Self { process_history: items.collect() }
    }
}
