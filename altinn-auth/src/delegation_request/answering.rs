//! What those who are asked do.

use altinn_core::store::Batch;
use altinn_core::{Actor, PartyId};
use uuid::Uuid;

use super::{
    ATTEMPTS, DelegationRequest, DelegationRequestError, DelegationRequestStatus as Status,
    DelegationRequests, RequestedAccess,
};
use crate::decision::Right;
use crate::delegation::{DelegationError, Detail, Offer, Receiver, What};

impl DelegationRequests {
    /// Approves a request on behalf of the party that is asked: all that it asks for is given, with the answer, or nothing.
    /// Where `only` names rights, by their keys or actions, those alone are given. Approving again changes nothing.
    ///
    /// A request for all of a resource is given as all the rights to it that the caller may delegate.
    ///
    /// # Errors
    /// [`DelegationRequestError::NotFound`] when the party was asked nothing such, [`DelegationRequestError::Settled`] when it
    /// is answered or withdrawn, [`DelegationRequestError::Delegation`] when the caller does not manage the party's access
    /// or may not give something of it.
    pub async fn approve(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
        only: Option<&[String]>,
    ) -> Result<DelegationRequest, DelegationRequestError> {
        self.access.check_manager(actor, party, "request.approve").await?;
        for _ in 0..ATTEMPTS {
            match self.try_to_approve(actor, party, id, only).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(DelegationRequestError::Busy)
    }

    async fn try_to_approve(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
        only: Option<&[String]>,
    ) -> Result<DelegationRequest, DelegationRequestError> {
        let request = match self.to_answer(party, id, Status::Approved).await? {
            Answer::Given(request) => return Ok(request),
            Answer::Open(request) => request,
        };
        let mut batch = self.access.begin(party).await?;
        for what in self.what_to_give(actor, &request, only).await? {
            let offer = Offer::new(party, Receiver::Party(request.to), what);
            self.access.put(&mut batch, actor, &offer).await?;
        }
        let approved = request.come_to(&mut batch, Status::Approved, &actor.reference(), self.now());
        self.record(&mut batch, actor, &request, "request.approve");
        self.access.store.commit(batch).await?;
        Ok(approved)
    }

    /// Rejects a request on behalf of the party that is asked. Rejecting again changes nothing.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub async fn reject(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
    ) -> Result<DelegationRequest, DelegationRequestError> {
        self.access.check_manager(actor, party, "request.reject").await?;
        for _ in 0..ATTEMPTS {
            let request = match self.to_answer(party, id, Status::Rejected).await? {
                Answer::Given(request) => return Ok(request),
                Answer::Open(request) => request,
            };
            let mut batch = Batch::new();
            let rejected = request.come_to(&mut batch, Status::Rejected, &actor.reference(), self.now());
            self.record(&mut batch, actor, &request, "request.reject");
            match self.access.store.commit(batch).await {
                Ok(_) => return Ok(rejected),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DelegationRequestError::Busy)
    }

    /// A request to a party that waits for an answer, or has this one.
    async fn to_answer(
        &self,
        party: PartyId,
        id: Uuid,
        answer: Status,
    ) -> Result<Answer, DelegationRequestError> {
        let request = self.of_party(party, id).await?;
        match request.status {
            _ if request.from != party => Err(DelegationRequestError::NotFound),
            Status::Pending => Ok(Answer::Open(request)),
            status if status == answer => Ok(Answer::Given(request)),
            status => Err(DelegationRequestError::Settled { status }),
        }
    }

    /// What is given by an approval; each is checked again when it is put.
    async fn what_to_give(
        &self,
        actor: &Actor,
        request: &DelegationRequest,
        only: Option<&[String]>,
    ) -> Result<Vec<What>, DelegationRequestError> {
        let (resource, rights) = match &request.what {
            RequestedAccess::Package(name) => return Ok(vec![What::Package(name.clone())]),
            RequestedAccess::Resource { resource, rights } => (resource, rights),
        };
        let mut rights = match rights.as_slice() {
            [] => self.access.delegable_rights(actor, request.from, resource).await?,
            asked => asked.to_vec(),
        };
        if let Some(only) = only {
            let is_named = |right: &Right, name: &String| right.key() == *name || right.action == *name;
            let is_known = only.iter().all(|name| rights.iter().any(|right| is_named(right, name)));
            rights.retain(|right| only.iter().any(|name| is_named(right, name)));
            if !is_known || rights.is_empty() {
                return Err(DelegationError::NotDelegable { details: vec![Detail::UnknownRight] }.into());
            }
        }
        Ok(rights.into_iter().map(What::Right).collect())
    }
}

/// A request that somebody wants to answer.
enum Answer {
    /// It waits.
    Open(DelegationRequest),
    /// It was answered so before.
    Given(DelegationRequest),
}
