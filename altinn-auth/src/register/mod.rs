//! Parties, and the roles that they have given each other.
//!
//! [`PartyRegister`] and [`RoleRegister`] are what a decision asks; an agency may put its own behind them.
//! [`StoredRegister`] keeps both in the store.

mod error;
mod key;
mod role;
mod stored;

use std::fmt::Debug;

use altinn_core::store::{Batch, Guard, Migration};
use altinn_core::{Party, PartyId, PartyIdentifier};
use async_trait::async_trait;

pub use error::RegisterError;
pub use key::RegisterKey;
pub use role::{Role, RoleError};
pub use stored::{RoleAssignment, StoredRegister};

/// The tables of [`StoredRegister`].
pub static MIGRATIONS: &[Migration] = &[Migration {
    owner: "altinn-auth",
    number: 1,
    name: "register",
    sqlite: include_str!("../../migrations/0001_register.sqlite.sql"),
    postgres: include_str!("../../migrations/0001_register.postgres.sql"),
}];

/// Tells who parties are.
#[async_trait]
pub trait PartyRegister: Debug + Send + Sync {
    /// The party with this id; none when the register does not know it.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn party(&self, id: PartyId) -> Result<Option<Party>, RegisterError>;

    /// The party with this number or name; none when the register does not know it.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn party_by_identifier(&self, identifier: &PartyIdentifier)
    -> Result<Option<Party>, RegisterError>;
}

/// Tells which roles somebody holds for a party.
///
/// A register that cannot tell gives an error, and the decision refuses: an empty answer is for a register that
/// knows that there are none.
#[async_trait]
pub trait RoleRegister: Debug + Send + Sync {
    /// The roles that `holder` has for `party`.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn roles(&self, holder: PartyId, party: PartyId) -> Result<HeldRoles, RegisterError>;
}

/// Roles, and what they rest on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldRoles {
    roles: Vec<Role>,
    rights: Option<RightsVersion>,
}

impl HeldRoles {
    /// Roles of a register that has no version in the store to guard.
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Self {
        Self { roles: roles.into_iter().collect(), rights: None }
    }

    /// The same roles, resting on this version of a party's rights.
    #[must_use]
    pub fn resting_on(mut self, rights: RightsVersion) -> Self {
        self.rights = Some(rights);
        self
    }

    /// The roles.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// The version of the party's rights that they rest on, when they are kept in the store.
    pub fn rights(&self) -> Option<RightsVersion> {
        self.rights
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
