//! Reading lists.

use altinn_core::store::{Row, params};
use altinn_core::{Actor, PartyId, ResourceId, UncheckedOrganizationNumber};

use super::{AccessList, AccessListError, AccessListManagement, ListMember, ListResource, check_owner};
use crate::register::{AccessListId, AccessLists as _, RegisterError};

/// Lists, members or resources in an answer.
const PAGE: u32 = 100;

const SELECT: &str = "select owner, name, title, description, version from auth_access_list where";

impl AccessListManagement {
    /// The lists of a service owner, by name: at most 100 after one.
    ///
    /// # Errors
    /// [`AccessListError::NotOwner`].
    pub async fn lists(
        &self,
        actor: &Actor,
        owner: &str,
        after: Option<&str>,
    ) -> Result<Vec<AccessList>, AccessListError> {
        check_owner(actor, owner)?;
        let select =
            format!("{SELECT} owner = $1 and name > $2 and deleted_at is null order by name limit $3");
        let rows = self.store().query(select, params![owner, after.unwrap_or_default(), PAGE]).await?;
        rows.iter().map(list_of).collect()
    }

    /// A list.
    ///
    /// # Errors
    /// [`AccessListError::NotOwner`], [`AccessListError::NotFound`].
    pub async fn list(&self, actor: &Actor, id: &AccessListId) -> Result<AccessList, AccessListError> {
        check_owner(actor, &id.owner)?;
        let select = format!("{SELECT} owner = $1 and name = $2 and deleted_at is null");
        let row = self.store().query_opt(select, params![id.owner.as_str(), id.name.as_str()]).await?;
        list_of(&row.ok_or(AccessListError::NotFound)?)
    }

    /// The organizations on a list, by party: at most 100 after one.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub async fn members(
        &self,
        actor: &Actor,
        id: &AccessListId,
        after: Option<PartyId>,
    ) -> Result<Vec<ListMember>, AccessListError> {
        self.list(actor, id).await?;
        let select = "select party, since from auth_access_list_member where owner = $1 and name = $2 and party > $3 \
            order by party limit $4";
        let after = after.unwrap_or(PartyId::new(i64::MIN));
        let rows =
            self.store().query(select, params![id.owner.as_str(), id.name.as_str(), after, PAGE]).await?;
        let member = |row: &Row| Ok(ListMember { party: row.get("party")?, since: row.get("since")? });
        rows.iter().map(member).collect()
    }

    /// The resources that a list lets its members in to, by id: at most 100 after one.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub async fn resources(
        &self,
        actor: &Actor,
        id: &AccessListId,
        after: Option<&ResourceId>,
    ) -> Result<Vec<ListResource>, AccessListError> {
        self.list(actor, id).await?;
        let select = "select resource, actions from auth_access_list_resource where owner = $1 and name = $2 \
            and resource > $3 order by resource limit $4";
        let after = after.map(ResourceId::as_str).unwrap_or_default();
        let key = params![id.owner.as_str(), id.name.as_str(), after, PAGE];
        let rows = self.store().query(select, key).await?;
        rows.iter().map(resource_of).collect()
    }

    /// Whether some list lets an organization in to a resource of the caller's for an action.
    ///
    /// # Errors
    /// [`AccessListError::NotOwner`] when the resource is not one of the caller's.
    pub async fn lets_in(
        &self,
        actor: &Actor,
        resource: &ResourceId,
        organization: UncheckedOrganizationNumber,
        action: &str,
    ) -> Result<bool, AccessListError> {
        let owner = resource.as_str().strip_prefix("app_").and_then(|named| named.split_once('_'));
        check_owner(actor, owner.map(|(owner, _)| owner).unwrap_or_default())?;
        let memberships = self.lists.memberships(organization, resource).await?;
        Ok(memberships.iter().any(|membership| membership.covers(action)))
    }
}

fn list_of(row: &Row) -> Result<AccessList, AccessListError> {
    Ok(AccessList {
        id: AccessListId { owner: row.get("owner")?, name: row.get("name")? },
        title: row.get("title")?,
        description: row.get("description")?,
        version: row.get("version")?,
    })
}

fn resource_of(row: &Row) -> Result<ListResource, AccessListError> {
    let corrupt = |column| AccessListError::Register(RegisterError::Corrupt { column });
    let resource: String = row.get("resource")?;
    let actions: Option<String> = row.get("actions")?;
    let actions = actions.map(|text| serde_json::from_str(&text)).transpose();
    Ok(ListResource {
        resource: resource.parse().map_err(|_| corrupt("resource"))?,
        actions: actions.map_err(|_| corrupt("actions"))?,
    })
}
