//! Systems and system users (systembruker): bought systems to which organizations give rights, for their own tasks or for
//! those of their clients.
//!
//! A vendor registers a [`System`]: its clients in Maskinporten, what its system users may ask for, and where customers are
//! sent on to. It then asks a customer ([`NewRequest`]); whoever manages the customer's access approves or rejects it within
//! ten days, or somebody who represents the customer puts it to those who do. Approving makes the [`SystemUser`] and gives
//! it what was asked for, never more than whoever approves may delegate. Changes are asked for and answered in the same way.
//!
//! The token that Maskinporten issues names the system user (`authorization_details`); decisions look for what it was given,
//! as for anybody ([`delegation`](crate::delegation)). Deleted, it is refused by the next decision. An
//! [agent](SystemUserKind::Agent) has no rights of its own: the organization passes on to it what it holds for its clients,
//! one by one. All of it is in the trail of the party that it is about.
//!
//! Names and states are those of Altinn's system register and system users.

mod answering;
mod asking;
mod error;
mod having;
mod register;
mod request;
mod system;
mod user;

use altinn_core::store::Batch;
use altinn_core::{Actor, PartyId};
use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

pub use error::SystemUserError;
pub use register::{REQUEST_READ, REQUEST_WRITE, SYSTEM_REGISTER_WRITE, SystemChange};
pub use request::{NewChange, NewRequest, REQUEST_LASTS, RequestStatus, SystemUserKind, SystemUserRequest};
pub use system::{NewSystem, Powers, System};
pub use user::SystemUser;

use crate::delegation::AccessManagement;

/// How often a change is decided anew when something that it rests on changed in between.
const ATTEMPTS: usize = 16;

/// The system register, requests and system users of a store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SystemUsers {
    access: AccessManagement,
}

impl SystemUsers {
    /// Systems and system users in the store of an access management, whose clock, ids and trail they share.
    pub fn new(access: AccessManagement) -> Self {
        Self { access }
    }

    fn now(&self) -> DateTime<Utc> {
        self.access.clock.now().trunc_subsecs(6)
    }

    /// Adds to a batch that the trail tells of it: what was done on behalf of a party with which request or system user.
    fn record(
        &self,
        batch: &mut Batch,
        actor: &Actor,
        party: PartyId,
        system: &str,
        (action, id): (&str, Uuid),
    ) {
        let by = (actor.reference(), actor.level().into());
        self.access.record(batch, by, party, (system, action, &format!("systemuser/{id}")));
    }
}
