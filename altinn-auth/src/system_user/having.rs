//! The system users that organizations have, and their clients.

use altinn_core::store::{Batch, params};
use altinn_core::{Actor, PartyId, UncheckedOrganizationNumber};
use uuid::Uuid;

use super::register::vendor_of;
use super::{
    ATTEMPTS, REQUEST_READ, REQUEST_WRITE, SYSTEM_REGISTER_WRITE, SystemUser, SystemUserError,
    SystemUserKind, SystemUsers,
};
use crate::delegation::{DelegationError, Detail, Offer, Receiver, What};
use crate::register::NOBODY;

/// System users in a list.
const PAGE: u32 = 100;

/// How the trail calls reading which system users a party has.
const LIST: &str = "systemuser.list";

impl SystemUsers {
    /// The system users that a party has, for whoever manages its access.
    ///
    /// # Errors
    /// [`SystemUserError::Delegation`] for anybody else.
    pub async fn system_users(
        &self,
        actor: &Actor,
        party: PartyId,
    ) -> Result<Vec<SystemUser>, SystemUserError> {
        self.access.check_manager(actor, party, LIST).await?;
        self.access.note_reading(actor, party, LIST);
        let select = "select * from auth_system_user where owner = $1 and deleted_at is null order by id";
        let rows = self.access.store.query(select, params![party]).await?;
        Ok(rows.iter().map(SystemUser::read).collect::<Result<_, _>>()?)
    }

    /// A system user that a party has, for whoever manages its access.
    ///
    /// # Errors
    /// [`SystemUserError::Delegation`] for anybody else; [`SystemUserError::NotFound`].
    pub async fn system_user(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
    ) -> Result<SystemUser, SystemUserError> {
        self.access.check_manager(actor, party, LIST).await?;
        self.access.note_reading(actor, party, LIST);
        let select = "select * from auth_system_user where id = $1 and owner = $2 and deleted_at is null";
        let row = self.access.store.query_opt(select, params![id, party]).await?;
        Ok(SystemUser::read(&row.ok_or(SystemUserError::NotFound)?)?)
    }

    /// The system users of a vendor's system, by id: at most 100 after one.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when the system is not the vendor's.
    pub async fn system_users_of(
        &self,
        vendor: &Actor,
        system: &str,
        after: Option<Uuid>,
    ) -> Result<Vec<SystemUser>, SystemUserError> {
        let number = vendor_of(vendor, &[SYSTEM_REGISTER_WRITE, REQUEST_READ, REQUEST_WRITE])?;
        self.of_vendor(system, number).await?;
        let select = "select * from auth_system_user where system = $1 and id > $2 and deleted_at is null \
            order by id limit $3";
        let after = after.unwrap_or(Uuid::nil());
        let rows = self.access.store.query(select, params![system, after, PAGE]).await?;
        Ok(rows.iter().map(SystemUser::read).collect::<Result<_, _>>()?)
    }

    /// The system user of a vendor's system that an organization has under an external reference (its number, if none).
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when the system is not the vendor's, or there is none.
    pub async fn system_user_of(
        &self,
        vendor: &Actor,
        system: &str,
        owner: UncheckedOrganizationNumber,
        external_ref: Option<&str>,
    ) -> Result<SystemUser, SystemUserError> {
        let number = vendor_of(vendor, &[SYSTEM_REGISTER_WRITE, REQUEST_READ, REQUEST_WRITE])?;
        self.of_vendor(system, number).await?;
        let party = self.access.authorizer.organization(owner).await?.map_or(NOBODY, |party| party.id);
        let own = owner.to_string();
        let user = self.user_by_key((party, system, external_ref.unwrap_or(&own))).await?;
        user.ok_or(SystemUserError::NotFound)
    }

    /// The system user that a client in Maskinporten is to get a token for: that of an organization, under an external
    /// reference (the organization's number, if none). Whoever issues tokens asks it; it asks nobody whether they may.
    ///
    /// # Errors
    /// [`SystemUserError::Store`], [`SystemUserError::Register`].
    pub async fn by_external_id(
        &self,
        client_id: &str,
        owner: UncheckedOrganizationNumber,
        external_ref: Option<&str>,
    ) -> Result<Option<SystemUser>, SystemUserError> {
        let Some(party) = self.access.authorizer.organization(owner).await? else { return Ok(None) };
        let select = "select system from auth_system_client where client_id = $1";
        let Some(row) = self.access.store.query_opt(select, params![client_id]).await? else {
            return Ok(None);
        };
        let (system, number): (String, String) = (row.get("system")?, owner.to_string());
        self.user_by_key((party.id, &system, external_ref.unwrap_or(&number))).await
    }

    /// Deletes a system user on behalf of the party that has it: its next decision is refused, and so is what was decided
    /// and not committed. All that it was given is revoked. Once more does nothing.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when the party has no such system user, [`SystemUserError::Delegation`] when the caller
    /// does not manage its access.
    pub async fn delete(&self, actor: &Actor, party: PartyId, id: Uuid) -> Result<(), SystemUserError> {
        self.access.check_manager(actor, party, "systemuser.delete").await?;
        let select = "select * from auth_system_user where id = $1 and owner = $2";
        let row = self.access.store.query_opt(select, params![id, party]).await?;
        let user = SystemUser::read(&row.ok_or(SystemUserError::NotFound)?)?;
        let receiver = Receiver::SystemUser(id);
        let mut batch = Batch::new();
        self.access.raise_givers_to(&mut batch, receiver);
        batch.execute(
            "update auth_system_user set deleted_at = $1, version = version + 1 where id = $2 and deleted_at is null",
            params![self.now(), id],
        );
        self.record(&mut batch, actor, party, &user.system, ("systemuser.delete", id));
        self.access.store.commit(batch).await?;
        Ok(self.access.take_back_all_from(actor, receiver).await?)
    }

