//! A bakery and its accountants, whose rights are given, passed on and taken back.
#![allow(dead_code, clippy::unwrap_used, reason = "not every test needs all of it; tests fail by panicking")]

use std::sync::Arc;

use altinn_auth::decision::{AccessRequest, Authorizer, Policies, Registers, Right};
use altinn_auth::delegation::{
    AccessManagement, DelegationEntry, DelegationError, Offer, Period, Receiver, StoredAccessPackages,
    StoredDelegations, What,
};
use altinn_auth::register::{MIGRATIONS, RegisterKey, RoleAssignment, StoredRegister};
use altinn_core::store::{Batch, Store};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, Party, RandomIds, ServiceId, SteppableClock, Subject, SystemClock,
};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

pub(crate) const POLICY: &str = include_str!("../policies/bakery_licence.xml");
/// An access package, by which `ttd/wages` is read.
pub(crate) const BOOKS: &str = "regnskapsforer-lonn";

/// Kari leads the bakery, Nina the firm that keeps its books, Tor another firm; Ola and Per are nobody's.
pub(crate) struct Giving {
    pub(crate) store: Store,
    pub(crate) register: Arc<StoredRegister>,
    pub(crate) policies: Arc<Policies>,
    pub(crate) clock: Arc<SteppableClock>,
    pub(crate) authorizer: Authorizer,
    pub(crate) access: AccessManagement,
    pub(crate) service: ServiceId,
    pub(crate) kari: Party,
    pub(crate) nina: Party,
    pub(crate) tor: Party,
    pub(crate) ola: Party,
    pub(crate) per: Party,
    pub(crate) bakery: Party,
    pub(crate) firm: Party,
    pub(crate) other: Party,
}

impl Giving {
    /// The parties in an empty store.
    pub(crate) async fn new(store: Store) -> Self {
        store.migrate(&[MIGRATIONS]).await.unwrap();
        let mut people = SyntheticPeople::from_seed(5);
        let [kari, nina, tor, ola, per] = [(); 5].map(|()| people.person());
        let [bakery, firm, other] = [(); 3].map(|()| people.organization());
        let giving = Self::on(store, [kari, nina, tor, ola, per], [bakery, firm, other]);
        let mut batch = Batch::new();
        let parties = [&giving.kari, &giving.nina, &giving.tor, &giving.ola, &giving.per];
        for party in parties.into_iter().chain([&giving.bakery, &giving.firm, &giving.other]) {
            giving.register.put_party(&mut batch, party).unwrap();
        }
        for (unit, leader) in
            [(&giving.bakery, &giving.kari), (&giving.firm, &giving.nina), (&giving.other, &giving.tor)]
        {
            giving.register.grant_role(&mut batch, &role("DAGL", unit, leader));
        }
        giving.store.commit(batch).await.unwrap();
        giving
    }

    /// The same parties on another node: another store over the same database.
    pub(crate) fn on_another_node(&self, store: Store) -> Self {
        let people = [&self.kari, &self.nina, &self.tor, &self.ola, &self.per].map(Clone::clone);
        Self::on(store, people, [&self.bakery, &self.firm, &self.other].map(Clone::clone))
    }

    fn on(store: Store, people: [Party; 5], units: [Party; 3]) -> Self {
        let now = altinn_core::Clock::now(&SystemClock).trunc_subsecs(6);
        let clock = Arc::new(SteppableClock::at(now));
        let register = StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32]));
        let register = Arc::new(register.with_clock(clock.clone()));
        let policies = Arc::new(Policies::new());
        let service: ServiceId = "ttd/bakery-licence".parse().unwrap();
        policies.put(service.clone(), POLICY).unwrap();
        policies.put("ttd/wages".parse().unwrap(), include_str!("../policies/by_package.xml")).unwrap();
        let delegations = StoredDelegations::new(store.clone(), register.clone(), clock.clone());
        let packages =
            StoredAccessPackages::new(store.clone(), register.clone(), register.clone(), clock.clone());
        let registers = Registers::new(register.clone(), register.clone())
            .with_delegations(Arc::new(delegations))
            .with_access_packages(Arc::new(packages));
        let authorizer = Authorizer::with_registers(policies.clone(), registers);
        let access = AccessManagement::new(store.clone(), authorizer.clone(), register.clone())
            .with_clock(clock.clone(), Arc::new(RandomIds));
        let ([kari, nina, tor, ola, per], [bakery, firm, other]) = (people, units);
        Self {
            store,
            register,
            policies,
            clock,
            authorizer,
            access,
            service,
            kari,
            nina,
            tor,
            ola,
            per,
            bakery,
            firm,
            other,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        altinn_core::Clock::now(&*self.clock)
    }

    /// From now on, for some minutes.
    pub(crate) fn minutes(&self, minutes: i64) -> Period {
        Period { from: self.now(), to: Some(self.now() + TimeDelta::minutes(minutes)) }
    }

    /// An action on the bakery's licence; signing is done in a task.
    pub(crate) fn right(&self, action: &str) -> Right {
        let right = Right::new(self.service.resource_id(), action);
        if action == "sign" { right.within("urn:altinn:task", "Task_2") } else { right }
    }

    /// What the bakery is to give somebody.
    pub(crate) fn offer(&self, to: &Party, action: &str) -> Offer {
        self.offer_to(Receiver::Party(to.id), action)
    }

    /// The same, to a system user too; `books` is the access package.
    pub(crate) fn offer_to(&self, to: Receiver, action: &str) -> Offer {
        let what = match action {
            "books" => What::Package(BOOKS.to_owned()),
            _ => What::Right(self.right(action)),
        };
        Offer::new(self.bakery.id, to, what)
    }

    pub(crate) async fn give(
        &self,
        by: &Party,
        to: &Party,
        action: &str,
    ) -> Result<DelegationEntry, DelegationError> {
        self.access.delegate(&person(by), &self.offer(to, action)).await
    }

    /// An action for the bakery; `books` is reading its wages.
    pub(crate) fn request(&self, action: &str) -> AccessRequest {
        if action == "books" {
            return AccessRequest::new("read", "ttd/wages".parse().unwrap(), self.bakery.id);
        }
        let request = AccessRequest::new(action, self.service.clone(), self.bakery.id);
        if action == "sign" { request.in_task("Task_2") } else { request }
    }

    pub(crate) async fn may(&self, who: &Party, action: &str) -> bool {
        self.authorizer.decide(&person(who), &self.request(action)).await.is_ok()
    }

    pub(crate) async fn assign(&self, assignment: &RoleAssignment, given: bool) {
        let mut batch = Batch::new();
        if given {
            self.register.grant_role(&mut batch, assignment);
        } else {
            self.register.revoke_role(&mut batch, assignment);
        }
        self.store.commit(batch).await.unwrap();
    }
}

pub(crate) fn role(code: &str, of: &Party, to: &Party) -> RoleAssignment {
    RoleAssignment { role: code.parse().unwrap(), of: of.id, to: to.id }
}

pub(crate) fn person(party: &Party) -> Actor {
    let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
    Actor::new(subject, AuthenticationLevel::VerySensitive)
}
