//! What became of delegations: who gave, changed and revoked which.

use altinn_core::PartyId;
use altinn_core::store::{Batch, Row, StoreError, params};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::entry::{DelegationEntry, unreadable};
use super::offer::Period;

/// A change of a delegation. It commits with what it tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DelegationChange {
    /// Its id.
    pub id: Uuid,
    /// The delegation.
    pub delegation: Uuid,
    /// The party that gave the delegation.
    pub from: PartyId,
    /// What became of it.
    pub kind: ChangeKind,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, as [`Subject::reference`](altinn_core::Subject::reference).
    pub by: String,
    /// For how long it was given after the change.
    pub period: Period,
}

/// What became of a delegation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It was given.
    Granted,
    /// It is for another time.
    PeriodChanged,
    /// It was revoked.
    Revoked,
}

impl ChangeKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::PeriodChanged => "period-changed",
            Self::Revoked => "revoked",
        }
    }

    fn number(self) -> i64 {
        match self {
            Self::Granted => 1,
            Self::PeriodChanged => 2,
            Self::Revoked => 3,
        }
    }
}

impl DelegationChange {
    pub(super) fn insert(&self, batch: &mut Batch, entry: &DelegationEntry) {
        batch.execute_one(
            "insert into auth_delegation_change (id, delegation, offered_by, recipient, change, at, by_whom, \
             valid_from, valid_to) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            params![
                self.id,
                self.delegation,
                self.from,
                entry.to.key(),
                self.kind.number(),
                self.at,
                self.by.as_str(),
                self.period.from,
                self.period.to
            ],
        );
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let kind = match row.get::<i64>("change")? {
            1 => ChangeKind::Granted,
            2 => ChangeKind::PeriodChanged,
            3 => ChangeKind::Revoked,
            _ => return Err(unreadable("change", "a change of a delegation")),
        };
        Ok(Self {
            id: row.get("id")?,
            delegation: row.get("delegation")?,
            from: row.get("offered_by")?,
            kind,
            at: row.get("at")?,
            by: row.get("by_whom")?,
            period: Period { from: row.get("valid_from")?, to: row.get("valid_to")? },
        })
    }
}
