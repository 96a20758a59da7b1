//! One step of a process: from a state and an event to the next state and what follows from it.

use chrono::{DateTime, Utc};

use super::definition::{Element, ExclusiveGateway, Process, SequenceFlow};
use super::effect::{Effect, HistoryEntry, HistoryEventType, ServiceWork};
use super::event::Event;
use super::refusal::Refusal;
use super::state::{CurrentTask, FlowType, ProcessState};
use super::task::Task;
use super::task_kind::TaskKind;
use crate::expression::{Context, Evaluator};

/// How many elements one step passes at most before it stands still; a longer way is a loop of gateways.
pub const MAX_ITERATIONS: usize = 100;

/// The action that abandons a task.
const REJECT: &str = "reject";

/// What a step gives.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// Where the instance stands now.
    pub state: ProcessState,
    /// What follows, in its order; to be stored in one batch with the state.
    pub effects: Vec<Effect>,
}

/// Takes one step: a pure function of the process, the state, the event and the time.
///
/// ```
/// use altinn_services::process::{Event, Process, ProcessState, step};
///
/// # let process = Process::from_bpmn(br#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
/// #   <process id="p" xmlns:altinn="http://altinn.no"><startEvent id="Start"/>
/// #   <task id="Task_1" altinn:tasktype="data"/><endEvent id="End"/>
/// #   <sequenceFlow id="a" sourceRef="Start" targetRef="Task_1"/>
/// #   <sequenceFlow id="b" sourceRef="Task_1" targetRef="End"/></process></definitions>"#)?;
/// let now = "2026-11-23T10:00:00Z".parse()?;
/// let started = step(&process, &ProcessState::not_started(), &Event::Start, now)?;
/// let ended = step(&process, &started.state, &Event::next("write"), now)?;
/// assert_eq!(ended.state.end_event.as_deref(), Some("End"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// A [`Refusal`] says why the step can not be taken; the state is then what it was.
pub fn step(
    process: &Process,
    state: &ProcessState,
    event: &Event,
    at: DateTime<Utc>,
) -> Result<Step, Refusal> {
    step_in(process, state, event, &Context::default(), at)
}

/// Takes one step as [`step`] does, where the conditions of gateways may look at the forms and the instance too.
///
/// # Errors
///
/// As [`step`]; [`Refusal::ConditionNotDecided`] when a condition has no value in the context.
pub fn step_in(
    process: &Process,
    state: &ProcessState,
    event: &Event,
    context: &Context<'_>,
    at: DateTime<Utc>,
) -> Result<Step, Refusal> {
    if state.has_ended() {
        return Err(Refusal::Ended { end_event: state.end_event.clone().unwrap_or_default() });
    }
    match (event, state.current_task()) {
        (Event::Start, None) => start(process, context, at),
        (Event::Start, Some(_)) => Err(Refusal::AlreadyStarted),
        (_, None) => Err(Refusal::NotStarted),
        (Event::Next { action }, Some(current)) => {
            let task = task_at_hand(process, current)?;
            let action = task.action(action.as_deref());
            check_action(task, action)?;
            Move { process, state, current, at, context, action: Some(action) }.to_next()
        }
        (Event::ServiceTaskDone { task: done, action }, Some(current)) => {
            let task = task_at_hand(process, current)?;
            if task.id != *done || !task.is_done_by_machine() {
                return Err(Refusal::NotThatTask { current: task.id.clone(), named: done.clone() });
            }
            Move { process, state, current, at, context, action: action.as_deref() }.to_next()
        }
    }
}

fn task_at_hand<'a>(process: &'a Process, current: &CurrentTask) -> Result<&'a Task, Refusal> {
    process
        .task(&current.element_id)
        .ok_or_else(|| Refusal::StateNotOfProcess { element: current.element_id.clone() })
}

fn check_action(task: &Task, action: &str) -> Result<(), Refusal> {
    if task.is_done_by_machine() && action != REJECT {
        return Err(Refusal::ServiceTaskPending { task: task.id.clone() });
    }
    if !task.allows(action) {
        return Err(Refusal::ActionNotAllowed {
            task: task.id.clone(),
            action: action.to_owned(),
            allowed: task.allowed_actions().into_iter().map(str::to_owned).collect(),
        });
    }
    Ok(())
}

