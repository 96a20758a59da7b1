//! What customers answer.

use altinn_core::store::{Batch, params};
use altinn_core::{Actor, PartyId};
use uuid::Uuid;

use super::request::SELECT;
use super::{
    ATTEMPTS, Powers, RequestStatus, SystemUser, SystemUserError, SystemUserKind, SystemUserRequest,
    SystemUsers,
};
use crate::delegation::{ACCESS_MANAGEMENT, Offer, Receiver, What};

/// Requests in a list.
const PAGE: u32 = 100;

impl SystemUsers {
    /// The requests to a party that wait for an answer, the earliest first and at most 100, for whoever represents it.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] for anybody else.
    pub async fn requests_to(
        &self,
        actor: &Actor,
        party: PartyId,
    ) -> Result<Vec<SystemUserRequest>, SystemUserError> {
        self.represents(actor, party, "systemuser.requests").await?;
        self.access.note_reading(actor, party, "systemuser.requests");
        let select = format!(
            "{SELECT} request.owner = $1 and request.status = 'New' order by request.created_at, request.id limit $2"
        );
        let rows = self.access.store.query(select, params![party, PAGE]).await?;
        let now = self.now();
        let all: Vec<_> =
            rows.iter().map(|row| SystemUserRequest::read(row, now)).collect::<Result<_, _>>()?;
        Ok(all.into_iter().filter(|request| request.status == RequestStatus::New).collect())
    }

    /// A request to a party, answered or not, for whoever represents it.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] for anybody else, or when the party was asked nothing such.
    pub async fn request_for(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
    ) -> Result<SystemUserRequest, SystemUserError> {
        self.represents(actor, party, "systemuser.requests").await?;
        self.access.note_reading(actor, party, "systemuser.requests");
        self.request_to(party, id).await
    }

