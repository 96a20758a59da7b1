//! Where an instance stands in its process.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where an instance stands in its process; serialized as Altinn's storage does it.
///
/// ```
/// use altinn_services::process::ProcessState;
///
/// let state: ProcessState = serde_json::from_str(r#"{
///     "started": "2026-11-23T10:00:00Z", "startEvent": "StartEvent_1",
///     "currentTask": {"flow": 2, "started": "2026-11-23T10:00:00Z", "elementId": "Task_1", "name": "Fill in",
///                     "altinnTaskType": "data", "flowType": "CompleteCurrentMoveToNext"}}"#)?;
/// assert_eq!(state.current_task().map(|task| task.element_id.as_str()), Some("Task_1"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProcessState {
    /// When the process started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<DateTime<Utc>>,
    /// The start event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_event: Option<String>,
    /// Where it stands now; none before the start and after the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_task: Option<CurrentTask>,
    /// When the process ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<DateTime<Utc>>,
    /// The end event that was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_event: Option<String>,
}

impl ProcessState {
    /// The state before the start.
    pub fn not_started() -> Self {
        Self::default()
    }

    /// The task it stands in.
    pub fn current_task(&self) -> Option<&CurrentTask> {
        self.current_task.as_ref()
    }

    /// Whether it reached an end event.
    pub fn has_ended(&self) -> bool {
        self.ended.is_some()
    }
}

/// The element a process stands at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CurrentTask {
    /// How many elements the process has stood at, the start event included: raised by every step.
    pub flow: u32,
    /// When the process came here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<DateTime<Utc>>,
    /// The id in the drawing.
    pub element_id: String,
    /// The name in the drawing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The kind of task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altinn_task_type: Option<String>,
    /// When the task ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<DateTime<Utc>>,
    /// How the process came here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_type: Option<FlowType>,
}

/// How a process came to where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FlowType {
    /// What was before is complete.
    CompleteCurrentMoveToNext,
    /// What was before was abandoned (`reject`).
    AbandonCurrentMoveToNext,
}
