//! What service owners say of their resources.

use altinn_core::ResourceId;
use altinn_core::store::{Batch, Store, params};

use super::RegisterError;

/// What a service owner says of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResourceRules {
    /// Whether rights to it may be delegated (`delegable`).
    pub delegable: bool,
    /// Whether only those on an access list get in (`accessListMode: Enabled`).
    pub access_list_mode: bool,
}

impl Default for ResourceRules {
    /// Rights may be delegated, and nobody has to be on a list.
    fn default() -> Self {
        Self { delegable: true, access_list_mode: false }
    }
}

/// What service owners say of their resources, in the store. A resource that nothing is said of has the default.
#[derive(Debug, Clone)]
pub struct StoredResources(Store);

impl StoredResources {
    /// The resources in a store whose tables are there ([`MIGRATIONS`](super::MIGRATIONS)).
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// Says something of a resource, in place of what was said before.
    pub fn put(&self, batch: &mut Batch, resource: &ResourceId, rules: ResourceRules) {
        batch.execute_one(
            "insert into auth_resource (id, delegable, access_list_mode) values ($1, $2, $3) \
             on conflict (id) do update set delegable = excluded.delegable, \
             access_list_mode = excluded.access_list_mode",
            params![resource.as_str(), rules.delegable, rules.access_list_mode],
        );
    }

    /// What is said of a resource.
    ///
    /// # Errors
    /// [`RegisterError::Store`].
    pub async fn rules(&self, resource: &ResourceId) -> Result<ResourceRules, RegisterError> {
        let select = "select delegable, access_list_mode from auth_resource where id = $1";
        let Some(row) = self.0.query_opt(select, params![resource.as_str()]).await? else {
            return Ok(ResourceRules::default());
        };
        Ok(ResourceRules { delegable: row.get("delegable")?, access_list_mode: row.get("access_list_mode")? })
    }
}
