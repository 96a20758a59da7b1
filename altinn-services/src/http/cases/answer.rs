//! What a case is answered as.

use std::collections::BTreeMap;

use altinn_core::Text;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::collaboration::{Case, CaseHistory, CollaborationService, EventAnswer, Seen, Transmission};

/// A case. `Debug` does not show its data.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(title = "Case")]
pub(super) struct CaseAnswer {
    case_id: Uuid,
    /// The collaboration: `ttd/opening`.
    service_resource: String,
    /// What the collaboration is called, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    title: Text,
    current_state_name: String,
    /// What the state is called, by language.
    #[schema(value_type = BTreeMap<String, String>)]
    current_state_friendly_name: Text,
    /// Which party has which role.
    participants: BTreeMap<String, i64>,
    /// The parties whose turn it is; none when the case is closed.
    turn: Vec<i64>,
    /// What the participants share, by the names of the definition.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// When each deadline passes that is set.
    deadlines: BTreeMap<String, DateTime<Utc>>,
    opened_at: DateTime<Utc>,
    changed_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<DateTime<Utc>>,
}

/// A page of cases.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CaseList {
    pub(super) cases: Vec<CaseAnswer>,
    /// What to ask for `before` to go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<Uuid>,
}

/// What an event has come to in a case, as Altinn II's NotifyEvent tells it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaseEventAnswer {
    case_id: Uuid,
    /// Whether a transition was taken.
    is_state_changed: bool,
    /// The condition that was decisive.
    #[serde(skip_serializing_if = "Option::is_none")]
    condition_name: Option<String>,
    /// What it came to; nothing when it could not be decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    condition_evaluation_result: Option<bool>,
    /// The state afterwards.
    current_state_name: String,
    /// Whether a condition could not be decided.
    has_exception: bool,
    /// Why no transition was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    exception_detail: Option<String>,
    /// The code of the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
}

/// Something that has happened in a case.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaseHistoryAnswer {
    at: DateTime<Utc>,
    /// `Archived of application`, `inspected`, `deadline apply`.
    happened: String,
    /// Whose doing it was, by a pseudonym.
    actor: String,
    /// What it came to.
    answer: CaseEventAnswer,
}

/// Something that a participant has said. `Debug` does not show it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Transmission")]
pub(super) struct TransmissionAnswer {
    /// Its number in the case, from 1.
    number: i64,
    /// Who said it: the party's id.
    party: i64,
    /// Plain text.
    title: String,
    /// Plain text.
    body: String,
    at: DateTime<Utc>,
}

/// How far a participant has seen what was said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "SeenLogEntry")]
pub(super) struct SeenAnswer {
    /// The party's id.
    party: i64,
    /// The last transmission that it has seen.
    number: i64,
    /// When it got further the last time.
    at: DateTime<Utc>,
}

impl CaseAnswer {
    pub(super) fn of(case: Case, service: &CollaborationService) -> Self {
        let stands = case.stands;
        let state = service.definition().states().get(&stands.state);
        let roles = state.map(|state| state.turn.as_slice()).unwrap_or_default();
        Self {
            case_id: case.id.as_uuid(),
            service_resource: case.service.to_string(),
            title: service.title().clone(),
            current_state_friendly_name: state.map(|state| state.title.clone()).unwrap_or_default(),
            turn: roles.iter().filter_map(|role| Some(stands.participants.get(role)?.get())).collect(),
            current_state_name: stands.state,
            participants: stands.participants.into_iter().map(|(role, party)| (role, party.get())).collect(),
            data: stands.data,
            deadlines: stands.deadlines,
            opened_at: case.opened_at,
            changed_at: case.changed_at,
            closed_at: case.closed_at,
        }
    }
}

impl From<EventAnswer> for CaseEventAnswer {
    fn from(answer: EventAnswer) -> Self {
        Self {
            case_id: answer.case_id.as_uuid(),
            is_state_changed: answer.is_state_changed,
            condition_name: answer.condition_name,
            condition_evaluation_result: answer.condition_evaluation_result,
            current_state_name: answer.current_state_name,
            has_exception: answer.has_exception,
            exception_detail: answer.exception_detail,
            error_code: answer.error_code,
        }
    }
}

impl From<CaseHistory> for CaseHistoryAnswer {
    fn from(entry: CaseHistory) -> Self {
        let (at, happened, actor) = (entry.at, entry.happened, entry.actor);
        Self { at, happened, actor, answer: entry.answer.into() }
    }
}

impl From<Transmission> for TransmissionAnswer {
    fn from(said: Transmission) -> Self {
        let (number, party, at) = (said.number, said.party.get(), said.at);
        Self { number, party, title: said.title, body: said.body, at }
    }
}

impl From<Seen> for SeenAnswer {
    fn from(seen: Seen) -> Self {
        Self { party: seen.party.get(), number: seen.number, at: seen.at }
    }
}

impl std::fmt::Debug for CaseAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseAnswer").field("case_id", &self.case_id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for TransmissionAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransmissionAnswer").field("number", &self.number).finish_non_exhaustive()
    }
}
