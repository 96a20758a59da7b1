//! The roles that somebody holds, and what they rest on.

use altinn_core::PartyId;
use altinn_core::store::{Batch, Guard};
use chrono::{DateTime, Utc};

use super::Role;

/// The roles that somebody holds for a party, and what they rest on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldRoles {
    held: Vec<HeldRole>,
    rights: Vec<RightsVersion>,
    as_of: Option<DateTime<Utc>>,
}

/// A role, and by what way it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRole {
    /// The role.
    pub role: Role,
    /// By what way; none when the party gave it to the holder directly.
    pub through: Option<Through>,
}

/// Somebody who holds a role for a party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleHolder {
    /// Who holds it.
    pub holder: PartyId,
    /// The role, and by what way it is held.
    pub held: HeldRole,
}

/// By what way somebody holds what they were not given directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Through {
    /// It was given by the main unit (hovedenhet) that the party is a sub-unit of.
    MainUnit(PartyId),
    /// It was given to this unit, in which the holder has a key role (nøkkelrolle).
    KeyRole(PartyId),
}

impl HeldRoles {
    /// Roles that were given directly, of a register that has no version in the store to guard.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Self {
        Self::of(roles.into_iter().map(|role| HeldRole { role, through: None }))
    }

    /// Roles of a register that has no version in the store to guard.
    pub fn of(held: impl IntoIterator<Item = HeldRole>) -> Self {
        Self { held: held.into_iter().collect(), ..Self::default() }
    }

    /// The same roles, resting on this version of a party's rights too.
    #[must_use]
    pub fn resting_on(mut self, rights: RightsVersion) -> Self {
        self.rights.push(rights);
        self
    }

    /// The same roles as a register outside of the store told them then. A decision refuses when that is too long ago.
    #[must_use]
    pub fn as_of(mut self, told: DateTime<Utc>) -> Self {
        self.as_of = Some(told);
        self
    }

    /// Adds roles that nobody gave.
    pub(crate) fn add(&mut self, held: impl IntoIterator<Item = HeldRole>) {
        self.held.extend(held);
    }

    /// The roles; one that is held by several ways is there as often.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.held.iter().map(|held| &held.role)
    }

    /// The roles, and by what way each is held.
    pub fn held(&self) -> &[HeldRole] {
        &self.held
    }

    /// The versions of rights that they rest on, when they are kept in the store.
    pub fn rights(&self) -> &[RightsVersion] {
        &self.rights
    }

    /// When a register outside of the store told them; none for one that is asked anew each time.
    pub fn told(&self) -> Option<DateTime<Utc>> {
        self.as_of
    }
}

/// A version of all rights that a party has given; every change of them raises it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RightsVersion {
    /// The party that gave the rights.
    pub party: PartyId,
    /// The version.
    pub version: i64,
}

impl RightsVersion {
    const GUARD: Guard = Guard::new("auth_party", "id", "version");

    /// Makes a batch conflict when the rights have changed since.
    pub fn guard(self, batch: &mut Batch) {
        batch.guard(&Self::GUARD, self.party, self.version);
    }
}
