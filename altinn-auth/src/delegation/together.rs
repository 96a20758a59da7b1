//! Several changes of what a party gives as one batch, for whatever commits with them.

use altinn_core::store::{Batch, params};
use altinn_core::{Actor, PartyId, ResourceId};

use super::access_management::AccessManagement;
use super::app::Giver;
use super::entry::DelegationEntry;
use super::error::DelegationError;
use super::offer::{Offer, Receiver, What};
use super::passable::{Detail, Passing};
use crate::decision::{PERMITTED, Right};
use crate::trail::{Deed, TrailEntry};

/// Who changes something, as the trail names them, and how surely they were identified.
pub(crate) type By = (String, u8);

/// How the trail names what is done with a party's access as a whole.
pub(crate) const ACCESS_MANAGEMENT: &str = "accessmanagement";

/// The most delegations that one batch revokes.
const AT_ONCE: u32 = 1_000;

impl AccessManagement {
    /// Refuses whoever does not manage the access of a party, and has the trail tell it.
    pub(crate) async fn check_manager(
        &self,
        actor: &Actor,
        party: PartyId,
        action: &str,
    ) -> Result<(), DelegationError> {
        self.passing_to(actor, (party, None), action).await.map(drop)
    }

    /// Refuses whoever does not administer the clients of an organization, and has the organization's trail tell it.
    pub(crate) async fn check_client_administrator(
        &self,
        actor: &Actor,
        client: PartyId,
        organization: PartyId,
        action: &str,
    ) -> Result<(), DelegationError> {
        let passing = self.passing(actor, client, Some(organization)).await;
        self.tell_refusal(actor, organization, action, passing).map(drop)
    }

