//! Giving, checking, listing and revoking.

use std::sync::Arc;

use altinn_core::store::{Batch, Store, params};
use altinn_core::{
    Actor, Clock, IdSource, InstanceId, PartyId, PartyKind, RandomIds, ResourceId, SystemClock,
};
use chrono::SubsecRound;
use uuid::Uuid;

use super::app::Giver;
use super::change::{ChangeKind, DelegationChange};
use super::entry::{Basis, DelegationEntry, Key, RecipientKind};
use super::error::DelegationError;
use super::offer::{MAX_RIGHT_BYTES, MICROSECONDS, Offer, Period, Receiver, What};
use super::passable::{Detail, Passing, RightCheck, parent_of};
use super::standing::Standing;
use super::together::By;
use crate::decision::Authorizer;
use crate::register::{RightsVersion, RoleRegister, StoredResources};

/// How many delegations may rest on each other, if nothing else is said: client to provider, provider to agent.
pub const MAX_CHAIN: u32 = 2;

/// How often a change is decided anew when the rights of the party changed in between.
pub(super) const ATTEMPTS: usize = 16;

/// The version that the rights of no party have.
const NO_VERSION: i64 = -1;

/// Gives rights of parties to others, and takes them back. Cheap to clone.
///
/// ```
/// # use std::sync::Arc;
/// # use altinn_auth::decision::{AccessRequest, Authorizer, Policies, Registers, Right};
/// # use altinn_auth::register::{MIGRATIONS, RegisterKey, RoleAssignment, StoredRegister};
/// # use altinn_core::store::{Batch, Store};
/// # use altinn_core::testing::SyntheticPeople;
/// # use altinn_core::{Actor, AuthenticationLevel, Subject, SystemClock};
/// use altinn_auth::delegation::{AccessManagement, Offer, Receiver, StoredDelegations, What};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// # let store = Store::open("sqlite::memory:").await?;
/// # store.migrate(&[MIGRATIONS]).await?;
/// # let register = Arc::new(StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32])));
/// # let mut people = SyntheticPeople::from_seed(1);
/// # let (kari, ola, bakery) = (people.person(), people.person(), people.organization());
/// # let mut batch = Batch::new();
/// # for party in [&kari, &ola, &bakery] { register.put_party(&mut batch, party)?; }
/// # register.grant_role(&mut batch, &RoleAssignment { role: "DAGL".parse()?, of: bakery.id, to: kari.id });
/// # store.commit(batch).await?;
/// # let policies = Arc::new(Policies::new());
/// # policies.put("ttd/bakery-licence".parse()?, include_str!("../../tests/policies/bakery_licence.xml"))?;
/// # let actor = |party: &altinn_core::Party| {
/// #     let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
/// #     Actor::new(subject, AuthenticationLevel::VerySensitive)
/// # };
/// let delegations = StoredDelegations::new(store.clone(), register.clone(), Arc::new(SystemClock));
/// let registers = Registers::new(register.clone(), register.clone()).with_delegations(Arc::new(delegations));
/// let authorizer = Authorizer::with_registers(policies, registers);
/// let access = AccessManagement::new(store, authorizer.clone(), register);
///
/// // Kari, who leads the bakery, lets Ola read for it.
/// let read = What::Right(Right::new("app_ttd_bakery-licence".parse()?, "read"));
/// let given = access.delegate(&actor(&kari), &Offer::new(bakery.id, Receiver::Party(ola.id), read)).await?;
/// let request = AccessRequest::new("read", "ttd/bakery-licence".parse()?, bakery.id);
/// assert!(authorizer.decide(&actor(&ola), &request).await.is_ok());
///
/// access.revoke(&actor(&kari), given.id).await?;
/// assert!(authorizer.decide(&actor(&ola), &request).await.is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AccessManagement {
    pub(crate) store: Store,
    pub(crate) authorizer: Authorizer,
    pub(super) resources: StoredResources,
    pub(super) standing: Standing,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    max_chain: u32,
}

impl AccessManagement {
    /// Access management over a store whose tables are there ([`MIGRATIONS`](crate::register::MIGRATIONS)). The
    /// authorizer must count the delegations of the same store.
    pub fn new(store: Store, authorizer: Authorizer, roles: Arc<dyn RoleRegister>) -> Self {
        Self {
            resources: StoredResources::new(store.clone()),
            standing: Standing { store: store.clone(), roles },
            store,
            authorizer,
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            max_chain: MAX_CHAIN,
        }
    }

