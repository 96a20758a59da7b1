//! Parties, and the roles that they have given each other.
//!
//! [`PartyRegister`] and [`RoleRegister`] are what a decision asks; an agency may put its own behind them.
//! [`StoredRegister`] keeps both in the store; [`EnrollingRegister`] takes in the people who log in.

mod access_list;
mod access_package;
mod enrolling;
mod error;
mod estate;
mod held_roles;
mod instance;
mod key;
mod many;
mod resource;
mod resource_document;
mod role;
mod stored;
mod stored_access_lists;
mod user;

use std::fmt::Debug;

use altinn_core::store::Migration;
use altinn_core::{Party, PartyId, PartyIdentifier};
use async_trait::async_trait;
use uuid::Uuid;

pub use access_list::{AccessListMembership, AccessLists, ListVersion};
pub use access_package::AccessPackages;
pub use enrolling::EnrollingRegister;
pub use error::RegisterError;
pub use estate::EstateRoles;
pub use held_roles::{HeldRole, HeldRoles, RightsVersion, RoleHolder, Through};
pub use instance::{InstanceFact, InstanceFacts};
pub use key::RegisterKey;
pub use resource::{ResourceRules, StoredResources};
pub use resource_document::{ResourceDocument, ResourceDocumentError};
pub use role::{Role, RoleError};
pub use stored::{RoleAssignment, StoredRegister};
pub use stored_access_lists::{AccessListId, StoredAccessLists};
pub use user::{User, UserId, UserRegister};

/// The tables of what is kept in the store: parties and roles ([`StoredRegister`]), delegations
/// ([`delegation`](crate::delegation)), resources, access lists and access packages.
pub static MIGRATIONS: &[Migration] = &[
    Migration {
        owner: "altinn-auth",
        number: 1,
        name: "register",
        sqlite: include_str!("../../migrations/0001_register.sqlite.sql"),
        postgres: include_str!("../../migrations/0001_register.postgres.sql"),
    },
    Migration {
        owner: "altinn-auth",
        number: 2,
        name: "delegation",
        sqlite: include_str!("../../migrations/0002_delegation.sqlite.sql"),
        postgres: include_str!("../../migrations/0002_delegation.postgres.sql"),
    },
    Migration {
        owner: "altinn-auth",
        number: 3,
        name: "resource",
        sqlite: include_str!("../../migrations/0003_resource.sqlite.sql"),
        postgres: include_str!("../../migrations/0003_resource.postgres.sql"),
    },
    Migration {
        owner: "altinn-auth",
        number: 4,
        name: "trail",
        sqlite: include_str!("../../migrations/0004_trail.sqlite.sql"),
        postgres: include_str!("../../migrations/0004_trail.postgres.sql"),
    },
    Migration {
        owner: "altinn-auth",
        number: 5,
        name: "access",
        sqlite: include_str!("../../migrations/0005_access.sqlite.sql"),
        postgres: include_str!("../../migrations/0005_access.postgres.sql"),
    },
    Migration {
        owner: "altinn-auth",
        number: 6,
        name: "one_trail",
        sqlite: include_str!("../../migrations/0006_one_trail.sqlite.sql"),
        postgres: include_str!("../../migrations/0006_one_trail.postgres.sql"),
    },
    Migration {
        owner: "altinn-auth",
        number: 7,
        name: "system_user",
        sqlite: include_str!("../../migrations/0007_system_user.sqlite.sql"),
        postgres: include_str!("../../migrations/0007_system_user.postgres.sql"),
    },
    Migration {
        owner: "altinn-auth",
        number: 8,
        name: "instance_delegation",
        sqlite: include_str!("../../migrations/0008_instance_delegation.sqlite.sql"),
        postgres: include_str!("../../migrations/0008_instance_delegation.postgres.sql"),
    },
    Migration {
        owner: "altinn-auth",
        number: 9,
        name: "role_period",
        sqlite: include_str!("../../migrations/0009_role_period.sqlite.sql"),
        postgres: include_str!("../../migrations/0009_role_period.postgres.sql"),
    },
    Migration {
        owner: "altinn-auth",
        number: 10,
        name: "access_list",
        sqlite: include_str!("../../migrations/0010_access_list.sqlite.sql"),
        postgres: include_str!("../../migrations/0010_access_list.postgres.sql"),
    },
    Migration {
        owner: "altinn-auth",
        number: 11,
        name: "delegation_request",
        sqlite: include_str!("../../migrations/0011_delegation_request.sqlite.sql"),
        postgres: include_str!("../../migrations/0011_delegation_request.postgres.sql"),
    },
];

/// The id of no party.
pub(crate) const NOBODY: PartyId = PartyId::new(0);

/// Tells who parties are.
#[async_trait]
pub trait PartyRegister: Debug + Send + Sync {
    /// The party with this id; none when the register does not know it.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn party(&self, id: PartyId) -> Result<Option<Party>, RegisterError>;

    /// The party with this UUID; none when the register does not know it.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn party_by_uuid(&self, uuid: Uuid) -> Result<Option<Party>, RegisterError>;

    /// The party with this number or name; none when the register does not know it.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn party_by_identifier(&self, identifier: &PartyIdentifier)
    -> Result<Option<Party>, RegisterError>;

    /// The sub-units (underenheter) of an organization that are not closed. A register that knows none may leave it.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn sub_units(&self, _main_unit: PartyId) -> Result<Vec<Party>, RegisterError> {
        Ok(Vec::new())
    }
}

/// Tells which roles somebody holds for a party.
///
/// A register that cannot tell gives an error, and the decision refuses: an empty answer is for a register that
/// knows that there are none.
#[async_trait]
pub trait RoleRegister: Debug + Send + Sync {
    /// The roles that `holder` has for `party`: those given to the holder by the party, by the main unit that a
    /// sub-unit belongs to, and those given to a unit in which the holder has a [key role](Role::is_key_role).
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn roles(&self, holder: PartyId, party: PartyId) -> Result<HeldRoles, RegisterError>;

    /// The units in which `holder` has a key role, and so acts for the unit itself: what has been delegated to the
    /// unit is theirs. A register that knows none may leave it.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn key_role_units(&self, _holder: PartyId) -> Result<Vec<PartyId>, RegisterError> {
        Ok(Vec::new())
    }

    /// The roles that parties have given to `holder`, or to a unit in which the holder has a key role; those of a main
    /// unit once, not again for its sub-units. A register that cannot list them may leave it.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn held_by(&self, _holder: PartyId) -> Result<Vec<RoleAssignment>, RegisterError> {
        Ok(Vec::new())
    }

    /// The roles by which `holder` gives rights of `party` away: those that the holder has, and for a
    /// [main administrator](Role::is_main_administrator) all that the party has given to anybody.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn delegable_roles(&self, holder: PartyId, party: PartyId) -> Result<HeldRoles, RegisterError> {
        let mut held = self.roles(holder, party).await?;
        if held.roles().any(Role::is_main_administrator) {
            let holders = self.holders(party).await?.unwrap_or_default();
            held.add(holders.into_iter().map(|holder| HeldRole { role: holder.held.role, through: None }));
        }
        Ok(held)
    }

    /// Everybody who holds a role for `party`, by whatever way; none when the register cannot list them.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    async fn holders(&self, _party: PartyId) -> Result<Option<Vec<RoleHolder>>, RegisterError> {
        Ok(None)
    }
}
