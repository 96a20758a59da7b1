//! What a collaboration is made of.

mod actions;
mod condition;
mod file;
mod graph;
mod load;

use std::collections::BTreeMap;

use altinn_core::{ServiceId, Text, UncheckedOrganizationNumber};
use serde::Deserialize;
use serde_json::Value;

use super::{Action, MemberEvent, Trigger};
use crate::expression::Expression;

pub(super) use actions::template;
pub(super) use condition::evaluate;

/// What a collaboration is made of, checked: every name is known, every state can be reached and left, every event can
/// be sent, and no two transitions are the same.
#[derive(Debug, Clone)]
pub struct Definition {
    pub(super) owner: String,
    pub(super) initial: String,
    pub(super) participants: BTreeMap<String, ParticipantRole>,
    pub(super) members: BTreeMap<String, MemberDefinition>,
    pub(super) data: BTreeMap<String, DataKind>,
    pub(super) events: BTreeMap<String, CustomEvent>,
    pub(super) states: BTreeMap<String, State>,
    pub(super) transitions: Vec<Transition>,
    pub(super) opening: Vec<Action>,
}

/// A role that a party has in a case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParticipantRole {
    /// The organization that has it in every case; nothing where the case says who has it.
    pub organization: Option<UncheckedOrganizationNumber>,
}

/// Another service that takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MemberDefinition {
    /// The service.
    pub service: ServiceId,
    /// Its type.
    pub kind: MemberKind,
    /// The participant whose instances they are.
    pub participant: String,
    /// What its events carry of what was filled in.
    pub data: BTreeMap<String, MemberField>,
}

/// A field of what was filled in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MemberField {
    /// Where it is in the form, with full stops between the names.
    pub path: String,
    /// What it holds; anything else counts as nothing.
    pub kind: DataKind,
}

/// The type of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum MemberKind {
    /// Somebody sends something in.
    Submission,
    /// Somebody is written to.
    Correspondence,
}

impl MemberKind {
    /// Whether such an event happens to its instances.
    pub fn sends(self, event: MemberEvent) -> bool {
        match self {
            Self::Submission => {
                matches!(event, MemberEvent::Instantiated | MemberEvent::Submitted | MemberEvent::Archived)
            }
            Self::Correspondence => {
                matches!(event, MemberEvent::Instantiated | MemberEvent::Opened | MemberEvent::Confirmed)
            }
        }
    }
}

/// What a field of shared data or of an event holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum DataKind {
    /// Text of at most 4,000 characters.
    Text,
    /// A number.
    Number,
    /// True or false.
    Boolean,
}

impl DataKind {
    /// The most characters of a text.
    pub const MAX_CHARACTERS: usize = 4_000;

    /// Whether a value is of this kind.
    pub fn holds(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text, Value::String(text)) => text.chars().count() <= Self::MAX_CHARACTERS,
            (Self::Number, Value::Number(_)) | (Self::Boolean, Value::Bool(_)) => true,
            _ => false,
        }
    }
}

/// An event of the collaboration's own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomEvent {
    /// Whether the agency that owns the collaboration may send it.
    pub agency: bool,
    /// Which participants may.
    pub participants: Vec<String>,
    /// What it carries.
    pub data: BTreeMap<String, DataKind>,
}

/// A state of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// What it is called.
    pub title: Text,
    /// The participants whose turn it is.
    pub turn: Vec<String>,
    /// Whether a case that comes here is closed.
    pub is_final: bool,
}

/// A way from one state to another.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Transition {
    /// From which state.
    pub from: String,
    /// To which.
    pub to: String,
    /// What it waits for.
    pub on: Trigger,
    /// What must hold, with its name.
    pub condition: Option<(String, Expression)>,
    /// What follows, in this order.
    pub actions: Vec<Action>,
}

impl Definition {
    /// The role of the party whose case it is.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The state of a new case.
    pub fn initial(&self) -> &str {
        &self.initial
    }

    /// The roles of parties.
    pub fn participants(&self) -> &BTreeMap<String, ParticipantRole> {
        &self.participants
    }

    /// The services that take part.
    pub fn members(&self) -> &BTreeMap<String, MemberDefinition> {
        &self.members
    }

    /// The fields of shared data.
    pub fn data(&self) -> &BTreeMap<String, DataKind> {
        &self.data
    }

    /// The events of its own.
    pub fn events(&self) -> &BTreeMap<String, CustomEvent> {
        &self.events
    }

    /// The states.
    pub fn states(&self) -> &BTreeMap<String, State> {
        &self.states
    }

    /// The ways between them: the first that waits for an event and whose condition holds is taken.
    pub fn transitions(&self) -> &[Transition] {
        &self.transitions
    }

    /// What follows from opening a case.
    pub fn opening(&self) -> &[Action] {
        &self.opening
    }

    /// What the data of an event holds; nothing when there is no such event.
    pub(super) fn data_of(&self, trigger: &Trigger) -> Option<BTreeMap<String, DataKind>> {
        match trigger {
            Trigger::Member { member, .. } => {
                let fields = &self.members.get(member)?.data;
                Some(fields.iter().map(|(name, field)| (name.clone(), field.kind)).collect())
            }
            Trigger::Custom(name) => self.events.get(name).map(|event| event.data.clone()),
            Trigger::Deadline(_) => Some(BTreeMap::new()),
        }
    }

    /// Every list of actions: what follows from opening, and from each transition.
    pub(super) fn all_actions(&self) -> impl Iterator<Item = &Action> {
        self.opening.iter().chain(self.transitions.iter().flat_map(|transition| &transition.actions))
    }
}
