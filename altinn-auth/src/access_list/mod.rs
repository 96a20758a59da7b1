//! Access lists (tilgangslister), as service owners keep them: which organizations are on them, and to which of the
//! owner's resources, for which actions, they let their members in.
//!
//! A decision reads them anew each time ([`StoredAccessLists`]), and what rests on a list
//! is refused at its commit when the list has changed since. A resource lets in only those on a list where its
//! [`ResourceRules`](crate::register::ResourceRules) say so. Who was put on a list and taken off it stands in the trail of the
//! organization. Names and limits are those of Altinn's resource registry.

mod changing;
mod error;
mod listing;

use std::sync::Arc;

use altinn_core::store::Store;
use altinn_core::{Actor, PartyId, ResourceId, Subject};
use chrono::{DateTime, Utc};

pub use error::AccessListError;

use crate::delegation::AccessManagement;
use crate::register::{AccessListId, PartyRegister, StoredAccessLists};

/// The access lists of a store, for the service owners that keep them. Cheap to clone.
///
/// Every operation is for the service owner of the list alone ([`AccessListError::NotOwner`]).
#[derive(Debug, Clone)]
pub struct AccessListManagement {
    access: AccessManagement,
    lists: StoredAccessLists,
}

/// An access list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccessList {
    /// Its id.
    pub id: AccessListId,
    /// What it is called: `Approved banks`.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Raised by every change of it.
    pub version: i64,
}

/// An organization on a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListMember {
    /// The organization.
    pub party: PartyId,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A resource that a list lets its members in to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListResource {
    /// The resource.
    pub resource: ResourceId,
    /// The actions that it lets them in for; none for all.
    pub actions: Option<Vec<String>>,
}

impl AccessListManagement {
    /// The access lists in the store of an access management, whose clock and trail they share.
    pub fn new(access: AccessManagement, parties: Arc<dyn PartyRegister>) -> Self {
        Self { lists: StoredAccessLists::new(access.store.clone(), parties), access }
    }

    fn store(&self) -> &Store {
        &self.access.store
    }
}

/// Refuses whoever is not the service owner.
fn check_owner(actor: &Actor, owner: &str) -> Result<(), AccessListError> {
    match actor.subject() {
        Subject::ServiceOwner { org, .. } if org == owner => Ok(()),
        _ => Err(AccessListError::NotOwner),
    }
}
