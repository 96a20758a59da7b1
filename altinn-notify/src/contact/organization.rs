//! Where organizations can be told something.

use crate::{EmailAddress, OrganizationRecipient, PhoneNumber};

/// Where an organization can be told something: its official addresses (varslingsadresser) of the business register,
/// and those that people who act for it have registered for themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrganizationContact {
    /// The addresses.
    pub addresses: Vec<OrganizationAddress>,
}

/// An address of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct OrganizationAddress {
    /// A mail address.
    pub email: Option<EmailAddress>,
    /// A mobile number.
    pub mobile: Option<PhoneNumber>,
    /// The services that it is for, by resource id; of all services if there is none.
    pub resources: Vec<String>,
    /// The actions in them that it is for; all if there is none.
    pub actions: Vec<String>,
}

impl OrganizationAddress {
    /// A mail address.
    pub fn email(address: EmailAddress) -> Self {
        Self { email: Some(address), ..Self::default() }
    }

    /// A mobile number.
    pub fn mobile(number: PhoneNumber) -> Self {
        Self { mobile: Some(number), ..Self::default() }
    }

    /// The same address, for one service more, and no longer for all.
    #[must_use]
    pub fn for_resource(mut self, resource_id: impl Into<String>) -> Self {
        self.resources.push(resource_id.into());
        self
    }

    /// The same address, for one action more, and no longer for all.
    #[must_use]
    pub fn for_action(mut self, action: impl Into<String>) -> Self {
        self.actions.push(action.into());
        self
    }

    /// Whether it is for what an order is about. One that is for some services alone fits no order about none.
    pub fn fits(&self, order: &OrganizationRecipient) -> bool {
        let is_for = |allowed: &[String], asked: &Option<String>| {
            allowed.is_empty() || asked.as_ref().is_some_and(|asked| allowed.contains(asked))
        };
        is_for(&self.resources, &order.resource_id) && is_for(&self.actions, &order.resource_action)
    }
}
