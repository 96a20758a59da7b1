//! A system user as it is kept.

use altinn_core::PartyId;
use altinn_core::store::{Batch, Guard, Row, StoreError, params};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Powers, SystemUserKind};

/// A system user (systembruker): a bought system that an organization has given rights.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemUser {
    /// Its id: `systemuser_id` in tokens of Maskinporten.
    pub id: Uuid,
    /// The system.
    pub system: String,
    /// The organization that has it.
    pub owner: PartyId,
    /// What tells several system users of one system and organization apart.
    pub external_ref: String,
    /// For whom it acts.
    pub kind: SystemUserKind,
    /// What it was given; an agent, for each of its clients.
    pub powers: Powers,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    pub(super) version: i64,
}

impl SystemUser {
    const GUARD: Guard = Guard::new("auth_system_user", "id", "version");

    pub(super) fn insert(&self, batch: &mut Batch, by: &str) {
        batch.execute_one(
            "insert into auth_system_user (id, system, owner, external_ref, kind, powers, created_at, created_by, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
            params![
                self.id,
                self.system.as_str(),
                self.owner,
                self.external_ref.as_str(),
                self.kind.name(),
                self.powers.as_kept(),
                self.created_at,
                by
            ],
        );
    }

    /// Adds to a batch that it has been given something else; the batch conflicts when it was changed since.
    pub(super) fn change(&self, batch: &mut Batch, powers: &Powers) {
        batch.execute_one(
            "update auth_system_user set powers = $1, version = version + 1 \
             where id = $2 and version = $3 and deleted_at is null",
            params![powers.as_kept(), self.id, self.version],
        );
    }

    /// Makes a batch conflict when it was changed or deleted since.
    pub(super) fn guard(&self, batch: &mut Batch) {
        batch.guard(&Self::GUARD, self.id, self.version);
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.get("id")?,
            system: row.get("system")?,
            owner: row.get("owner")?,
            external_ref: row.get("external_ref")?,
            kind: SystemUserKind::read(row)?,
            powers: Powers::read(row, "powers")?,
            created_at: row.get("created_at")?,
            version: row.get("version")?,
        })
    }
}
