//! Reads and checks a collaboration.

use std::collections::BTreeMap;

use altinn_core::{OrganizationNumber, SyntheticNumbers};
use toml::Spanned;

use super::file::{EventTable, File, MemberTable, ParticipantTable, Settings, StateTable, TransitionTable};
use super::{CustomEvent, Definition, MemberDefinition, ParticipantRole, State, Transition};
use crate::definition::{DefinitionError, ServiceFolder};
use crate::expression::Expression;

/// The most of each: participants, members, fields, events, states and transitions.
const MAX_PARTICIPANTS: usize = 16;
const MAX_OF_EACH: usize = 500;
/// The most characters of a name.
const MAX_NAME: usize = 64;

/// Where what stands, for what is checked when all is there.
#[derive(Default)]
struct Places {
    states: BTreeMap<String, usize>,
    transitions: Vec<usize>,
    opening: Vec<usize>,
}

impl Definition {
    /// Reads the definition of a folder, and checks it.
    pub(crate) fn of(folder: &ServiceFolder) -> Result<Self, DefinitionError> {
        let File { collaboration } = folder.settings()?;
        let (owner, initial) = (collaboration.owner.clone(), collaboration.initial.clone());
        let (definition, places) = Self::read(folder, collaboration)?;
        definition.check_sizes().map_err(|problem| folder.fault(owner.span().start, problem))?;
        let at_owner = |problem| folder.fault(owner.span().start, problem);
        definition.check_participant(&definition.owner).map_err(at_owner)?;
        if !definition.states.contains_key(&definition.initial) {
            let problem = format!("there is no state `{}`", definition.initial);
            return Err(folder.fault(initial.span().start, problem));
        }
        for (action, at) in definition.opening.iter().zip(&places.opening) {
            definition.check_action(action, None).map_err(|problem| folder.fault(*at, problem))?;
        }
        for ((index, way), at) in definition.transitions.iter().enumerate().zip(&places.transitions) {
            definition.check_transition(index, way).map_err(|problem| folder.fault(*at, problem))?;
        }
        definition.check_states().map_err(|(state, problem)| {
            folder.fault(places.states.get(&state).copied().unwrap_or_default(), problem)
        })?;
        Ok(definition)
    }

    fn read(folder: &ServiceFolder, settings: Settings) -> Result<(Self, Places), DefinitionError> {
        let mut places = Places::default();
        let mut definition = Self {
            owner: settings.owner.into_inner(),
            initial: settings.initial.into_inner(),
            participants: BTreeMap::new(),
            members: BTreeMap::new(),
            data: settings.data,
            events: BTreeMap::new(),
            states: BTreeMap::new(),
            transitions: Vec::new(),
            opening: Vec::new(),
        };
        for (name, table) in settings.participants {
            definition.participants.insert(name, participant(folder, &table)?);
        }
        for (name, table) in settings.members {
            let at = table.span().start;
            let member = member(folder, table.into_inner())?;
            definition.check_participant(&member.participant).map_err(|problem| folder.fault(at, problem))?;
            definition.members.insert(name, member);
        }
        for (name, table) in settings.events {
            let (at, event) = (table.span().start, event(table.into_inner()));
            let check = event.participants.iter().try_for_each(|role| definition.check_participant(role));
            check.map_err(|problem| folder.fault(at, problem))?;
            definition.events.insert(name, event);
        }
        for (name, table) in settings.states {
            let at = table.span().start;
            let state = state(table.into_inner());
            let check = state.turn.iter().try_for_each(|role| definition.check_participant(role));
            check.map_err(|problem| folder.fault(at, problem))?;
            places.states.insert(name.clone(), at);
            definition.states.insert(name, state);
        }
        for table in settings.transitions {
            places.transitions.push(table.span().start);
            definition.transitions.push(transition(folder, table)?);
        }
        for action in settings.opening {
            places.opening.push(action.span().start);
            definition.opening.push(action.into_inner());
        }
        Ok((definition, places))
    }

    /// Refuses what is larger than anything that is meant, and names that are no names.
    fn check_sizes(&self) -> Result<(), String> {
        let sizes = [
            self.members.len(),
            self.data.len(),
            self.events.len(),
            self.states.len(),
            self.transitions.len(),
            self.all_actions().count(),
        ];
        if self.participants.len() > MAX_PARTICIPANTS || sizes.into_iter().any(|size| size > MAX_OF_EACH) {
            return Err(format!(
                "there are at most {MAX_PARTICIPANTS} participants, and {MAX_OF_EACH} of everything else"
            ));
        }
        let names = self.participants.keys().chain(self.members.keys()).chain(self.data.keys());
        let names = names.chain(self.events.keys()).chain(self.states.keys());
        let names = names.chain(self.members.values().flat_map(|member| member.data.keys()));
        let names = names.chain(self.events.values().flat_map(|event| event.data.keys()));
        let is_name = |name: &str| {
            !name.is_empty()
                && name.len() <= MAX_NAME
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        };
        match names.into_iter().find(|name| !is_name(name)) {
            Some(name) => {
                Err(format!("`{name}` is no name: letters, digits, `-` and `_`, at most {MAX_NAME}"))
            }
            None => Ok(()),
        }
    }

    fn check_transition(&self, index: usize, way: &Transition) -> Result<(), String> {
        for state in [&way.from, &way.to] {
            if !self.states.contains_key(state) {
                return Err(format!("there is no state `{state}`"));
            }
        }
        self.check_trigger(&way.on)?;
        if let Some((_, condition)) = &way.condition {
            self.check_condition(condition, &way.on)?;
        }
        way.actions.iter().try_for_each(|action| self.check_action(action, Some(&way.on)))?;
        self.check_place(index, way)
    }
}

fn participant(folder: &ServiceFolder, table: &ParticipantTable) -> Result<ParticipantRole, DefinitionError> {
    let number = |text: &Spanned<String>| {
        OrganizationNumber::parse(text.get_ref(), SyntheticNumbers::Accepted)
            .map_err(|error| folder.fault(text.span().start, error.to_string()))
    };
    let organization = table.organization.as_ref().map(number).transpose()?;
    Ok(ParticipantRole { organization: organization.map(Into::into) })
}

fn member(folder: &ServiceFolder, table: MemberTable) -> Result<MemberDefinition, DefinitionError> {
    let at = table.service.span().start;
    let service = table.service.get_ref().parse();
    let service =
        service.map_err(|error: altinn_core::IdentifierError| folder.fault(at, error.to_string()))?;
    Ok(MemberDefinition { service, kind: table.kind, participant: table.participant, data: table.data })
}

fn event(table: EventTable) -> CustomEvent {
    CustomEvent { agency: table.agency, participants: table.participants, data: table.data }
}

fn state(table: StateTable) -> State {
    State { title: table.title, turn: table.turn, is_final: table.is_final }
}

fn transition(
    folder: &ServiceFolder,
    table: Spanned<TransitionTable>,
) -> Result<Transition, DefinitionError> {
    let at = table.span().start;
    let table = table.into_inner();
    let on = table.on.trigger().map_err(|problem| folder.fault(at, problem))?;
    let condition = match (table.condition, table.when) {
        (None, None) => None,
        (Some(name), Some(when)) => {
            let read = Expression::from_json(&when);
            Some((name, read.map_err(|error| folder.fault(at, format!("`when`: {error}")))?))
        }
        _ => {
            let problem = "`when` has a name in `condition`, and neither stands alone".to_owned();
            return Err(folder.fault(at, problem));
        }
    };
    Ok(Transition { from: table.from, to: table.to, on, condition, actions: table.actions })
}