    /// Lets an agent act for a client of the organization that has it, by all of its access packages: those that the
    /// organization holds for the client, by its role or because the client gave them.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when it is not an agent of the organization, [`SystemUserError::Delegation`] when the
    /// caller does not administer its clients or the organization does not hold a package for the client.
    pub async fn add_client(
        &self,
        actor: &Actor,
        owner: PartyId,
        id: Uuid,
        client: PartyId,
    ) -> Result<(), SystemUserError> {
        for _ in 0..ATTEMPTS {
            match self.try_to_add_client(actor, owner, id, client).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(SystemUserError::Busy)
    }

    async fn try_to_add_client(
        &self,
        actor: &Actor,
        owner: PartyId,
        id: Uuid,
        client: PartyId,
    ) -> Result<(), SystemUserError> {
        self.access.check_client_administrator(actor, client, owner, "systemuser.client.add").await?;
        let agent = self.agent(owner, id).await?;
        let mut batch = self.access.begin(client).await?;
        agent.guard(&mut batch);
        if agent.powers.packages.is_empty() {
            let details = vec![Detail::MissingPackageAccess];
            return Err(DelegationError::NotDelegable { details }.into());
        }
        for package in &agent.powers.packages {
            let offer = Offer::new(client, Receiver::SystemUser(id), What::Package(package.clone()));
            self.access.put(&mut batch, actor, &offer.acting_for(owner)).await?;
        }
        self.record(&mut batch, actor, client, &agent.system, ("systemuser.client.add", id));
        self.access.store.commit(batch).await?;
        Ok(())
    }

    /// Lets an agent act for a client no longer.
    ///
    /// # Errors
    /// As [`add_client`](Self::add_client); [`SystemUserError::NotFound`] also when it does not act for the client.
    pub async fn remove_client(
        &self,
        actor: &Actor,
        owner: PartyId,
        id: Uuid,
        client: PartyId,
    ) -> Result<(), SystemUserError> {
        for _ in 0..ATTEMPTS {
            self.access.check_client_administrator(actor, client, owner, "systemuser.client.remove").await?;
            let agent = self.agent(owner, id).await?;
            let mut batch = self.access.begin(client).await?;
            let receiver = Receiver::SystemUser(id);
            if self.access.take_back_from(&mut batch, actor, Some(client), receiver, |_| true).await? == 0 {
                return Err(SystemUserError::NotFound);
            }
            self.record(&mut batch, actor, client, &agent.system, ("systemuser.client.remove", id));
            match self.access.store.commit(batch).await {
                Ok(_) => return Ok(()),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(SystemUserError::Busy)
    }

    /// The clients that an agent may act for, for whoever administers the organization's clients: those that it was
    /// given something by, and nobody took it back.
    ///
    /// # Errors
    /// As [`add_client`](Self::add_client).
    pub async fn clients(
        &self,
        actor: &Actor,
        owner: PartyId,
        id: Uuid,
    ) -> Result<Vec<PartyId>, SystemUserError> {
        self.access.check_client_administrator(actor, owner, owner, "systemuser.clients").await?;
        self.access.note_reading(actor, owner, "systemuser.clients");
        self.agent(owner, id).await?;
        Ok(self.access.givers_to(Receiver::SystemUser(id)).await?)
    }

    /// The party that has a system user; none when there is no such one. It asks nobody whether they may know it.
    ///
    /// # Errors
    /// [`SystemUserError::Store`].
    pub async fn owner_of(&self, id: Uuid) -> Result<Option<PartyId>, SystemUserError> {
        Ok(self.user(id).await?.map(|user| user.owner))
    }

    async fn agent(&self, owner: PartyId, id: Uuid) -> Result<SystemUser, SystemUserError> {
        let user = self.user(id).await?;
        user.filter(|user| user.owner == owner && user.kind == SystemUserKind::Agent)
            .ok_or(SystemUserError::NotFound)
    }

    /// A system user that is not deleted.
    pub(super) async fn user(&self, id: Uuid) -> Result<Option<SystemUser>, SystemUserError> {
        let select = "select * from auth_system_user where id = $1 and deleted_at is null";
        let row = self.access.store.query_opt(select, params![id]).await?;
        Ok(row.map(|row| SystemUser::read(&row)).transpose()?)
    }

    pub(super) async fn user_by_key(
        &self,
        (owner, system, external_ref): (PartyId, &str, &str),
    ) -> Result<Option<SystemUser>, SystemUserError> {
        let select = "select * from auth_system_user where owner = $1 and system = $2 and external_ref = $3 \
            and deleted_at is null";
        let row = self.access.store.query_opt(select, params![owner, system, external_ref]).await?;
        Ok(row.map(|row| SystemUser::read(&row)).transpose()?)
    }
}
