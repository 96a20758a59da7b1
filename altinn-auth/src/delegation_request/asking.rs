//! What those who ask do.

use altinn_core::store::Batch;
use altinn_core::{Actor, PartyId, ResourceId};
use uuid::Uuid;

use super::{
    ATTEMPTS, DelegationRequest, DelegationRequestError, DelegationRequestStatus as Status,
    DelegationRequests, NewDelegationRequest, RequestedAccess,
};
use crate::decision::{PolicyRight, Right};
use crate::delegation::{DelegationError, Detail, PackageCatalogue};

impl DelegationRequests {
    /// Asks a party for something. While the same request is a draft or waits for its answer, that one is given.
    ///
    /// # Errors
    /// [`DelegationRequestError::Delegation`] when the caller does not manage the access of the party that is to get it, or
    /// what is asked for is not known or can be given by nobody; [`DelegationRequestError::NotConnected`] when the caller
    /// has nothing to do with the party that is asked.
    pub async fn ask(
        &self,
        actor: &Actor,
        new: &NewDelegationRequest,
    ) -> Result<DelegationRequest, DelegationRequestError> {
        self.access.check_manager(actor, new.to, "request.create").await?;
        if !self.access.authorizer.represents(actor, new.from).await? {
            return Err(DelegationRequestError::NotConnected);
        }
        if new.from == new.to {
            return Err(DelegationError::ToItself.into());
        }
        self.check_known(&new.what).await?;
        let request = DelegationRequest::of(new, self.access.ids.next_id(), actor.reference(), self.now());
        for _ in 0..ATTEMPTS {
            if let Some(open) = self.open(&request).await? {
                return Ok(open);
            }
            let mut batch = Batch::new();
            request.insert(&mut batch);
            self.record(&mut batch, actor, &request, "request.create");
            match self.access.store.commit(batch).await {
                Ok(_) => return Ok(request),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DelegationRequestError::Busy)
    }

    /// The rights to a resource that have these keys or actions, as a request names them.
    ///
    /// # Errors
    /// [`DelegationRequestError::Delegation`] when the resource has no policy, or a name is of no right to it.
    pub async fn rights_named(
        &self,
        resource: &ResourceId,
        names: &[String],
    ) -> Result<RequestedAccess, DelegationRequestError> {
        let policy = self.access.authorizer.policy_of(resource).await.map_err(DelegationError::from)?;
        let mut rights = Vec::new();
        for name in names {
            let is_named = |known: &&PolicyRight| {
                known.key() == *name || known.of(resource).key() == *name || known.action == *name
            };
            let before = rights.len();
            rights.extend(policy.rights().iter().filter(is_named).map(|known| known.of(resource)));
            if rights.len() == before {
                return Err(DelegationError::NotDelegable { details: vec![Detail::UnknownRight] }.into());
            }
        }
        rights.sort();
        rights.dedup();
        Ok(RequestedAccess::Resource { resource: resource.clone(), rights })
    }

    /// Sends a draft. One that is sent already is answered as it is.
    ///
    /// # Errors
    /// [`DelegationRequestError::NotFound`] when the party has made no such request, or the caller has nothing to do with the
    /// party that it asks any more; [`DelegationRequestError::Settled`].
    pub async fn confirm(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
    ) -> Result<DelegationRequest, DelegationRequestError> {
        self.change(actor, party, id, Status::Pending).await
    }

    /// Takes back a request that nobody has answered. One that is taken back already is answered as it is.
    ///
    /// # Errors
    /// [`DelegationRequestError::NotFound`] when the party has made no such request; [`DelegationRequestError::Settled`].
    pub async fn withdraw(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
    ) -> Result<DelegationRequest, DelegationRequestError> {
        self.change(actor, party, id, Status::Withdrawn).await
    }

    async fn change(
        &self,
        actor: &Actor,
        party: PartyId,
        id: Uuid,
        to: Status,
    ) -> Result<DelegationRequest, DelegationRequestError> {
        let action = if to == Status::Pending { "request.confirm" } else { "request.withdraw" };
        self.access.check_manager(actor, party, action).await?;
        for _ in 0..ATTEMPTS {
            let request = self.of_party(party, id).await?;
            if request.to != party {
                return Err(DelegationRequestError::NotFound);
            }
            let may = match to {
                Status::Pending => request.status == Status::Draft,
                _ => matches!(request.status, Status::Draft | Status::Pending),
            };
            if request.status == to {
                return Ok(request);
            }
            if !may {
                return Err(DelegationRequestError::Settled { status: request.status });
            }
            if to == Status::Pending && !self.access.authorizer.represents(actor, request.from).await? {
                return Err(DelegationRequestError::NotConnected);
            }
            let mut batch = Batch::new();
            let changed = request.come_to(&mut batch, to, &actor.reference(), self.now());
            self.record(&mut batch, actor, &request, action);
            match self.access.store.commit(batch).await {
                Ok(_) => return Ok(changed),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DelegationRequestError::Busy)
    }

    /// Refuses what nobody can give.
    async fn check_known(&self, what: &RequestedAccess) -> Result<(), DelegationRequestError> {
        let refused = |detail| Err(DelegationError::NotDelegable { details: vec![detail] }.into());
        match what {
            RequestedAccess::Package(name) => {
                let package = PackageCatalogue::new(self.access.store.clone()).package(name).await?;
                match package.filter(|package| package.is_delegable) {
                    Some(_) => Ok(()),
                    None => refused(Detail::PackageNotDelegable),
                }
            }
            RequestedAccess::Resource { resource, rights } => {
                let policy =
                    self.access.authorizer.policy_of(resource).await.map_err(DelegationError::from)?;
                let known = |right: &Right| policy.rights().iter().any(|known| known.of(resource) == *right);
                if rights.iter().all(known) { Ok(()) } else { refused(Detail::UnknownRight) }
            }
        }
    }

    /// The same request that is a draft or waits for its answer.
    async fn open(
        &self,
        request: &DelegationRequest,
    ) -> Result<Option<DelegationRequest>, DelegationRequestError> {
        let select = "select * from auth_delegation_request where offered_by = $1 and recipient = $2 and kind = $3 \
            and name = $4 and rights = $5 and status in ('Draft', 'Pending')";
        let row = self.access.store.query_opt(select, request.key()).await?;
        Ok(row.map(|row| DelegationRequest::read(&row)).transpose()?)
    }
}
