//! Access lists (tilgangslister): which organizations a service owner lets in.

use std::fmt::Debug;

use altinn_core::store::{Batch, Guard};
use altinn_core::{ResourceId, UncheckedOrganizationNumber};
use async_trait::async_trait;
use uuid::Uuid;

use super::RegisterError;

/// That an organization is on a list of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessListMembership {
    /// The actions that the list lets the organization in for; none lets it in for all.
    pub action_filters: Option<Vec<String>>,
    /// The list, where it is kept in the store: every change of its members and resources raises its version.
    pub list: Option<ListVersion>,
}

/// A version of an access list; every change of it raises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListVersion {
    /// The list, as policies write it: `ttd:approved-banks`.
    pub list: String,
    /// The version.
    pub version: i64,
}

impl ListVersion {
    const GUARD: Guard = Guard::new("auth_access_list", "id", "version");

    /// Makes a batch conflict when the list has changed since.
    pub fn guard(&self, batch: &mut Batch) {
        batch.guard(&Self::GUARD, self.list.as_str(), self.version);
    }
}

impl AccessListMembership {
    /// Whether the list lets its members in for an action.
    pub fn covers(&self, action: &str) -> bool {
        self.action_filters.as_ref().is_none_or(|actions| actions.iter().any(|allowed| allowed == action))
    }
}

/// Tells which organizations are on which access lists.
#[async_trait]
pub trait AccessLists: Debug + Send + Sync {
    /// Whether the service owner lets in only those on a list (`accessListMode: Enabled`).
    ///
    /// # Errors
    /// [`RegisterError`] when it cannot be told.
    async fn are_required(&self, resource: &ResourceId) -> Result<bool, RegisterError>;

    /// The lists of a resource that an organization is on.
    ///
    /// # Errors
    /// [`RegisterError`] when it cannot be told.
    async fn memberships(
        &self,
        organization: UncheckedOrganizationNumber,
        resource: &ResourceId,
    ) -> Result<Vec<AccessListMembership>, RegisterError>;

    /// The names of all lists that a party is on, as policies write them: `ttd:approved-banks`.
    ///
    /// # Errors
    /// [`RegisterError`] when it cannot be told.
    async fn lists_of(&self, party: Uuid) -> Result<Vec<String>, RegisterError>;
}
