//! One line of the trail.

use altinn_auth::decision::Access;
use altinn_core::store::{Batch, Row, StoreError, params};
use altinn_core::{PartyId, ServiceId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// One line of the trail: somebody did something for a party, and was permitted to.
///
/// It names people by pseudonymous ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrailEntry {
    /// Its id, by which later entries come after earlier ones.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, as [`Subject::reference`](altinn_core::Subject::reference).
    pub actor: String,
    /// How surely they were identified, 0 to 4.
    pub level: u8,
    /// For whom.
    pub party: PartyId,
    /// In which service.
    pub service: ServiceId,
    /// To what: an instance, a lookup, a message.
    pub element: Option<String>,
    /// What they did, as the policy calls it.
    pub action: String,
    /// The rule that permitted it.
    pub rule: Option<String>,
    /// Why they did it, in their own words.
    pub purpose: Option<String>,
}

impl TrailEntry {
    /// What was permitted, on its way into the trail.
    pub fn permitted(access: &Access, id: Uuid, at: DateTime<Utc>) -> Self {
        Self {
            id,
            at,
            actor: access.actor().reference(),
            level: access.actor().level().into(),
            party: access.party(),
            service: access.service().clone(),
            element: access.instance().map(ToString::to_string),
            action: access.action().to_owned(),
            rule: access.reasons().rule.as_ref().map(|rule| rule.rule.to_string()),
            purpose: None,
        }
    }

    /// Adds it to the batch of what it tells of.
    pub fn insert(&self, batch: &mut Batch) {
        batch.execute_one(
            "insert into services_trail (id, at, actor, level, party, service, element, action, rule, purpose) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            params![
                self.id,
                self.at,
                self.actor.as_str(),
                self.level,
                self.party,
                self.service.to_string(),
                self.element.clone(),
                self.action.as_str(),
                self.rule.clone(),
                self.purpose.clone()
            ],
        );
    }

    pub(super) fn stored(row: &Row) -> Result<Self, StoreError> {
        let service: String = row.get("service")?;
        let level: i64 = row.get("level")?;
        let unreadable = |column: &str, expected| StoreError::Decode { column: column.to_owned(), expected };
        Ok(Self {
            id: row.get("id")?,
            at: row.get("at")?,
            actor: row.get("actor")?,
            level: u8::try_from(level).map_err(|_| unreadable("level", "an authentication level"))?,
            party: PartyId::new(row.get("party")?),
            service: service.parse().map_err(|_| unreadable("service", "the id of a service"))?,
            element: row.get("element")?,
            action: row.get("action")?,
            rule: row.get("rule")?,
            purpose: row.get("purpose")?,
        })
    }
}