    /// Accepts a request on behalf of a party: the system user, all that it is given, and the answer, or nothing.
    ///
    /// A right to a resource is given as all the rights to it that the caller may delegate.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`] when the caller does not represent the party or it was asked nothing such,
    /// [`SystemUserError::Settled`] when it is answered already or timed out, [`SystemUserError::Delegation`] when the caller
    /// does not manage the party's access or may not give something of it: then [`escalate`](Self::escalate).
    pub async fn approve(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
    ) -> Result<SystemUser, SystemUserError> {
        for _ in 0..ATTEMPTS {
            match self.try_to_approve(actor, party, id).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(SystemUserError::Busy)
    }

    async fn try_to_approve(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
    ) -> Result<SystemUser, SystemUserError> {
        let request = self.open_to(actor, party, id, "systemuser.approve").await?;
        let mut batch = self.access.begin(party).await?;
        self.access.check_manager(actor, party, "systemuser.approve").await?;
        let by = actor.reference();
        let user = match request.system_user {
            None => {
                let user = SystemUser {
                    id: self.access.ids.next_id(),
                    system: request.system.clone(),
                    owner: party,
                    external_ref: request.external_ref.clone(),
                    kind: request.kind,
                    powers: request.required.clone(),
                    created_at: self.now(),
                    version: 1,
                };
                user.insert(&mut batch, &by);
                user
            }
            Some(id) => {
                let user = self.user(id).await?.ok_or(SystemUserError::NotFound)?;
                let mut powers = user.powers.clone();
                powers.resources.extend(request.required.resources.iter().cloned());
                powers.packages.extend(request.required.packages.iter().cloned());
                powers.resources.retain(|resource| !request.unwanted.resources.contains(resource));
                powers.packages.retain(|package| !request.unwanted.packages.contains(package));
                user.change(&mut batch, &powers);
                // What an agent has is given by its clients.
                let giver = Some(party).filter(|_| user.kind == SystemUserKind::Standard);
                let (to, unwanted) = (Receiver::SystemUser(id), &request.unwanted);
                let is_meant = |what: &What| is_among(unwanted, what);
                self.access.take_back_from(&mut batch, actor, giver, to, is_meant).await?;
                SystemUser { powers, version: user.version + 1, ..user }
            }
        };
        if request.kind == SystemUserKind::Standard {
            self.give(&mut batch, actor, &user, &request.required).await?;
        }
        request.settle(&mut batch, RequestStatus::Accepted, &by, self.now());
        self.record(&mut batch, actor, party, &request.system, ("systemuser.approve", id));
        self.access.store.commit(batch).await?;
        Ok(user)
    }

    /// Adds to a batch that a system user gets what was asked for, from the organization that has it.
    async fn give(
        &self,
        batch: &mut Batch,
        actor: &Actor,
        user: &SystemUser,
        powers: &Powers,
    ) -> Result<(), SystemUserError> {
        let to = Receiver::SystemUser(user.id);
        for resource in &powers.resources {
            for right in self.access.delegable_rights(actor, user.owner, resource).await? {
                self.access.put(batch, actor, &Offer::new(user.owner, to, What::Right(right))).await?;
            }
        }
        for package in &powers.packages {
            let offer = Offer::new(user.owner, to, What::Package(package.clone()));
            self.access.put(batch, actor, &offer).await?;
        }
        Ok(())
    }

    /// Rejects a request on behalf of a party.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub async fn reject(&self, actor: &Actor, party: PartyId, id: Uuid) -> Result<(), SystemUserError> {
        for _ in 0..ATTEMPTS {
            let request = self.open_to(actor, party, id, "systemuser.reject").await?;
            self.access.check_manager(actor, party, "systemuser.reject").await?;
            let mut batch = Batch::new();
            request.settle(&mut batch, RequestStatus::Rejected, &actor.reference(), self.now());
            self.record(&mut batch, actor, party, &request.system, ("systemuser.reject", id));
            match self.access.store.commit(batch).await {
                Ok(_) => return Ok(()),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(SystemUserError::Busy)
    }

    /// Puts a request to those who manage the party's access, by somebody who represents it and cannot answer themselves.
    /// It waits for its answer as before, and is shown as escalated.
    ///
    /// # Errors
    /// [`SystemUserError::NotFound`], [`SystemUserError::Settled`].
    pub async fn escalate(&self, actor: &Actor, party: PartyId, id: Uuid) -> Result<(), SystemUserError> {
        let request = self.open_to(actor, party, id, "systemuser.escalate").await?;
        let mut batch = Batch::new();
        batch.execute(
            "update auth_system_user_request set escalated_at = $1, escalated_by = $2 \
             where id = $3 and status = 'New' and escalated_at is null",
            params![self.now(), actor.reference(), id],
        );
        self.record(&mut batch, actor, party, &request.system, ("systemuser.escalate", id));
        self.access.store.commit(batch).await?;
        Ok(())
    }

    /// A request to a party that waits for an answer, for somebody who represents it.
    async fn open_to(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
        action: &str,
    ) -> Result<SystemUserRequest, SystemUserError> {
        self.represents(actor, party, action).await?;
        let request = self.request_to(party, id).await?;
        match request.status {
            RequestStatus::New => Ok(request),
            status => Err(SystemUserError::Settled { status }),
        }
    }

    async fn represents(&self, actor: &Actor, party: PartyId, action: &str) -> Result<(), SystemUserError> {
        if self.access.authorizer.holds_role(actor, party).await? {
            return Ok(());
        }
        let refused = SystemUserError::NotFound;
        let by = (actor.reference(), actor.level().into());
        self.access.note_refusal(by, party, (ACCESS_MANAGEMENT, action), refused.code());
        Err(refused)
    }
}

/// Whether what was given is among what is wanted no longer.
fn is_among(unwanted: &Powers, what: &What) -> bool {
    match what {
        What::Right(right) | What::InstanceRight(right, _) => unwanted.resources.contains(&right.resource),
        What::Package(package) => unwanted.packages.contains(package),
    }
}
