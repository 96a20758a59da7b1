//! The machine: what an event does to a case, worked out without touching anything.

use std::collections::BTreeMap;

use altinn_core::PartyId;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::definition::{Definition, Transition, evaluate};
use super::{Action, Trigger};
use crate::expression::FailureKind;

/// How a case stands: all that the machine knows of it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CaseState {
    /// The state that it is in.
    pub state: String,
    /// Which party has which role.
    pub participants: BTreeMap<String, PartyId>,
    /// Shared data.
    pub data: Map<String, Value>,
    /// The deadlines that are set, and when each passes.
    pub deadlines: BTreeMap<String, DateTime<Utc>>,
}

/// Something that has happened, with what it carries. `Debug` does not show what it carries.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct CaseEvent {
    /// What has happened.
    pub trigger: Trigger,
    /// What it carries, by the names that the definition gives.
    pub data: Map<String, Value>,
}

/// What an event has come to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// Whether a transition was taken, by which condition, and why not.
    pub outcome: Outcome,
    /// How the case stands afterwards; as before when no transition was taken.
    pub next: CaseState,
    /// What is to be done, in this order: [`Action::Start`], [`Action::Message`] and [`Action::Notify`]. What touches
    /// the case alone is done already.
    pub actions: Vec<Action>,
}

/// Whether an event was followed by a transition, and why not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// Why no transition was taken; nothing when one was.
    pub refusal: Option<Refusal>,
    /// The condition that was decisive, and what it came to; nothing when there was none.
    pub condition: Option<(String, Option<bool>)>,
}

/// Why an event was not followed by a transition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The case is closed.
    #[error("the case is closed")]
    Closed,
    /// No transition out of the state waits for the event.
    #[error("the event is not expected in this state")]
    NotExpected,
    /// No condition holds.
    #[error("the condition does not hold")]
    ConditionFalse,
    /// A condition has no value: nothing is done rather than something else.
    #[error("the condition cannot be decided: {0}")]
    ConditionFailed(FailureKind),
    /// The deadline was cancelled, or set anew.
    #[error("the deadline has not passed")]
    NotDue,
}

impl Refusal {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Closed => "COLLABORATION-CLOSED",
            Self::NotExpected => "COLLABORATION-NOT-EXPECTED",
            Self::ConditionFalse => "COLLABORATION-CONDITION-FALSE",
            Self::ConditionFailed(_) => "COLLABORATION-CONDITION-FAILED",
            Self::NotDue => "COLLABORATION-NOT-DUE",
        }
    }
}

impl CaseEvent {
    /// An event.
    pub fn new(trigger: Trigger, data: Map<String, Value>) -> Self {
        Self { trigger, data }
    }
}

/// Opens a case: the state of a new one, and what follows from that.
pub fn open(definition: &Definition, participants: BTreeMap<String, PartyId>, now: DateTime<Utc>) -> Step {
    let next = CaseState {
        state: definition.initial.clone(),
        participants,
        data: Map::new(),
        deadlines: BTreeMap::new(),
    };
    let outcome = Outcome { refusal: None, condition: None };
    let mut step = Step { outcome, next, actions: Vec::new() };
    step.follow(&definition.opening, &Map::new(), now);
    step.close(definition);
    step
}

/// What an event does to a case.
///
/// The first transition out of the state that waits for the event, and whose condition holds, is taken. A condition that
/// cannot be decided ends the search: nothing is done then. A deadline that has passed is not set any more, whatever follows.
pub fn step(definition: &Definition, case: &CaseState, event: &CaseEvent, now: DateTime<Utc>) -> Step {
    let mut step =
        Step { outcome: Outcome { refusal: None, condition: None }, next: case.clone(), actions: Vec::new() };
    if case.is_closed(definition) {
        step.outcome.refusal = Some(Refusal::Closed);
        return step;
    }
    if let Trigger::Deadline(name) = &event.trigger {
        if case.deadlines.get(name).is_none_or(|due| *due > now) {
            step.outcome.refusal = Some(Refusal::NotDue);
            return step;
        }
        step.next.deadlines.remove(name);
    }
    match find(definition, case, event, &mut step.outcome) {
        Ok(way) => {
            step.next.state.clone_from(&way.to);
            step.follow(&way.actions, &event.data, now);
            step.close(definition);
        }
        Err(refusal) => step.outcome.refusal = Some(refusal),
    }
    step
}

/// The transition that is to be taken.
fn find<'d>(
    definition: &'d Definition,
    case: &CaseState,
    event: &CaseEvent,
    outcome: &mut Outcome,
) -> Result<&'d Transition, Refusal> {
    let mut refusal = Refusal::NotExpected;
    let waits = |way: &&Transition| way.from == case.state && way.on == event.trigger;
    for way in definition.transitions.iter().filter(waits) {
        let Some((name, condition)) = &way.condition else {
            outcome.condition = None;
            return Ok(way);
        };
        let holds = evaluate(condition, &case.data, (&case.state, &case.participants), &event.data);
        outcome.condition = Some((name.clone(), holds.as_ref().ok().copied()));
        match holds {
            Ok(true) => return Ok(way),
            Ok(false) => refusal = Refusal::ConditionFalse,
            Err(failure) => return Err(Refusal::ConditionFailed(failure.kind())),
        }
    }
    Err(refusal)
}

impl CaseState {
    /// Whether the case is closed: it is in a final state.
    pub fn is_closed(&self, definition: &Definition) -> bool {
        definition.states.get(&self.state).is_none_or(|state| state.is_final)
    }
}

impl Step {
    /// Whether a transition was taken.
    pub fn is_taken(&self) -> bool {
        self.outcome.refusal.is_none()
    }

    fn follow(&mut self, actions: &[Action], event: &Map<String, Value>, now: DateTime<Utc>) {
        for action in actions {
            match action {
                Action::Start(_) | Action::Message(_) | Action::Notify(_) => {
                    self.actions.push(action.clone());
                }
                Action::Deadline(deadline) => {
                    let due = now + TimeDelta::days(deadline.days.into());
                    self.next.deadlines.insert(deadline.name.clone(), due);
                }
                Action::Cancel(name) => {
                    self.next.deadlines.remove(name);
                }
                Action::Copy(fields) => {
                    for (shared, field) in fields {
                        match event.get(field) {
                            Some(value) => self.next.data.insert(shared.clone(), value.clone()),
                            None => self.next.data.remove(shared),
                        };
                    }
                }
            }
        }
    }

    /// Nothing is waited for any more in a final state.
    fn close(&mut self, definition: &Definition) {
        if self.next.is_closed(definition) {
            self.next.deadlines.clear();
        }
    }
}

impl std::fmt::Debug for CaseState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseState")
            .field("state", &self.state)
            .field("participants", &self.participants)
            .field("deadlines", &self.deadlines)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for CaseEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseEvent").field("trigger", &self.trigger).finish_non_exhaustive()
    }
}
