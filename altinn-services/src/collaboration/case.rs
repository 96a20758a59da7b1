//! A case and its rows.

use std::fmt;
use std::str::FromStr;

use altinn_auth::trail::Deed;
use altinn_core::key::{SealError, WrappedKey};
use altinn_core::store::{
    Batch, Column, ColumnKind, FromValue, InsertRows, Row, Store, StoreError, Value, params,
};
use altinn_core::{PartyId, ServiceId};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::seal::{CaseKeyring, Place, wrapped_key};
use super::{CaseState, CollaborationError};

/// The id of a case (Case ID).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CaseId(Uuid);

impl CaseId {
    /// The case with this UUID.
    pub fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The UUID.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CaseId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl From<CaseId> for Value {
    fn from(id: CaseId) -> Self {
        id.0.into()
    }
}

impl FromValue for CaseId {
    const NAME: &'static str = Uuid::NAME;

    fn from_value(value: &Value) -> Option<Self> {
        Uuid::from_value(value).map(Self)
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Its service.
    pub service: ServiceId,
    /// How it stands.
    pub stands: CaseState,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When its last event came.
    pub changed_at: DateTime<Utc>,
    /// When it came into a final state.
    pub closed_at: Option<DateTime<Utc>>,
    /// Raised by every event.
    pub version: i64,
    /// What its shared data is sealed under.
    pub(super) key: WrappedKey,
}

static PARTICIPANTS: InsertRows = InsertRows::new(
    "services_collaboration_participant",
    &[
        Column::new("case_id", ColumnKind::Uuid),
        Column::new("role", ColumnKind::Text),
        Column::new("party", ColumnKind::Int),
    ],
);

impl Case {
    /// Adds a case that was not there, with its participants.
    pub(super) fn insert(&self, batch: &mut Batch, keys: &CaseKeyring) -> Result<(), SealError> {
        let data = keys.open(self.id, &self.key)?.seal_data(&self.stands.data)?;
        batch.execute_one(
            "insert into services_collaboration_case (id, service, state, participants, data, sealed_under, wrapped_key, \
             deadlines, opened_at, changed_at, closed_at, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11)",
            params![
                self.id,
                self.service.to_string(),
                self.stands.state.as_str(),
                to_json(&self.stands.participants),
                data,
                self.key.sealed_under.as_str(),
                self.key.wrapped.clone(),
                to_json(&self.stands.deadlines),
                self.opened_at,
                self.closed_at,
                self.version,
            ],
        );
        let row = |(role, party): (&String, &PartyId)| params![self.id, role.as_str(), *party];
        batch.insert_rows(&PARTICIPANTS, self.stands.participants.iter().map(row).collect());
        Ok(())
    }

    /// Adds what has become of it, if nobody else has changed it since it was read.
    pub(super) fn update(&mut self, batch: &mut Batch, keys: &CaseKeyring) -> Result<(), SealError> {
        let data = keys.open(self.id, &self.key)?.seal_data(&self.stands.data)?;
        batch.execute_one(
            "update services_collaboration_case set state = $1, data = $2, deadlines = $3, changed_at = $4, \
             closed_at = $5, version = version + 1 where id = $6 and version = $7",
            params![
                self.stands.state.as_str(),
                data,
                to_json(&self.stands.deadlines),
                self.changed_at,
                self.closed_at,
                self.id,
                self.version,
            ],
        );
        self.version += 1;
        Ok(())
    }

    /// A case for the agency's own work.
    pub(super) async fn load(
        (store, keys): (&Store, &CaseKeyring),
        id: CaseId,
    ) -> Result<Option<Self>, CollaborationError> {
        let select = "select * from services_collaboration_case where id = $1";
        store.query_opt(select, params![id]).await?.map(|row| Self::from_row(&row, keys)).transpose()
    }

    /// A case of a service; nothing when it is another's.
    pub(super) async fn of_service(
        from: (&Store, &CaseKeyring),
        service: &ServiceId,
        id: CaseId,
    ) -> Result<Option<Self>, CollaborationError> {
        Ok(Self::load(from, id).await?.filter(|case| case.service == *service))
    }

    /// A case of a service that a party takes part in; nothing for all others.
    pub(super) async fn of_party(
        from: (&Store, &CaseKeyring),
        service: &ServiceId,
        id: CaseId,
        party: PartyId,
    ) -> Result<Option<Self>, CollaborationError> {
        let case = Self::of_service(from, service, id).await?;
        Ok(case.filter(|case| case.stands.participants.values().any(|participant| *participant == party)))
    }

    pub(super) fn from_row(row: &Row, keys: &CaseKeyring) -> Result<Self, CollaborationError> {
        let (id, key) = (row.get("id")?, wrapped_key(row)?);
        let data = keys.open(id, &key)?.open(Place::Data, row.get("data")?)?;
        let service: String = row.get("service")?;
        let unreadable = StoreError::Decode { column: "service".to_owned(), expected: "the id of a service" };
        Ok(Self {
            id,
            service: service.parse().map_err(|_| unreadable)?,
            stands: CaseState {
                state: row.get("state")?,
                participants: from_json(row, "participants")?,
                data,
                deadlines: from_json(row, "deadlines")?,
            },
            opened_at: row.get("opened_at")?,
            changed_at: row.get("changed_at")?,
            closed_at: row.get("closed_at")?,
            version: row.get("version")?,
            key,
        })
    }

    /// The roles of a party in the case.
    pub fn roles_of(&self, party: PartyId) -> impl Iterator<Item = &str> {
        let has = move |(_, participant): &(&String, &PartyId)| **participant == party;
        self.stands.participants.iter().filter(has).map(|(role, _)| role.as_str())
    }

    /// What the case is called in the trail and as the instance of events.
    pub(super) fn element(&self) -> String {
        format!("case/{}", self.id)
    }

    /// What the trail tells of something done in it.
    pub(super) fn deed(&self) -> Deed {
        Deed::to(self.element())
    }

    /// Everybody who takes part, once.
    pub(super) fn parties(&self) -> Vec<PartyId> {
        let mut parties: Vec<_> = self.stands.participants.values().copied().collect();
        parties.sort_unstable();
        parties.dedup();
        parties
    }
}

pub(super) fn to_json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

pub(super) fn from_json<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    let unreadable = |_| StoreError::Decode { column: column.to_owned(), expected: "JSON of its kind" };
    serde_json::from_str(&text).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn participants_are_kept_as_numbers() {
        let participants = BTreeMap::from([("business".to_owned(), PartyId::new(50001))]);
        assert_eq!(to_json(&participants), r#"{"business":50001}"#);
    }
}
