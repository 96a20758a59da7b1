//! Taking back.

use altinn_core::store::{Batch, params};
use altinn_core::{Actor, PartyId, ResourceId};
use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::access_management::{ATTEMPTS, AccessManagement};
use super::app::Giver;
use super::change::ChangeKind;
use super::entry::{Basis, DelegationEntry};
use super::error::DelegationError;
use super::offer::{MICROSECONDS, Receiver, What};
use super::together::By;
use crate::register::NOBODY;

/// What of all that a party has given somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Of {
    /// All of it.
    Everything,
    /// The rights to a resource, and to its instances.
    Resource(ResourceId),
    /// An access package, by its name.
    Package(String),
}

impl Of {
    fn has(&self, what: &What) -> bool {
        match self {
            Self::Everything => true,
            Self::Resource(resource) => what.right().is_some_and(|right| right.resource == *resource),
            Self::Package(name) => matches!(what, What::Package(package) if package == name),
        }
    }

    /// What the trail calls it.
    fn name(&self) -> String {
        match self {
            Self::Everything => String::new(),
            Self::Resource(resource) => resource.to_string(),
            Self::Package(name) => What::Package(name.clone()).name(),
        }
    }
}

impl AccessManagement {
    /// Takes something back, and with it all that rests on it. What has been revoked already stays so.
    ///
    /// It may be revoked by whoever manages the access of the giver, by the receiver or whoever manages the
    /// receiver's clients, and by whoever manages the clients of the organization that passed it on.
    ///
    /// # Errors
    /// [`DelegationError::NotFound`] when there is none that the caller may revoke.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn revoke(&self, actor: &Actor, id: Uuid) -> Result<DelegationEntry, DelegationError> {
        for _ in 0..ATTEMPTS {
            match self.try_to_revoke(actor, id).await {
                Err(DelegationError::Store(error)) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(DelegationError::Busy)
    }

    async fn try_to_revoke(&self, actor: &Actor, id: Uuid) -> Result<DelegationEntry, DelegationError> {
        let entry = self.entry(id).await?;
        let may = self.may_revoke(actor, entry.as_ref()).await?;
        let Some(entry) = entry else { return Err(DelegationError::NotFound) };
        let by = Giver::Caller(actor).by();
        if !may {
            let refused = DelegationError::NotFound;
            self.note_refusal(by, entry.from, (&entry.what.name(), "revoke"), refused.code());
            return Err(refused);
        }
        self.take_back(entry, by).await
    }

    /// Takes back what a party has given somebody: all of it, a resource or a package; tells how many delegations that were.
    /// It may be done by whoever manages the access of the giver, and by the receiver or whoever manages the receiver's
    /// clients.
    ///
    /// # Errors
    /// [`DelegationError::NotAccessManager`] for anybody else.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn revoke_all(
        &self,
        actor: &Actor,
        from: PartyId,
        to: Receiver,
        of: &Of,
    ) -> Result<usize, DelegationError> {
        for _ in 0..ATTEMPTS {
            match self.try_to_revoke_all(actor, from, to, of).await {
                Err(DelegationError::Store(error)) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(DelegationError::Busy)
    }

    async fn try_to_revoke_all(
        &self,
        actor: &Actor,
        from: PartyId,
        to: Receiver,
        of: &Of,
    ) -> Result<usize, DelegationError> {
        let mut batch = self.begin(from).await?;
        let receiver = match to {
            Receiver::Party(party) => Some(party),
            Receiver::SystemUser(_) => None,
        };
        let is_receiver = receiver.is_some() && actor.party() == receiver;
        if !is_receiver && !self.manages_any(actor, from, [None, Some(receiver.unwrap_or(NOBODY))]).await? {
            let refused = DelegationError::NotAccessManager;
            self.note_refusal(Giver::Caller(actor).by(), from, (&of.name(), "revoke"), refused.code());
            return Err(refused);
        }
        let revoked = self.take_back_from(&mut batch, actor, Some(from), to, |what| of.has(what)).await?;
        if revoked > 0 {
            self.store.commit(batch).await?;
        }
        Ok(revoked)
    }

    /// Revokes a delegation, unless it has been revoked already.
    pub(super) async fn take_back(
        &self,
        entry: DelegationEntry,
        by: By,
    ) -> Result<DelegationEntry, DelegationError> {
        if entry.revoked_at.is_some() {
            return Ok(entry);
        }
        let mut batch = self.begin(entry.from).await?;
        let now = self.put_back(&mut batch, &entry, by);
        self.store.commit(batch).await?;
        Ok(DelegationEntry { revoked_at: Some(now), ..entry })
    }

    /// Adds to a batch that a delegation is revoked; and when.
    pub(super) fn put_back(&self, batch: &mut Batch, entry: &DelegationEntry, by: By) -> DateTime<Utc> {
        let now = self.clock.now().trunc_subsecs(MICROSECONDS);
        batch.execute_one(
            "update auth_delegation set revoked_at = $1, revoked_by = $2 where id = $3 and revoked_at is null",
            params![now, by.0.as_str(), entry.id],
        );
        self.note(batch, by, entry, ChangeKind::Revoked);
        now
    }

    /// Whether somebody may revoke a delegation. One that there is not is gone through as one that is not theirs: at the
    /// cost of the same statements.
    async fn may_revoke(
        &self,
        actor: &Actor,
        entry: Option<&DelegationEntry>,
    ) -> Result<bool, DelegationError> {
        let receiver = entry.and_then(|entry| match entry.to {
            Receiver::Party(party) => Some(party),
            Receiver::SystemUser(_) => None,
        });
        if receiver.is_some() && actor.party() == receiver {
            return Ok(true);
        }
        let parent = match entry.map(|entry| &entry.basis) {
            Some(Basis::Delegation(parent)) => *parent,
            _ => Uuid::nil(),
        };
        let parent = self.entry(parent).await?;
        let passed_on_by = match (entry.map(|entry| &entry.basis), parent.map(|parent| parent.to)) {
            (Some(Basis::Role { unit, .. }), _) => *unit,
            (Some(Basis::Delegation(_)), Some(Receiver::Party(unit))) => unit,
            _ => NOBODY,
        };
        let from = entry.map_or(NOBODY, |entry| entry.from);
        self.manages_any(actor, from, [None, Some(receiver.unwrap_or(NOBODY)), Some(passed_on_by)]).await
    }

    /// Whether somebody manages what a party gave, for the party itself or for one of these organizations.
    async fn manages_any<const N: usize>(
        &self,
        actor: &Actor,
        from: PartyId,
        acting_for: [Option<PartyId>; N],
    ) -> Result<bool, DelegationError> {
        for acting_for in acting_for {
            match self.passing(actor, from, acting_for).await {
                Ok(_) => return Ok(true),
                Err(DelegationError::NotAccessManager) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}
