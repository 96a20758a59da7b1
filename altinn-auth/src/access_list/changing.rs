//! Changing lists.

use altinn_core::store::{Batch, params};
use altinn_core::{Actor, PartyId, ResourceId, UncheckedOrganizationNumber};

use super::{AccessList, AccessListError, AccessListManagement, check_owner};
use crate::register::AccessListId;

/// The most organizations that one call adds or takes off.
const MOST_AT_ONCE: usize = 500;

/// The most bytes of a list's name or title, or of an action.
const MOST_BYTES: usize = 255;

/// The most bytes of a description.
const MOST_OF_DESCRIPTION: usize = 1_000;

/// The most actions that a list lets its members in for.
const MOST_ACTIONS: usize = 100;

impl AccessListManagement {
    /// Makes a list, or says something else of it. Its members and resources stay.
    ///
    /// # Errors
    /// [`AccessListError::NotOwner`], [`AccessListError::Invalid`].
    pub async fn put(
        &self,
        actor: &Actor,
        id: &AccessListId,
        title: &str,
        description: &str,
    ) -> Result<AccessList, AccessListError> {
        check_owner(actor, &id.owner)?;
        let fault = |field, reason| Err(AccessListError::Invalid { field, reason });
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        if id.name.is_empty() || id.name.len() > MOST_BYTES || !id.name.bytes().all(allowed) {
            return fault("identifier", "it has 1 to 255 small letters, digits, `-` and `_`");
        }
        if title.trim().is_empty() || title.len() > MOST_BYTES {
            return fault("name", "it is empty, or takes more than 255 bytes");
        }
        if description.len() > MOST_OF_DESCRIPTION {
            return fault("description", "it takes more than 1,000 bytes");
        }
        let mut batch = Batch::new();
        self.lists.put(&mut batch, id, title);
        self.lists.describe(&mut batch, id, description);
        self.store().commit(batch).await?;
        self.list(actor, id).await
    }

    /// Deletes a list: it lets nobody in any more. Made anew, it is empty.
    ///
    /// # Errors
    /// [`AccessListError::NotOwner`], [`AccessListError::NotFound`]; [`AccessListError::Invalid`] when it has more than 500
    /// members: they are taken off first.
    pub async fn delete(&self, actor: &Actor, id: &AccessListId) -> Result<(), AccessListError> {
        check_owner(actor, &id.owner)?;
        let select = "select party from auth_access_list_member where owner = $1 and name = $2 limit $3";
        let key = params![id.owner.as_str(), id.name.as_str(), MOST_AT_ONCE as i64 + 1];
        let members = self.store().query(select, key).await?;
        if members.len() > MOST_AT_ONCE {
            let reason = "it has more than 500 members, who are to be taken off first";
            return Err(AccessListError::Invalid { field: "identifier", reason });
        }
        let mut batch = Batch::new();
        self.lists.delete(&mut batch, id, self.access.clock.now());
        for member in &members {
            self.tell(&mut batch, actor, id, member.get("party")?, "accesslist.remove");
        }
        self.commit(batch).await
    }

    /// Puts organizations on a list, all of them or none. Who is on it already stays so.
    ///
    /// # Errors
    /// [`AccessListError::NotOwner`], [`AccessListError::NotFound`]; [`AccessListError::Invalid`] when there are more than
    /// 500; [`AccessListError::UnknownMember`].
    pub async fn add_members(
        &self,
        actor: &Actor,
        id: &AccessListId,
        members: &[UncheckedOrganizationNumber],
    ) -> Result<(), AccessListError> {
        self.change_members(actor, id, members, true).await
    }

    /// Takes organizations off a list, all of them or none. Who is not on it stays so.
    ///
    /// # Errors
    /// As [`add_members`](Self::add_members).
    pub async fn remove_members(
        &self,
        actor: &Actor,
        id: &AccessListId,
        members: &[UncheckedOrganizationNumber],
    ) -> Result<(), AccessListError> {
        self.change_members(actor, id, members, false).await
    }

    async fn change_members(
        &self,
        actor: &Actor,
        id: &AccessListId,
        members: &[UncheckedOrganizationNumber],
        are_added: bool,
    ) -> Result<(), AccessListError> {
        check_owner(actor, &id.owner)?;
        if members.len() > MOST_AT_ONCE {
            return Err(AccessListError::Invalid { field: "data", reason: "it has more than 500 members" });
        }
        let mut parties: Vec<PartyId> = Vec::new();
        for (number, place) in members.iter().zip(1..) {
            let party = self.access.authorizer.organization(*number).await?.filter(|party| !party.deleted);
            parties.push(party.ok_or(AccessListError::UnknownMember { place })?.id);
        }
        parties.sort_unstable();
        parties.dedup();
        let mut batch = Batch::new();
        let now = self.access.clock.now();
        for party in parties {
            let action = if are_added {
                self.lists.add_member(&mut batch, id, party, now);
                "accesslist.add"
            } else {
                self.lists.remove_member(&mut batch, id, party);
                "accesslist.remove"
            };
            self.tell(&mut batch, actor, id, party, action);
        }
        self.commit(batch).await
    }

    /// Lets the members of a list in to one of the owner's resources: for these actions, or for all.
    ///
    /// # Errors
    /// [`AccessListError::NotOwner`] when the list or the resource is another's, [`AccessListError::NotFound`];
    /// [`AccessListError::Invalid`].
    pub async fn connect(
        &self,
        actor: &Actor,
        id: &AccessListId,
        resource: &ResourceId,
        actions: Option<&[String]>,
    ) -> Result<(), AccessListError> {
        check_resource(actor, id, resource)?;
        let is_action = |action: &String| !action.is_empty() && action.len() <= MOST_BYTES;
        let are_in_order =
            |actions: &[String]| actions.len() <= MOST_ACTIONS && actions.iter().all(is_action);
        if !actions.is_none_or(are_in_order) {
            let reason = "it has more than 100 actions, or one that is empty or takes more than 255 bytes";
            return Err(AccessListError::Invalid { field: "actionFilters", reason });
        }
        let mut batch = Batch::new();
        self.lists.connect(&mut batch, id, resource, actions.filter(|actions| !actions.is_empty()));
        self.commit(batch).await
    }

    /// Lets the members of a list in to a resource no longer.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn disconnect(
        &self,
        actor: &Actor,
        id: &AccessListId,
        resource: &ResourceId,
    ) -> Result<(), AccessListError> {
        check_resource(actor, id, resource)?;
        let mut batch = Batch::new();
        self.lists.disconnect(&mut batch, id, resource);
        self.commit(batch).await
    }

    /// Adds to a batch that an organization's trail tells what its service owner did.
    fn tell(&self, batch: &mut Batch, actor: &Actor, id: &AccessListId, party: PartyId, action: &str) {
        let by = (actor.reference(), actor.level().into());
        self.access.record(batch, by, party, (&id.to_string(), action, ""));
    }

    /// A change of a list that there is not conflicts.
    async fn commit(&self, batch: Batch) -> Result<(), AccessListError> {
        match self.store().commit(batch).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_conflict() => Err(AccessListError::NotFound),
            Err(error) => Err(error.into()),
        }
    }
}

/// A service owner opens its own resources alone.
fn check_resource(actor: &Actor, id: &AccessListId, resource: &ResourceId) -> Result<(), AccessListError> {
    check_owner(actor, &id.owner)?;
    let own = format!("app_{}_", id.owner);
    if resource.as_str().starts_with(&own) { Ok(()) } else { Err(AccessListError::NotOwner) }
}