fn start(process: &Process, context: &Context<'_>, at: DateTime<Utc>) -> Result<Step, Refusal> {
    let at_start = CurrentTask {
        flow: 1,
        started: None,
        element_id: process.start.clone(),
        name: None,
        altinn_task_type: None,
        ended: None,
        flow_type: None,
    };
    let state = ProcessState {
        started: Some(at),
        start_event: Some(process.start.clone()),
        current_task: Some(at_start.clone()),
        ended: None,
        end_event: None,
    };
    let entry = history(HistoryEventType::StartEvent, at, &process.start, &state);
    let mut step =
        Move { process, state: &state, current: &at_start, at, context, action: None }.to_next()?;
    step.effects.insert(0, entry);
    Ok(step)
}

/// Moves an instance to a task of its process, whatever its flows say: the task at hand is abandoned. For repair.
///
/// # Errors
///
/// A [`Refusal`] when the process has not started, has ended, or has no such task.
pub fn jump(process: &Process, state: &ProcessState, task: &str, at: DateTime<Utc>) -> Result<Step, Refusal> {
    if state.has_ended() {
        return Err(Refusal::Ended { end_event: state.end_event.clone().unwrap_or_default() });
    }
    let current = state.current_task().ok_or(Refusal::NotStarted)?;
    let unknown = || Refusal::NoSuchTask { task: task.to_owned() };
    let target = process.task(task).ok_or_else(unknown)?;
    let context = Context::default();
    let moved = Move { process, state, current, at, context: &context, action: Some(REJECT) };
    Ok(moved.at_task(target, vec![moved.end_of_task()]))
}

/// A step from the element at hand to the next one where the process stands still.
struct Move<'a> {
    process: &'a Process,
    state: &'a ProcessState,
    current: &'a CurrentTask,
    at: DateTime<Utc>,
    context: &'a Context<'a>,
    action: Option<&'a str>,
}