    /// On whose behalf somebody passes rights on, to do something that the trail tells when it is refused.
    pub(super) async fn passing_to<'a>(
        &self,
        actor: &'a Actor,
        (from, acting_for): (PartyId, Option<PartyId>),
        action: &str,
    ) -> Result<Passing<'a>, DelegationError> {
        let passing = self.passing(actor, from, acting_for).await;
        self.tell_refusal(actor, from, action, passing)
    }

    fn tell_refusal<T>(
        &self,
        actor: &Actor,
        party: PartyId,
        action: &str,
        outcome: Result<T, DelegationError>,
    ) -> Result<T, DelegationError> {
        if let Err(error @ DelegationError::NotAccessManager) = &outcome {
            let by = (actor.reference(), actor.level().into());
            self.note_refusal(by, party, (ACCESS_MANAGEMENT, action), error.code());
        }
        outcome
    }

    /// Adds what is to be given to a batch that was [begun](Self::begin) for the party that gives it.
    pub(crate) async fn put(
        &self,
        batch: &mut Batch,
        actor: &Actor,
        offer: &Offer,
    ) -> Result<(), DelegationError> {
        self.put_by(batch, Giver::Caller(actor), offer).await.map(drop)
    }

    /// The rights to a resource that the caller may delegate on behalf of a party.
    ///
    /// # Errors
    /// [`DelegationError::NotDelegable`] when there are none.
    pub(crate) async fn delegable_rights(
        &self,
        actor: &Actor,
        from: PartyId,
        resource: &ResourceId,
    ) -> Result<Vec<Right>, DelegationError> {
        let checks = self.check(actor, from, resource, None, None).await?;
        let (delegable, others): (Vec<_>, Vec<_>) = checks.into_iter().partition(|check| check.is_delegable);
        if delegable.is_empty() {
            let mut details: Vec<Detail> = others.into_iter().flat_map(|check| check.details).collect();
            details.sort_unstable();
            details.dedup();
            return Err(DelegationError::NotDelegable { details });
        }
        Ok(delegable.into_iter().map(|check| check.right).collect())
    }

    /// Adds to a batch that what a receiver was given is revoked, as far as it is meant: by a party, for which the batch was
    /// [begun](Self::begin), or by anybody. Tells how much that is.
    pub(crate) async fn take_back_from(
        &self,
        batch: &mut Batch,
        actor: &Actor,
        from: Option<PartyId>,
        to: Receiver,
        is_meant: impl Fn(&What) -> bool + Send,
    ) -> Result<usize, DelegationError> {
        let select = "select * from auth_delegation where recipient = $1 and revoked_at is null";
        let rows = self.store.query(select, params![to.key()]).await?;
        if from.is_none() {
            self.raise_givers_to(batch, to);
        }
        let mut revoked = 0;
        for row in &rows {
            let entry = DelegationEntry::read(row)?;
            if from.is_none_or(|from| entry.from == from) && is_meant(&entry.what) {
                self.put_back(batch, &entry, (actor.reference(), actor.level().into()));
                revoked += 1;
            }
        }
        Ok(revoked)
    }

    /// The parties that have given a receiver something that nobody took back, by id.
    pub(crate) async fn givers_to(&self, to: Receiver) -> Result<Vec<PartyId>, DelegationError> {
        let select = "select distinct offered_by from auth_delegation where recipient = $1 and revoked_at is null \
            order by offered_by";
        let rows = self.store.query(select, params![to.key()]).await?;
        Ok(rows.iter().map(|row| row.get("offered_by")).collect::<Result<_, _>>()?)
    }

    /// Adds to a batch that the rights of all who gave a receiver something have changed: what was decided by them and is
    /// not committed yet is refused.
    pub(crate) fn raise_givers_to(&self, batch: &mut Batch, to: Receiver) {
        batch.execute(
            "update auth_party set version = version + 1 where id in \
             (select offered_by from auth_delegation where recipient = $1 and revoked_at is null)",
            params![to.key()],
        );
    }

    /// Revokes all that a receiver was given, by whomever.
    pub(crate) async fn take_back_all_from(
        &self,
        actor: &Actor,
        to: Receiver,
    ) -> Result<(), DelegationError> {
        let select =
            "select * from auth_delegation where recipient = $1 and revoked_at is null order by id limit $2";
        loop {
            let rows = self.store.query(select, params![to.key(), AT_ONCE]).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let mut batch = Batch::new();
            self.raise_givers_to(&mut batch, to);
            for row in &rows {
                let entry = DelegationEntry::read(row)?;
                self.put_back(&mut batch, &entry, (actor.reference(), actor.level().into()));
            }
            match self.store.commit(batch).await {
                Ok(_) => {}
                // Somebody else revoked one of them.
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Adds to a batch that the trail tells of what is done on behalf of a party: of what, the action, the element.
    pub(crate) fn record(&self, batch: &mut Batch, by: By, party: PartyId, what: (&str, &str, &str)) {
        if let Some(trail) = self.authorizer.trail() {
            let entry =
                TrailEntry::of_management((trail.next_id(), self.clock.now()), by, party, what, PERMITTED);
            entry.insert(batch, &Deed::default());
        }
    }

    /// Has the trail tell that somebody has read what is another party's.
    pub(crate) fn note_reading(&self, actor: &Actor, party: PartyId, action: &str) {
        if let Some(trail) = self.authorizer.trail()
            && actor.party() != Some(party)
        {
            let (id, by) = ((trail.next_id(), self.clock.now()), (actor.reference(), actor.level().into()));
            trail.note(TrailEntry::of_management(id, by, party, (ACCESS_MANAGEMENT, action, ""), PERMITTED));
        }
    }

    /// Has the trail tell that somebody was refused.
    pub(crate) fn note_refusal(&self, by: By, party: PartyId, (of, action): (&str, &str), code: &str) {
        if let Some(trail) = self.authorizer.trail() {
            let id = (trail.next_id(), self.clock.now());
            trail.note(TrailEntry::of_management(id, by, party, (of, action, ""), code));
        }
    }
}
