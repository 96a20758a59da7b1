//! Delegations: rights to single resources and instances that a party has given.

use std::fmt::Debug;
use std::sync::Arc;

use altinn_core::{PartyId, ResourceId};
use async_trait::async_trait;
use uuid::Uuid;

use super::{Right, ServicePolicy};
use crate::register::{RegisterError, RightsVersion, UserId};

/// A right to a resource, or to one instance of it, that a party has given somebody.
#[derive(Debug, Clone)]
pub struct Delegation {
    /// Its id, where it is kept under one: what an explanation and a trail name it by.
    pub id: Option<Uuid>,
    /// The party that gave it.
    pub from: PartyId,
    /// Who received it.
    pub to: Recipient,
    /// The instance that it is for, by its UUID or its URN; none for the whole resource.
    pub instance: Option<String>,
    /// What is delegated.
    pub what: Delegated,
    /// The versions of rights that it rests on, when it is kept in the store.
    pub rights: Vec<RightsVersion>,
}

/// What a delegation gives.
#[derive(Debug, Clone)]
pub enum Delegated {
    /// What a policy of its own says, as Altinn keeps delegations.
    Policy(Arc<ServicePolicy>),
    /// One right that the policy of the resource knows.
    Right(Right),
}

/// Who a delegation was given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A user, by number.
    User(UserId),
    /// A person, by the UUID of their party.
    Person(Uuid),
    /// An organization, by whichever names are known; whoever has a key role in it holds what it was given.
    Organization {
        /// Its party.
        party: Option<PartyId>,
        /// The same party's UUID.
        uuid: Option<Uuid>,
    },
    /// A system user.
    SystemUser(Uuid),
}

/// Which delegations are asked for.
#[derive(Debug, Clone)]
pub struct DelegationQuery {
    /// The resource; an app's is `app_<org>_<app>`. None asks for what was given of any.
    pub resource: Option<ResourceId>,
    /// The party on whose behalf something is to be done. What it has given counts.
    pub party: PartyId,
    /// The main unit, when the party is a sub-unit. What that has given counts too.
    pub main_unit: Option<PartyId>,
    /// Who wants to do it.
    pub subject: Recipient,
    /// The party that the subject is, where it is known.
    pub own_party: Option<PartyId>,
    /// The units in which the subject has a key role. What they have received counts too.
    pub key_role_units: Vec<PartyId>,
}

impl DelegationQuery {
    /// Whether what this party has given counts.
    pub fn is_offered_by(&self, party: PartyId) -> bool {
        party == self.party || Some(party) == self.main_unit
    }

    /// Whether what this recipient was given counts.
    ///
    /// ```
    /// use altinn_auth::decision::{DelegationQuery, Recipient};
    /// use altinn_auth::register::UserId;
    /// use altinn_core::PartyId;
    ///
    /// let query = DelegationQuery {
    ///     resource: Some("ttd-report".parse()?),
    ///     party: PartyId::new(50001),
    ///     main_unit: None,
    ///     subject: Recipient::User(UserId(7)),
    ///     own_party: Some(PartyId::new(60001)),
    ///     key_role_units: vec![PartyId::new(50002)],
    /// };
    /// assert!(query.is_covered_by(&Recipient::User(UserId(7))));
    /// assert!(query.is_covered_by(&Recipient::Organization { party: Some(PartyId::new(50002)), uuid: None }));
    /// assert!(!query.is_covered_by(&Recipient::Organization { party: Some(PartyId::new(50003)), uuid: None }));
    /// # Ok::<(), altinn_core::IdentifierError>(())
    /// ```
    pub fn is_covered_by(&self, recipient: &Recipient) -> bool {
        match recipient {
            Recipient::Organization { party: Some(party), .. } => {
                self.key_role_units.contains(party) || Some(*party) == self.own_party
            }
            other => *other == self.subject,
        }
    }
}

/// Gives the delegations of resources.
#[async_trait]
pub trait Delegations: Debug + Send + Sync {
    /// The delegations in force that a query asks for; those of instances as well.
    ///
    /// # Errors
    /// [`RegisterError`] when they cannot be told, which refuses.
    async fn delegations(&self, query: &DelegationQuery) -> Result<Vec<Delegation>, RegisterError>;
}