impl Move<'_> {
    fn to_next(&self) -> Result<Step, Refusal> {
        let mut effects = Vec::new();
        if self.process.task(&self.current.element_id).is_some() {
            effects.push(self.end_of_task());
        }
        match self.next_element()? {
            Element::EndEvent { id } => Ok(self.at_end(id, effects)),
            Element::Task(task) => Ok(self.at_task(task, effects)),
            other => Err(Refusal::StateNotOfProcess { element: other.id().to_owned() }),
        }
    }

    fn end_of_task(&self) -> Effect {
        let event = if self.action == Some(REJECT) {
            HistoryEventType::AbandonTask
        } else {
            HistoryEventType::EndTask
        };
        let mut before = self.state.clone();
        if let Some(task) = &mut before.current_task {
            task.ended = Some(self.at);
        }
        history(event, self.at, &self.current.element_id, &before)
    }

    fn at_end(&self, end_event: &str, mut effects: Vec<Effect>) -> Step {
        let state = ProcessState {
            current_task: None,
            ended: Some(self.at),
            end_event: Some(end_event.to_owned()),
            ..self.state.clone()
        };
        effects.push(history(HistoryEventType::EndEvent, self.at, end_event, &state));
        Step { state, effects }
    }

    fn at_task(&self, task: &Task, mut effects: Vec<Effect>) -> Step {
        let flow_type = if self.action == Some(REJECT) {
            FlowType::AbandonCurrentMoveToNext
        } else {
            FlowType::CompleteCurrentMoveToNext
        };
        let current = CurrentTask {
            flow: self.current.flow.saturating_add(1),
            started: Some(self.at),
            element_id: task.id.clone(),
            name: task.name.clone(),
            altinn_task_type: Some(task.kind.name().to_owned()),
            ended: None,
            flow_type: Some(flow_type),
        };
        let state = ProcessState { current_task: Some(current), ..self.state.clone() };
        effects.push(history(HistoryEventType::StartTask, self.at, &task.id, &state));
        effects.extend(service_work(task).map(Effect::Service));
        Step { state, effects }
    }

    /// Follows the flows through gateways to the next task or end event.
    fn next_element(&self) -> Result<&Element, Refusal> {
        let mut from = self.process.element(&self.current.element_id);
        for _ in 0..MAX_ITERATIONS {
            let Some(element) = from else { break };
            let flow = match element {
                Element::ExclusiveGateway(gateway) => self.chosen_flow(gateway)?,
                other => self.only_flow(other.id())?,
            };
            match self.process.element(&flow.target) {
                Some(next @ (Element::Task(_) | Element::EndEvent { .. })) => return Ok(next),
                gateway => from = gateway,
            }
        }
        Err(Refusal::Loop { from: self.current.element_id.clone(), iterations: MAX_ITERATIONS })
    }

    fn only_flow(&self, element: &str) -> Result<&SequenceFlow, Refusal> {
        let flows: Vec<_> = self.process.flows.iter().filter(|flow| flow.source == element).collect();
        match flows.as_slice() {
            [only] => Ok(only),
            [] => Err(Refusal::NoNextElement { element: element.to_owned() }),
            several => Err(undecided(element, several)),
        }
    }

    /// The flow whose condition holds (of several the default flow), else the default flow, else the only one without
    /// a condition.
    fn chosen_flow(&self, gateway: &ExclusiveGateway) -> Result<&SequenceFlow, Refusal> {
        let flows = || self.process.flows.iter().filter(|flow| flow.source == gateway.id);
        let context = match self.action {
            Some(action) => self.context.clone().with_gateway_action(action),
            None => self.context.clone(),
        };
        let evaluator = Evaluator::new(&context);
        let mut open = Vec::new();
        for flow in flows() {
            let Some(condition) = &flow.condition else { continue };
            let holds =
                condition.holds_by(&evaluator, gateway.connected_data_type.as_deref()).map_err(|reason| {
                    Refusal::ConditionNotDecided {
                        gateway: gateway.id.clone(),
                        flow: flow.id.clone(),
                        reason,
                    }
                })?;
            if holds {
                open.push(flow);
            }
        }
        if open.is_empty() {
            open.extend(flows().filter(|flow| gateway.default_flow.as_deref() == Some(flow.id.as_str())));
        }
        if open.is_empty() {
            open.extend(flows().filter(|flow| flow.condition.is_none()));
        }
        let default = |flow: &&&SequenceFlow| gateway.default_flow.as_deref() == Some(flow.id.as_str());
        if let Some(default) = open.iter().find(default) {
            return Ok(default);
        }
        match open.as_slice() {
            [only] => Ok(only),
            [] => Err(Refusal::NoNextElement { element: gateway.id.clone() }),
            several => Err(undecided(&gateway.id, several)),
        }
    }
}

fn undecided(element: &str, flows: &[&SequenceFlow]) -> Refusal {
    Refusal::SeveralNextElements {
        element: element.to_owned(),
        flows: flows.iter().map(|flow| flow.id.clone()).collect(),
    }
}

fn service_work(task: &Task) -> Option<ServiceWork> {
    let id = task.id.clone();
    match &task.kind {
        TaskKind::Pdf => {
            let config = task.pdf.clone().unwrap_or_default();
            let filename_text_resource = config.filename_text_resource;
            Some(ServiceWork::WriteReceiptDocument { task: id, filename_text_resource, tasks: config.tasks })
        }
        TaskKind::SubformPdf => {
            let config = task.subform_pdf.clone().unwrap_or_default();
            let filename_text_resource = config.filename_text_resource;
            let data_type = config.subform_data_type;
            Some(ServiceWork::WriteSubformDocuments { task: id, filename_text_resource, data_type })
        }
        kind => task.is_done_by_machine().then(|| ServiceWork::Run { task: id, kind: kind.clone() }),
    }
}

fn history(event_type: HistoryEventType, at: DateTime<Utc>, element: &str, state: &ProcessState) -> Effect {
    Effect::History(HistoryEntry {
        event_type,
        created: at,
        element_id: element.to_owned(),
        process_info: state.clone(),
    })
}
