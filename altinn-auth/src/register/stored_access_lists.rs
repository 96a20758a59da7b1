//! Access lists in the store.

use std::fmt;
use std::sync::Arc;

use altinn_core::store::{Batch, Row, Store, params};
use altinn_core::{PartyId, PartyIdentifier, ResourceId, UncheckedOrganizationNumber};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AccessListMembership, AccessLists, ListVersion, PartyRegister, RegisterError, StoredResources};

/// The access lists of service owners, in the store: which organizations are on them, and to which resources, and for
/// which actions, they let their members in.
///
/// They are read anew for every decision. A resource lets in only those on a list when its
/// [`ResourceRules`](super::ResourceRules) say so.
#[derive(Debug, Clone)]
pub struct StoredAccessLists {
    store: Store,
    resources: StoredResources,
    parties: Arc<dyn PartyRegister>,
}

/// An access list, by its service owner and its name there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccessListId {
    /// The service owner's short name: `ttd`.
    pub owner: String,
    /// The list's name: `approved-banks`.
    pub name: String,
}

/// As policies write it: `ttd:approved-banks`.
impl fmt::Display for AccessListId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.owner, self.name)
    }
}

impl StoredAccessLists {
    /// The lists in a store whose tables are there ([`MIGRATIONS`](super::MIGRATIONS)).
    pub fn new(store: Store, parties: Arc<dyn PartyRegister>) -> Self {
        Self { resources: StoredResources::new(store.clone()), store, parties }
    }

    /// Adds a list, or gives it another title.
    pub fn put(&self, batch: &mut Batch, list: &AccessListId, title: &str) {
        batch.execute_one(
            "insert into auth_access_list (owner, name, title, version, id) values ($1, $2, $3, 1, $4) \
             on conflict (owner, name) do update set title = excluded.title, deleted_at = null, \
             version = auth_access_list.version + 1",
            params![list.owner.as_str(), list.name.as_str(), title, list.to_string()],
        );
    }

    /// Says what a list is for. The batch conflicts when there is no such list.
    pub fn describe(&self, batch: &mut Batch, list: &AccessListId, description: &str) {
        batch.execute_one(
            "update auth_access_list set description = $1 where owner = $2 and name = $3 and deleted_at is null",
            params![description, list.owner.as_str(), list.name.as_str()],
        );
    }

    /// Deletes a list, with its members and resources. The batch conflicts when there is no such list.
    pub fn delete(&self, batch: &mut Batch, list: &AccessListId, at: DateTime<Utc>) {
        raise(batch, list);
        for table in ["auth_access_list_member", "auth_access_list_resource"] {
            let delete = format!("delete from {table} where owner = $1 and name = $2");
            batch.execute(delete, params![list.owner.as_str(), list.name.as_str()]);
        }
        batch.execute_one(
            "update auth_access_list set deleted_at = $1 where owner = $2 and name = $3",
            params![at, list.owner.as_str(), list.name.as_str()],
        );
    }

    /// Puts an organization on a list; once more changes nothing. The batch conflicts when there is no such list.
    pub fn add_member(&self, batch: &mut Batch, list: &AccessListId, member: PartyId, at: DateTime<Utc>) {
        raise(batch, list);
        batch.execute(
            "insert into auth_access_list_member (owner, name, party, since) values ($1, $2, $3, $4) \
             on conflict do nothing",
            params![list.owner.as_str(), list.name.as_str(), member, at],
        );
    }

    /// Takes an organization off a list.
    pub fn remove_member(&self, batch: &mut Batch, list: &AccessListId, member: PartyId) {
        raise(batch, list);
        batch.execute(
            "delete from auth_access_list_member where owner = $1 and name = $2 and party = $3",
            params![list.owner.as_str(), list.name.as_str(), member],
        );
    }

    /// Lets the members of a list in to a resource: for these actions, or for all.
    pub fn connect(
        &self,
        batch: &mut Batch,
        list: &AccessListId,
        resource: &ResourceId,
        actions: Option<&[String]>,
    ) {
        raise(batch, list);
        let actions = actions.map(|actions| serde_json::json!(actions).to_string());
        batch.execute_one(
            "insert into auth_access_list_resource (owner, name, resource, actions) values ($1, $2, $3, $4) \
             on conflict (resource, owner, name) do update set actions = excluded.actions",
            params![list.owner.as_str(), list.name.as_str(), resource.as_str(), actions],
        );
    }

    /// Lets the members of a list in to a resource no longer.
    pub fn disconnect(&self, batch: &mut Batch, list: &AccessListId, resource: &ResourceId) {
        raise(batch, list);
        batch.execute(
            "delete from auth_access_list_resource where owner = $1 and name = $2 and resource = $3",
            params![list.owner.as_str(), list.name.as_str(), resource.as_str()],
        );
    }
}

fn raise(batch: &mut Batch, list: &AccessListId) {
    batch.execute_one(
        "update auth_access_list set version = version + 1 where owner = $1 and name = $2 and deleted_at is null",
        params![list.owner.as_str(), list.name.as_str()],
    );
}

#[async_trait]
impl AccessLists for StoredAccessLists {
    async fn are_required(&self, resource: &ResourceId) -> Result<bool, RegisterError> {
        Ok(self.resources.rules(resource).await?.access_list_mode)
    }

    async fn memberships(
        &self,
        organization: UncheckedOrganizationNumber,
        resource: &ResourceId,
    ) -> Result<Vec<AccessListMembership>, RegisterError> {
        let identifier = PartyIdentifier::Organization(organization);
        let Some(party) = self.parties.party_by_identifier(&identifier).await? else { return Ok(Vec::new()) };
        let select = "select open_to.actions as actions, list.id as list, list.version as version \
            from auth_access_list_resource open_to \
            join auth_access_list list on list.owner = open_to.owner and list.name = open_to.name \
            join auth_access_list_member member on member.owner = open_to.owner and member.name = open_to.name \
            where open_to.resource = $1 and member.party = $2";
        let rows = self.store.query(select, params![resource.as_str(), party.id]).await?;
        let corrupt = |_| RegisterError::Corrupt { column: "actions" };
        let membership = |row: &Row| {
            let actions: Option<String> = row.get("actions")?;
            let action_filters =
                actions.map(|text| serde_json::from_str(&text)).transpose().map_err(corrupt)?;
            let list = ListVersion { list: row.get("list")?, version: row.get("version")? };
            Ok(AccessListMembership { action_filters, list: Some(list) })
        };
        rows.iter().map(membership).collect()
    }

    async fn lists_of(&self, party: Uuid) -> Result<Vec<String>, RegisterError> {
        let select = "select member.owner as owner, member.name as name from auth_access_list_member member \
            join auth_party party on party.id = member.party and not party.deleted \
            where party.uuid = $1 order by member.owner, member.name";
        let rows = self.store.query(select, params![party]).await?;
        let name = |row: &Row| Ok(format!("{}:{}", row.get::<String>("owner")?, row.get::<String>("name")?));
        rows.iter().map(name).collect()
    }
}
