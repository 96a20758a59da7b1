//! The table `[collaboration]` of `service.toml`, as it is written.

use std::collections::BTreeMap;

use altinn_core::Text;
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::{DataKind, MemberField, MemberKind};
use crate::collaboration::{Action, MemberEvent};

#[derive(Debug, Deserialize)]
pub(super) struct File {
    pub(super) collaboration: Settings,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) owner: Spanned<String>,
    pub(super) initial: Spanned<String>,
    pub(super) participants: BTreeMap<String, ParticipantTable>,
    #[serde(default)]
    pub(super) members: BTreeMap<String, Spanned<MemberTable>>,
    #[serde(default)]
    pub(super) data: BTreeMap<String, DataKind>,
    #[serde(default)]
    pub(super) events: BTreeMap<String, Spanned<EventTable>>,
    pub(super) states: BTreeMap<String, Spanned<StateTable>>,
    #[serde(default)]
    pub(super) transitions: Vec<Spanned<TransitionTable>>,
    #[serde(default)]
    pub(super) opening: Vec<Spanned<Action>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParticipantTable {
    pub(super) organization: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberTable {
    pub(super) service: Spanned<String>,
    pub(super) kind: MemberKind,
    pub(super) participant: String,
    #[serde(default)]
    pub(super) data: BTreeMap<String, MemberField>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventTable {
    #[serde(default)]
    pub(super) agency: bool,
    #[serde(default)]
    pub(super) participants: Vec<String>,
    #[serde(default)]
    pub(super) data: BTreeMap<String, DataKind>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StateTable {
    pub(super) title: Text,
    #[serde(default)]
    pub(super) turn: Vec<String>,
    #[serde(default, rename = "final")]
    pub(super) is_final: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TransitionTable {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) on: TriggerTable,
    pub(super) condition: Option<String>,
    pub(super) when: Option<Value>,
    #[serde(default, rename = "do")]
    pub(super) actions: Vec<Action>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TriggerTable {
    pub(super) member: Option<String>,
    pub(super) event: Option<String>,
    pub(super) deadline: Option<String>,
}

impl TriggerTable {
    /// What it names: `{ member, event }`, `{ event }` or `{ deadline }`.
    pub(super) fn trigger(self) -> Result<super::Trigger, String> {
        match (self.member, self.event, self.deadline) {
            (Some(member), Some(event), None) => match MemberEvent::named(&event) {
                Some(event) => Ok(super::Trigger::Member { member, event }),
                None => Err(format!("`{event}` is no event of a member")),
            },
            (None, Some(event), None) => Ok(super::Trigger::Custom(event)),
            (None, None, Some(deadline)) => Ok(super::Trigger::Deadline(deadline)),
            _ => Err("`on` has `member` and `event`, or `event`, or `deadline`".to_owned()),
        }
    }
}
