//! The decisions of one call.

use std::sync::{Arc, Mutex, PoisonError};

use altinn_core::PartyId;
use async_trait::async_trait;

use super::Authorizer;
use crate::register::{HeldRoles, RegisterError, RoleAssignment, RoleHolder, RoleRegister};

impl Authorizer {
    /// The same, for the decisions of one call that ends in one commit: the roles that somebody holds for a party are
    /// asked for once. Each decision rests on the version of the rights that it was told, and its
    /// [guard](super::Access::guard) refuses the commit when they have changed since.
    #[must_use]
    pub fn for_one_call(&self) -> Self {
        let mut same = self.clone();
        let roles = &mut same.point.gatherer.registers.roles;
        *roles = Arc::new(Remembered { below: Arc::clone(roles), roles: Mutex::default() });
        same
    }
}

/// A register of roles that is asked once for each holder and party.
#[derive(Debug)]
struct Remembered {
    below: Arc<dyn RoleRegister>,
    roles: Mutex<Vec<(PartyId, PartyId, HeldRoles)>>,
}

#[async_trait]
impl RoleRegister for Remembered {
    async fn roles(&self, holder: PartyId, party: PartyId) -> Result<HeldRoles, RegisterError> {
        let known = |told: &(PartyId, PartyId, HeldRoles)| (told.0, told.1) == (holder, party);
        let told = self
            .roles
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find(|told| known(told))
            .cloned();
        if let Some((_, _, roles)) = told {
            return Ok(roles);
        }
        let roles = self.below.roles(holder, party).await?;
        let mut told = self.roles.lock().unwrap_or_else(PoisonError::into_inner);
        told.push((holder, party, roles.clone()));
        Ok(roles)
    }

    async fn key_role_units(&self, holder: PartyId) -> Result<Vec<PartyId>, RegisterError> {
        self.below.key_role_units(holder).await
    }

    async fn held_by(&self, holder: PartyId) -> Result<Vec<RoleAssignment>, RegisterError> {
        self.below.held_by(holder).await
    }

    async fn delegable_roles(&self, holder: PartyId, party: PartyId) -> Result<HeldRoles, RegisterError> {
        self.below.delegable_roles(holder, party).await
    }

    async fn holders(&self, party: PartyId) -> Result<Option<Vec<RoleHolder>>, RegisterError> {
        self.below.holders(party).await
    }
}
