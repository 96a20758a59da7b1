//! The system users that organizations have, and their clients.

use altinn_core::store::{Batch, params};
use altinn_core::{Actor, PartyId, UncheckedOrganizationNumber};
use uuid::Uuid;

use super::{ATTEMPTS, SystemUser, SystemUserError, SystemUserKind, SystemUsers};
use crate::delegation::{Offer, Receiver, What};

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
        self.access.check_manager(actor, party).await?;
        let select = "select * from auth_system_user where owner = $1 and deleted_at is null order by id";
        let rows = self.access.store.query(select, params![party]).await?;
        Ok(rows.iter().map(SystemUser::read).collect::<Result<_, _>>()?)
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
        self.access.check_manager(actor, party).await?;
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
        let agent = self.agent(owner, id).await?;
        let mut batch = self.access.begin(client).await?;
        agent.guard(&mut batch);
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
    /// As [`add_client`](Self::add_client).
    pub async fn remove_client(
        &self,
        actor: &Actor,
        owner: PartyId,
        id: Uuid,
        client: PartyId,
    ) -> Result<(), SystemUserError> {
        for _ in 0..ATTEMPTS {
            let agent = self.agent(owner, id).await?;
            self.access.check_client_administrator(actor, client, owner).await?;
            let mut batch = self.access.begin(client).await?;
            let receiver = Receiver::SystemUser(id);
            self.access.take_back_from(&mut batch, actor, Some(client), receiver, |_| true).await?;
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
        self.agent(owner, id).await?;
        self.access.check_client_administrator(actor, owner, owner).await?;
        Ok(self.access.givers_to(Receiver::SystemUser(id)).await?)
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