    /// The same, by another clock and with other ids.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        (self.clock, self.ids) = (clock, ids);
        self
    }

    /// The same, with another number of delegations that may rest on each other; [`MAX_CHAIN`] if nothing is said.
    #[must_use]
    pub fn with_max_chain(mut self, max: u32) -> Self {
        self.max_chain = max;
        self
    }

    /// Which rights to a resource the caller may delegate on behalf of a party, and why not (delegation check).
    ///
    /// `acting_for` is the organization that passes on what it was given, as in [`Offer::acting_for`].
    ///
    /// # Errors
    /// [`DelegationError::NotAccessManager`] when the caller may delegate nothing of the party's;
    /// [`DelegationError::Rights`] when the resource has no policy or a register cannot tell.
    pub async fn check(
        &self,
        actor: &Actor,
        from: PartyId,
        resource: &ResourceId,
        instance: Option<InstanceId>,
        acting_for: Option<PartyId>,
    ) -> Result<Vec<RightCheck>, DelegationError> {
        let passing = self.passing_to(actor, (from, acting_for), "delegation.check").await?;
        self.checks(&passing, resource, instance).await
    }

    /// Gives something. What has been given already by the same right for the same time is answered as it is; for
    /// another time, the time becomes this one.
    ///
    /// # Errors
    /// [`DelegationError`]: why not. Nothing has been given then.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn delegate(&self, actor: &Actor, offer: &Offer) -> Result<DelegationEntry, DelegationError> {
        self.give(Giver::Caller(actor), offer).await
    }

    /// Gives several things at once, all of them or none: each of `whats` to whom and for as long as an offer says,
    /// whose own [`what`](Offer::what) does not count.
    ///
    /// # Errors
    /// As [`delegate`](Self::delegate), of the first that cannot be given.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn delegate_all(
        &self,
        actor: &Actor,
        offer: &Offer,
        whats: &[What],
    ) -> Result<Vec<DelegationEntry>, DelegationError> {
        let mut offers: Vec<Offer> = Vec::new();
        for what in whats {
            if offers.iter().all(|known| known.what != *what) {
                offers.push(Offer { what: what.clone(), ..offer.clone() });
            }
        }
        self.give_all(Giver::Caller(actor), &offers).await
    }

    pub(super) async fn give(
        &self,
        giver: Giver<'_>,
        offer: &Offer,
    ) -> Result<DelegationEntry, DelegationError> {
        let given = self.give_all(giver, std::slice::from_ref(offer)).await?;
        given.into_iter().next().ok_or(DelegationError::NotFound)
    }

    async fn give_all(
        &self,
        giver: Giver<'_>,
        offers: &[Offer],
    ) -> Result<Vec<DelegationEntry>, DelegationError> {
        for _ in 0..ATTEMPTS {
            match self.try_to_give(giver, offers).await {
                Err(DelegationError::Store(error)) if error.is_conflict() => {}
                Err(error) => {
                    for offer in offers {
                        let what = (offer.what.name(), "delegate");
                        self.note_refusal(giver.by(), offer.from, (&what.0, what.1), error.code());
                    }
                    return Err(error);
                }
                given => return given,
            }
        }
        Err(DelegationError::Busy)
    }

    async fn try_to_give(
        &self,
        giver: Giver<'_>,
        offers: &[Offer],
    ) -> Result<Vec<DelegationEntry>, DelegationError> {
        let Some(from) = offers.first().map(|offer| offer.from) else { return Ok(Vec::new()) };
        let version = self.known_version(from).await?;
        let mut batch = Batch::new();
        version.into_iter().for_each(|version| raise(&mut batch, version));
        let (mut given, mut changes) = (Vec::new(), false);
        for offer in offers {
            let (entry, is_new) = self.put_by(&mut batch, giver, offer).await?;
            changes |= is_new;
            given.push(entry);
        }
        // Whoever names a party that there is not has been refused by now, as for one that is not theirs.
        version.ok_or(DelegationError::NotFound)?;
        if changes {
            self.store.commit(batch).await?;
        }
        Ok(given)
    }

    /// Begins a batch that changes what a party gives: it commits only if nothing of that has changed since. Of a party
    /// that there is not it never commits; whoever names one is refused before, as for one that is not theirs.
    pub(crate) async fn begin(&self, party: PartyId) -> Result<Batch, DelegationError> {
        let nobodys = RightsVersion { party, version: NO_VERSION };
        let mut batch = Batch::new();
        raise(&mut batch, self.known_version(party).await?.unwrap_or(nobodys));
        Ok(batch)
    }

    /// Adds to a batch that was [begun](Self::begin) what is to be given; and whether that changes anything.
    pub(super) async fn put_by(
        &self,
        batch: &mut Batch,
        giver: Giver<'_>,
        offer: &Offer,
    ) -> Result<(DelegationEntry, bool), DelegationError> {
        let now = self.clock.now();
        let period = offer.period.unwrap_or(Period { from: now, to: None }).as_kept();
        period.check(now)?;
        check_size(&offer.what)?;
        let recipient_kind = self.recipient_kind(offer).await?;
        let (basis, depth) = match giver {
            Giver::App(app) => {
                self.check_app(app, &offer.what).await?;
                (Basis::Party, 1)
            }
            Giver::Caller(actor) => {
                let passing = self.passing(actor, offer.from, offer.acting_for).await?;
                let managed = passing.manages_by.rights().iter().filter(|rights| rights.party != offer.from);
                managed.for_each(|rights| rights.guard(batch));
                let bases = self.bases_of(&passing, &offer.what).await?;
                self.choose(offer.from, bases, period).await?
            }
        };
        let known = self.known(offer, &basis).await?;
        if let Some(known) = known {
            let same = match offer.period {
                Some(_) => known.period == period,
                None => known.period.contains(now) && known.period.to.is_none(),
            };
            if same {
                return Ok((known, false));
            }
            return Ok((self.change_period(batch, giver, known, period), true));
        }
        let entry = DelegationEntry {
            id: self.ids.next_id(),
            from: offer.from,
            to: offer.to,
            what: offer.what.clone(),
            period,
            basis,
            depth,
            given_by: giver.reference(),
            given_at: now.trunc_subsecs(MICROSECONDS),
            revoked_at: None,
            recipient_kind,
        };
        entry.insert(batch);
        self.note(batch, giver.by(), &entry, ChangeKind::Granted);
        Ok((entry, true))
    }

    fn change_period(
        &self,
        batch: &mut Batch,
        giver: Giver<'_>,
        known: DelegationEntry,
        period: Period,
    ) -> DelegationEntry {
        let entry = DelegationEntry { period, ..known };
        batch.execute_one(
            "update auth_delegation set valid_from = $1, valid_to = $2 where id = $3 and revoked_at is null",
            params![period.from, period.to, entry.id],
        );
        self.note(batch, giver.by(), &entry, ChangeKind::PeriodChanged);
        entry
    }

    pub(super) async fn entry(&self, id: Uuid) -> Result<Option<DelegationEntry>, DelegationError> {
        let row = self.store.query_opt("select * from auth_delegation where id = $1", params![id]).await?;
        Ok(row.map(|row| DelegationEntry::read(&row)).transpose()?)
    }

    /// By what rights something may be given; why not, when by none.
    async fn bases_of(&self, passing: &Passing<'_>, what: &What) -> Result<Vec<Basis>, DelegationError> {
        let refused = |details| Err(DelegationError::NotDelegable { details });
        let right = match what {
            What::Right(right) | What::InstanceRight(right, _) => right,
            What::Package(name) => return self.package_bases(passing, name).await,
        };
        let checks = self.checks(passing, &right.resource, what.instance()).await?;
        match checks.into_iter().find(|check| check.right == *right) {
            None => refused(vec![Detail::UnknownRight]),
            Some(check) if check.is_delegable => Ok(check.bases),
            Some(check) => refused(check.details),
        }
    }

    /// The basis that lasts for all of a period, and how many delegations there are up to one on it.
    ///
    /// What a main unit gave can be passed on in its own name only, where all that it rests on has one version.
    async fn choose(
        &self,
        from: PartyId,
        bases: Vec<Basis>,
        period: Period,
    ) -> Result<(Basis, u32), DelegationError> {
        let now = self.clock.now();
        let (mut until, mut too_long) = (None, false);
        for basis in bases {
            let Some(parent) = parent_of(&basis) else { return Ok((basis, 1)) };
            let parent = self.entry(parent).await?.filter(|parent| parent.from == from);
            let Some(parent) = parent else { continue };
            let depth = parent.depth.saturating_add(1);
            if depth > self.max_chain {
                too_long = true;
            } else if parent.period.covers(&period, now) {
                return Ok((basis, depth));
            } else {
                until = until
                    .max(parent.period.to)
                    .max(Some(parent.period.from).filter(|from| *from > period.from));
            }
        }
        Err(match until {
            Some(until) => DelegationError::BeyondPeriod { until },
            None if too_long => DelegationError::ChainTooLong { max: self.max_chain },
            None => DelegationError::NotDelegable { details: vec![Detail::MissingDelegationAccess] },
        })
    }

    /// What the same giver has given the same receiver by the same right already.
    pub(super) async fn known(
        &self,
        offer: &Offer,
        basis: &Basis,
    ) -> Result<Option<DelegationEntry>, DelegationError> {
        let Key { kind, name, instance, part, action } = Key::of(&offer.what);
        let select = "select * from auth_delegation where offered_by = $1 and recipient = $2 and kind = $3 \
            and name = $4 and instance = $5 and part = $6 and action = $7 and basis = $8 and revoked_at is null";
        let key = params![offer.from, offer.to.key(), kind, name, instance, part, action, basis.key()];
        let row = self.store.query_opt(select, key).await?;
        Ok(row.map(|row| DelegationEntry::read(&row)).transpose()?)
    }

    /// The version of the rights that a party has given.
    pub(super) async fn version_of(&self, party: PartyId) -> Result<RightsVersion, DelegationError> {
        self.known_version(party).await?.ok_or(DelegationError::NotFound)
    }

    /// The same; none when there is no such party.
    async fn known_version(&self, party: PartyId) -> Result<Option<RightsVersion>, DelegationError> {
        let select = "select version from auth_party where id = $1 and not deleted";
        let row = self.store.query_opt(select, params![party]).await?;
        row.map(|row| Ok(RightsVersion { party, version: row.get("version")? })).transpose()
    }

    pub(super) async fn recipient_kind(&self, offer: &Offer) -> Result<RecipientKind, DelegationError> {
        let Receiver::Party(receiver) = offer.to else { return Ok(RecipientKind::SystemUser) };
        if receiver == offer.from || Some(receiver) == offer.acting_for {
            return Err(DelegationError::ToItself);
        }
        let party = self.authorizer.party(receiver).await?.filter(|party| !party.deleted);
        match party.ok_or(DelegationError::NotFound)?.kind {
            PartyKind::Person | PartyKind::SelfIdentified => Ok(RecipientKind::Person),
            _ => Ok(RecipientKind::Organization),
        }
    }

    /// Adds to a batch what has become of a delegation: for those who list it, and in the trail.
    pub(super) fn note(&self, batch: &mut Batch, by: By, entry: &DelegationEntry, kind: ChangeKind) {
        let (of, element) = (entry.what.name(), format!("delegation/{}", entry.id));
        let action = if kind == ChangeKind::Revoked { "revoke" } else { "delegate" };
        self.record(batch, by.clone(), entry.from, (&of, action, &element));
        let change = DelegationChange {
            id: self.ids.next_id(),
            delegation: entry.id,
            from: entry.from,
            kind,
            at: self.clock.now(),
            by: by.0,
            period: entry.period,
        };
        change.insert(batch, entry);
    }
}

/// Raises the version of a party's rights, if it is still this one.
pub(super) fn raise(batch: &mut Batch, rights: RightsVersion) {
    batch.execute_one(
        "update auth_party set version = version + 1 where id = $1 and version = $2",
        params![rights.party, rights.version],
    );
}

/// Refuses a right that is longer than is kept.
pub(super) fn check_size(what: &What) -> Result<(), DelegationError> {
    let Some(right) = what.right() else { return Ok(()) };
    let part: usize = right.within.iter().map(|(id, value)| id.len() + value.len()).sum();
    if right.action.len() > MAX_RIGHT_BYTES || part > MAX_RIGHT_BYTES {
        return Err(DelegationError::TooLong { max: MAX_RIGHT_BYTES });
    }
    Ok(())
}
