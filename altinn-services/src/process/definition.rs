//! A process as its drawing defines it.

use std::collections::BTreeMap;

use super::condition::Condition;
use super::task::Task;

/// A process that was read from BPMN and checked: one start, every flow leads somewhere, an end can be reached.
///
/// ```
/// use altinn_services::process::{Process, TaskKind};
///
/// let process = Process::from_bpmn(br#"
///     <bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:altinn="http://altinn.no">
///       <bpmn:process id="Short">
///         <bpmn:startEvent id="Start"/>
///         <bpmn:task id="Task_1" name="Fill in" altinn:tasktype="data"/>
///         <bpmn:endEvent id="End"/>
///         <bpmn:sequenceFlow id="a" sourceRef="Start" targetRef="Task_1"/>
///         <bpmn:sequenceFlow id="b" sourceRef="Task_1" targetRef="End"/>
///       </bpmn:process>
///     </bpmn:definitions>"#)?;
/// assert_eq!(process.task("Task_1").map(|task| &task.kind), Some(&TaskKind::Data));
/// # Ok::<(), altinn_services::process::ProcessError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Process {
    pub(super) id: String,
    pub(super) start: String,
    pub(super) elements: BTreeMap<String, Element>,
    pub(super) order: Vec<String>,
    pub(super) flows: Vec<SequenceFlow>,
}

impl Process {
    /// The id in the drawing; empty where it gives none.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The id of the start event.
    pub fn start_event(&self) -> &str {
        &self.start
    }

    /// The element with this id.
    pub fn element(&self, id: &str) -> Option<&Element> {
        self.elements.get(id)
    }

    /// The task with this id.
    pub fn task(&self, id: &str) -> Option<&Task> {
        self.element(id).and_then(Element::as_task)
    }

    /// Every element, in the order of the drawing.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.order.iter().filter_map(|id| self.element(id))
    }

    /// Every task, in the order of the drawing.
    pub fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.elements().filter_map(Element::as_task)
    }

    /// Every sequence flow, in the order of the drawing.
    pub fn flows(&self) -> &[SequenceFlow] {
        &self.flows
    }

    /// The sequence flows that leave an element, in the order of the drawing.
    pub fn outgoing<'a>(&'a self, element: &'a str) -> impl Iterator<Item = &'a SequenceFlow> {
        self.flows.iter().filter(move |flow| flow.source == element)
    }
}

/// An element that sequence flows connect.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Element {
    /// Where the process starts.
    StartEvent {
        /// The id.
        id: String,
    },
    /// Where the process stands until somebody or something has done the task.
    Task(Box<Task>),
    /// Where the process takes exactly one of several ways, without standing still.
    ExclusiveGateway(ExclusiveGateway),
    /// Where the process ends.
    EndEvent {
        /// The id, as policies name it in `urn:altinn:end-event`.
        id: String,
    },
}

impl Element {
    /// The id.
    pub fn id(&self) -> &str {
        match self {
            Self::StartEvent { id } | Self::EndEvent { id } => id,
            Self::Task(task) => &task.id,
            Self::ExclusiveGateway(gateway) => &gateway.id,
        }
    }

    /// The task, if it is one.
    pub fn as_task(&self) -> Option<&Task> {
        match self {
            Self::Task(task) => Some(task),
            _ => None,
        }
    }
}

/// A gateway that takes exactly one way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExclusiveGateway {
    /// The id.
    pub id: String,
    /// The flow that is taken when no condition holds.
    pub default_flow: Option<String>,
    /// The data type whose form the conditions read (`gatewayExtension/connectedDataTypeId`).
    pub connected_data_type: Option<String>,
}

/// A way from one element to another.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SequenceFlow {
    /// The id.
    pub id: String,
    /// The element it leaves.
    pub source: String,
    /// The element it leads to.
    pub target: String,
    /// What must hold for a gateway to take it.
    pub condition: Option<Condition>,
}
