//! A small world: a bakery, its leader, and a policy for its licence.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    reason = "not every test needs all of it; tests fail by panicking"
)]

use std::sync::Arc;

use altinn_auth::decision::{AccessError, AccessRequest, Authorizer, Denial, DenialReason, Policies};
use altinn_auth::register::{MIGRATIONS, RegisterKey, RoleAssignment, StoredRegister};
use altinn_core::store::{Batch, Store};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, Party, ServiceId, Subject};

pub(crate) const POLICY: &str = include_str!("../policies/bakery_licence.xml");

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) register: Arc<StoredRegister>,
    pub(crate) policies: Arc<Policies>,
    pub(crate) authorizer: Authorizer,
    pub(crate) service: ServiceId,
    pub(crate) kari: Party,
    pub(crate) ola: Party,
    pub(crate) bakery: Party,
}

impl World {
    /// Kari leads the bakery; Ola has nothing to do with it.
    pub(crate) async fn new() -> Self {
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.migrate(&[MIGRATIONS]).await.unwrap();
        let register = Arc::new(StoredRegister::new(store.clone(), RegisterKey::from_bytes(&[7; 32])));
        let policies = Arc::new(Policies::new());
        let service: ServiceId = "ttd/bakery-licence".parse().unwrap();
        policies.put(service.clone(), POLICY).unwrap();
        let authorizer = Authorizer::new(policies.clone(), register.clone(), register.clone());
        let mut people = SyntheticPeople::from_seed(1);
        let (kari, ola, bakery) = (people.person(), people.person(), people.organization());
        let mut batch = Batch::new();
        for party in [&kari, &ola, &bakery] {
            register.put_party(&mut batch, party).unwrap();
        }
        let world = Self { store, register, policies, authorizer, service, kari, ola, bakery };
        world.register.grant_role(&mut batch, &world.leader());
        world.store.commit(batch).await.unwrap();
        world
    }

    /// That Kari leads the bakery.
    pub(crate) fn leader(&self) -> RoleAssignment {
        RoleAssignment { role: "DAGL".parse().unwrap(), of: self.bakery.id, to: self.kari.id }
    }

    pub(crate) fn to(&self, action: &str) -> AccessRequest {
        AccessRequest::new(action, self.service.clone(), self.bakery.id)
    }

    pub(crate) async fn refusal(&self, actor: &Actor, request: &AccessRequest) -> Denial {
        match self.authorizer.decide(actor, request).await {
            Err(AccessError::Denied(denial)) => *denial,
            Ok(access) => panic!("permitted: {access:?}"),
        }
    }

    pub(crate) async fn reason(&self, actor: &Actor, request: &AccessRequest) -> DenialReason {
        self.refusal(actor, request).await.reason().clone()
    }
}

pub(crate) fn person(party: &Party) -> Actor {
    person_at(party, AuthenticationLevel::VerySensitive)
}

pub(crate) fn person_at(party: &Party, level: AuthenticationLevel) -> Actor {
    Actor::new(Subject::Person { party: party.id, uuid: party.uuid, number: None }, level)
}

pub(crate) fn service_owner(level: AuthenticationLevel) -> Actor {
    Actor::new(Subject::ServiceOwner { org: "ttd".to_owned(), number: None }, level)
}
