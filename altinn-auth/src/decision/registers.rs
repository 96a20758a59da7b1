//! Whom a decision asks.

use std::sync::Arc;

use super::delegation::Delegations;
use crate::register::{
    AccessLists, AccessPackages, EstateRoles, InstanceFacts, PartyRegister, RoleRegister, UserRegister,
};

/// Whom a decision asks what it has to know. Parties and roles are always needed; the others are told what they are
/// for, and one that is not there gives no rights.
#[derive(Debug, Clone)]
pub struct Registers {
    pub(super) parties: Arc<dyn PartyRegister>,
    pub(super) roles: Arc<dyn RoleRegister>,
    pub(super) users: Option<Arc<dyn UserRegister>>,
    pub(super) instances: Option<Arc<dyn InstanceFacts>>,
    pub(super) delegations: Option<Arc<dyn Delegations>>,
    pub(super) access_packages: Option<Arc<dyn AccessPackages>>,
    pub(super) access_lists: Option<Arc<dyn AccessLists>>,
    pub(super) estates: Option<Arc<dyn EstateRoles>>,
}

impl Registers {
    /// Parties and roles, and nothing else.
    pub fn new(parties: Arc<dyn PartyRegister>, roles: Arc<dyn RoleRegister>) -> Self {
        Self {
            parties,
            roles,
            users: None,
            instances: None,
            delegations: None,
            access_packages: None,
            access_lists: None,
            estates: None,
        }
    }

    /// With users, for requests that name them by number.
    #[must_use]
    pub fn with_users(mut self, users: Arc<dyn UserRegister>) -> Self {
        self.users = Some(users);
        self
    }

    /// With instances, for requests that name nothing but one.
    #[must_use]
    pub fn with_instances(mut self, instances: Arc<dyn InstanceFacts>) -> Self {
        self.instances = Some(instances);
        self
    }

    /// With delegations, for what no role permits.
    #[must_use]
    pub fn with_delegations(mut self, delegations: Arc<dyn Delegations>) -> Self {
        self.delegations = Some(delegations);
        self
    }

    /// With access packages, for policies that name them.
    #[must_use]
    pub fn with_access_packages(mut self, access_packages: Arc<dyn AccessPackages>) -> Self {
        self.access_packages = Some(access_packages);
        self
    }

    /// With access lists, for resources that let in only those on one, and for policies that name them.
    #[must_use]
    pub fn with_access_lists(mut self, access_lists: Arc<dyn AccessLists>) -> Self {
        self.access_lists = Some(access_lists);
        self
    }

    /// With roles in the estates of deceased persons, for policies that name them.
    #[must_use]
    pub fn with_estates(mut self, estates: Arc<dyn EstateRoles>) -> Self {
        self.estates = Some(estates);
        self
    }
}
