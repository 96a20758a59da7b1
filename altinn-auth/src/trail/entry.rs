//! One line of the trail.

use altinn_core::store::{Batch, Row, StoreError, params};
use altinn_core::{Actor, PartyId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::deed::Deed;
use crate::decision::{AccessRequest, PERMITTED, ResourceNames};

/// One line of the trail: a decision, and what was done by it. It names people by pseudonymous ids only.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TrailEntry {
    /// Its id.
    pub id: Uuid,
    /// When it was decided; of what was asked several times, when first.
    pub at: DateTime<Utc>,
    /// Who asked, as [`Subject::reference`](altinn_core::Subject::reference).
    pub actor: String,
    /// How surely they were identified, 0 to 4.
    pub level: u8,
    /// On whose behalf.
    pub party: PartyId,
    /// On which resource; an app's is `app_<org>_<app>`.
    pub resource: String,
    /// To what: an instance, or what a service calls it (`lookup/...`, `case/...`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// In which task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// What they wanted to do, as the policy calls it; or what was done by it, as the service calls that.
    pub action: String,
    /// Whether they might.
    pub permitted: bool,
    /// `AUTH-PERMITTED`, or the code of the refusal.
    pub code: String,
    /// The rule that permitted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The version of the policy that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<String>,
    /// The delegation that permitted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegation: Option<Uuid>,
    /// Why they did it, in their own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// How many times the same was decided.
    pub times: i64,
}

/// When something was decided, and how often.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Occasion {
    pub(super) id: Uuid,
    pub(super) at: DateTime<Utc>,
    pub(super) times: i64,
}

/// The code of a line that tells how many found no room.
const LOST: &str = "AUTH-TRAIL-LOST";

const INSERT: &str = "insert into auth_trail (id, at, actor, level, party, resource, element, task, action, permitted, \
    code, rule, policy_version, delegation, purpose, times) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
    on conflict (party, at, id) do update set times = excluded.times where excluded.times > auth_trail.times";

impl TrailEntry {
    /// What somebody asked, before it is known what becomes of it.
    pub(crate) fn asked(
        (id, at): (Uuid, DateTime<Utc>),
        actor: &Actor,
        (request, names): (&AccessRequest, ResourceNames),
        policy_version: Option<String>,
    ) -> Self {
        Self {
            id,
            at,
            actor: actor.reference(),
            level: actor.level().into(),
            party: request.party,
            resource: names.resource.into(),
            element: names.instance.map(|instance| instance.id),
            task: request.task.clone(),
            action: request.action.clone(),
            permitted: false,
            code: String::new(),
            rule: None,
            policy_version,
            delegation: None,
            purpose: None,
            times: 1,
        }
    }

    /// What somebody did, or was refused, that no policy decides: giving rights away, answering for a party.
    pub(crate) fn of_management(
        (id, at): (Uuid, DateTime<Utc>),
        (actor, level): (String, u8),
        party: PartyId,
        (resource, action, element): (&str, &str, &str),
        code: &str,
    ) -> Self {
        Self {
            id,
            at,
            actor,
            level,
            party,
            resource: resource.to_owned(),
            element: Some(element.to_owned()).filter(|element| !element.is_empty()),
            task: None,
            action: action.to_owned(),
            permitted: code == PERMITTED,
            code: code.to_owned(),
            rule: None,
            policy_version: None,
            delegation: None,
            purpose: None,
            times: 1,
        }
    }

    /// That so many found no room.
    pub(super) fn lost(id: Uuid, at: DateTime<Utc>, times: i64) -> Self {
        Self {
            id,
            at,
            actor: String::new(),
            level: 0,
            party: PartyId::new(0),
            resource: String::new(),
            element: None,
            task: None,
            action: String::new(),
            permitted: false,
            code: LOST.to_owned(),
            rule: None,
            policy_version: None,
            delegation: None,
            purpose: None,
            times,
        }
    }

    /// Whether it tells how many found no room.
    pub(super) fn is_of_lost(&self) -> bool {
        self.code == LOST
    }

    /// Takes out what tells one entry from another that tells of the same: what is left is the same for all of these.
    pub(super) fn take_occasion(&mut self) -> Occasion {
        let occasion = Occasion { id: self.id, at: self.at, times: self.times };
        self.put_occasion(Occasion::default());
        occasion
    }

    pub(super) fn put_occasion(&mut self, occasion: Occasion) {
        (self.id, self.at, self.times) = (occasion.id, occasion.at, occasion.times);
    }

    /// Adds it to a batch, with what is done by it. A NUL character in what a caller has said stands there as U+FFFD, since
    /// no store keeps it: nobody keeps their own line, or those of others, out of the trail by one.
    pub(crate) fn insert(&self, batch: &mut Batch, deed: &Deed) {
        let said = |text: Option<&String>| text.map(|text| text.replace('\0', "\u{fffd}"));
        batch.execute(
            INSERT,
            params![
                self.id,
                self.at,
                self.actor.as_str(),
                self.level,
                self.party,
                said(Some(&self.resource)),
                said(deed.element.as_ref().or(self.element.as_ref())),
                said(self.task.as_ref()),
                said(deed.action.as_ref().or(Some(&self.action))),
                self.permitted,
                self.code.as_str(),
                self.rule.clone(),
                self.policy_version.clone(),
                self.delegation,
                said(deed.purpose.as_ref().or(self.purpose.as_ref())),
                self.times,
            ],
        );
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get("id")?,
            at: row.get("at")?,
            actor: row.get("actor")?,
            level: row.get("level")?,
            party: row.get("party")?,
            resource: row.get("resource")?,
            element: row.get("element")?,
            task: row.get("task")?,
            action: row.get("action")?,
            permitted: row.get("permitted")?,
            code: row.get("code")?,
            rule: row.get("rule")?,
            policy_version: row.get("policy_version")?,
            delegation: row.get("delegation")?,
            purpose: row.get("purpose")?,
            times: row.get("times")?,
        })
    }
}
