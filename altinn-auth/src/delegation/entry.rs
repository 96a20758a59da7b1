//! A delegation as it is kept.

use altinn_core::store::{Batch, Row, StoreError, params};
use altinn_core::{InstanceId, PartyId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::offer::{Period, Receiver, What};
use crate::decision::{Recipient, Right};
use crate::register::Role;

/// A delegation as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DelegationEntry {
    /// Its id.
    pub id: Uuid,
    /// The party that gave it.
    pub from: PartyId,
    /// Who received it.
    pub to: Receiver,
    /// What it gives.
    pub what: What,
    /// For how long.
    pub period: Period,
    /// By what right it was given; it falls with that.
    pub basis: Basis,
    /// How many delegations rest on each other up to this one; 1 for one that rests on none.
    pub depth: u32,
    /// Who gave it, as [`Subject::reference`](altinn_core::Subject::reference).
    pub given_by: String,
    /// When it was given.
    pub given_at: DateTime<Utc>,
    /// When it was revoked, if it was.
    pub revoked_at: Option<DateTime<Utc>>,
    pub(super) recipient_kind: RecipientKind,
}

/// By what right something was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Basis {
    /// The party's own: whoever manages its access gave it.
    Party,
    /// The role that an organization holds for the party; whoever manages the organization's clients passed it on.
    Role {
        /// The organization.
        unit: PartyId,
        /// Its role.
        role: Role,
    },
    /// Another delegation, passed on by whoever received it.
    Delegation(Uuid),
}

/// What a recipient is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RecipientKind {
    Person,
    Organization,
    SystemUser,
}

pub(super) const RIGHT: i64 = 1;
pub(super) const PACKAGE: i64 = 2;

const INSERT: &str = "insert into auth_delegation (id, offered_by, recipient, recipient_kind, recipient_party, \
    recipient_system_user, kind, name, instance, part, action, valid_from, valid_to, basis, parent, basis_unit, \
    basis_role, depth, given_by, given_at) \
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";

/// What tells a delegation from others of the same giver and receiver, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) kind: i64,
    pub(super) name: String,
    pub(super) instance: String,
    pub(super) part: String,
    pub(super) action: String,
}

impl Key {
    pub(super) fn of(what: &What) -> Self {
        let part = what.right().map(|right| serde_json::json!(right.within).to_string());
        let (kind, name) = match what {
            What::Right(right) | What::InstanceRight(right, _) => (RIGHT, right.resource.to_string()),
            What::Package(package) => (PACKAGE, package.clone()),
        };
        Self {
            kind,
            name,
            instance: what.instance().map(|instance| instance.to_string()).unwrap_or_default(),
            part: part.unwrap_or_default(),
            action: what.right().map(|right| right.action.clone()).unwrap_or_default(),
        }
    }

    fn read(row: &Row) -> Result<What, StoreError> {
        let name: String = row.get("name")?;
        if row.get::<i64>("kind")? == PACKAGE {
            return Ok(What::Package(name));
        }
        let part: String = row.get("part")?;
        let instance: String = row.get("instance")?;
        let right = Right {
            resource: name.parse().map_err(|_| unreadable("name", "the id of a resource"))?,
            within: serde_json::from_str(&part).map_err(|_| unreadable("part", "a part of a resource"))?,
            action: row.get("action")?,
        };
        if instance.is_empty() {
            return Ok(What::Right(right));
        }
        let instance: InstanceId = instance.parse().map_err(|_| unreadable("instance", "an instance id"))?;
        Ok(What::InstanceRight(right, instance))
    }
}

impl Basis {
    /// The basis as it is kept: the same for the same basis.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Party => String::new(),
            Self::Role { unit, role } => format!("role:{unit}:{role}"),
            Self::Delegation(id) => format!("delegation:{id}"),
        }
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        let unit: Option<PartyId> = row.get("basis_unit")?;
        Ok(match (row.get("parent")?, unit, row.get("basis_role")?) {
            (Some(parent), _, _) => Self::Delegation(parent),
            (None, Some(unit), Some(role)) => Self::Role { unit, role },
            _ => Self::Party,
        })
    }
}

impl DelegationEntry {
    /// Whether it has been given, and neither revoked nor over, at a time; what it rests on may have fallen all the same.
    pub fn is_within_its_time(&self, at: DateTime<Utc>) -> bool {
        self.revoked_at.is_none_or(|revoked| at < revoked) && self.period.contains(at)
    }

    pub(super) fn insert(&self, batch: &mut Batch) {
        let (party, system_user) = match self.to {
            Receiver::Party(party) => (Some(party), None),
            Receiver::SystemUser(id) => (None, Some(id)),
        };
        let (parent, unit, role) = match &self.basis {
            Basis::Party => (None, None, None),
            Basis::Role { unit, role } => (None, Some(*unit), Some(role.code())),
            Basis::Delegation(id) => (Some(*id), None, None),
        };
        let Key { kind, name, instance, part, action } = Key::of(&self.what);
        batch.execute_one(
            INSERT,
            params![
                self.id,
                self.from,
                self.to.key(),
                self.recipient_kind.number(),
                party,
                system_user,
                kind,
                name,
                instance,
                part,
                action,
                self.period.from,
                self.period.to,
                self.basis.key(),
                parent,
                unit,
                role,
                self.depth,
                self.given_by.as_str(),
                self.given_at
            ],
        );
    }

    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let recipient_kind = RecipientKind::of(row.get("recipient_kind")?)?;
        let party: Option<PartyId> = row.get("recipient_party")?;
        let system_user: Option<Uuid> = row.get("recipient_system_user")?;
        let to = party.map(Receiver::Party).or(system_user.map(Receiver::SystemUser));
        Ok(Self {
            id: row.get("id")?,
            from: row.get("offered_by")?,
            to: to.ok_or_else(|| unreadable("recipient_party", "a receiver"))?,
            what: Key::read(row)?,
            period: Period { from: row.get("valid_from")?, to: row.get("valid_to")? },
            basis: Basis::read(row)?,
            depth: row.get("depth")?,
            given_by: row.get("given_by")?,
            given_at: row.get("given_at")?,
            revoked_at: row.get("revoked_at")?,
            recipient_kind,
        })
    }

    /// How a decision names the receiver; `uuid` is that of the receiver's party.
    pub(super) fn recipient(&self, uuid: Option<Uuid>) -> Recipient {
        match (self.to, self.recipient_kind) {
            (Receiver::SystemUser(id), _) => Recipient::SystemUser(id),
            (Receiver::Party(_), RecipientKind::Person) => Recipient::Person(uuid.unwrap_or_default()),
            (Receiver::Party(party), _) => Recipient::Organization { party: Some(party), uuid },
        }
    }
}

impl RecipientKind {
    fn number(self) -> i64 {
        match self {
            Self::Person => 1,
            Self::Organization => 2,
            Self::SystemUser => 3,
        }
    }

    fn of(number: i64) -> Result<Self, StoreError> {
        match number {
            1 => Ok(Self::Person),
            2 => Ok(Self::Organization),
            3 => Ok(Self::SystemUser),
            _ => Err(unreadable("recipient_kind", "a kind of receiver")),
        }
    }
}

pub(super) fn unreadable(column: &str, expected: &'static str) -> StoreError {
    StoreError::Decode { column: column.to_owned(), expected }
}
