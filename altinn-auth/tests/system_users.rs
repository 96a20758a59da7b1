//! Vendors register systems and ask for system users; customers answer; what they gave decides, and is taken back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use std::sync::Arc;
use std::time::Duration;

use altinn_auth::decision::{AccessRequest, Authorizer, Registers};
use altinn_auth::delegation::{
    AccessManagement, AccessPackage, PackageCatalogue, StoredAccessPackages, StoredDelegations,
};
use altinn_auth::system_user::{
    NewChange, NewRequest, NewSystem, Powers, REQUEST_WRITE, RequestStatus, SYSTEM_REGISTER_WRITE,
    SystemUser, SystemUserError, SystemUsers,
};
use altinn_auth::trail::{Trail, TrailReader};
use altinn_core::store::{Batch, fresh};
use altinn_core::{
    Actor, AuthenticationLevel, Language, OrganizationNumber, Party, PartyIdentifier, RandomIds, ServiceId,
    Subject, SyntheticNumbers, Text,
};
use giving::{Giving, person, role};

mod giving;

const BOOKS: &str = "regnskapsforer-lonn";
const PACKAGE_POLICY: &str = include_str!("policies/by_package.xml");

/// The bakery's world with a vendor: the organization `other`, whose system does the books.
struct Scene {
    giving: Giving,
    authorizer: Authorizer,
    trail: Trail,
    users: SystemUsers,
    vendor: Actor,
    system: String,
}

fn number(party: &Party) -> OrganizationNumber {
    let PartyIdentifier::Organization(number) = &party.identifier else { unreachable!() };
    number.check(SyntheticNumbers::Accepted).unwrap()
}

fn by_package() -> ServiceId {
    "ttd/wages".parse().unwrap()
}

impl Scene {
    async fn everywhere() -> Vec<Self> {
        let mut all = Vec::new();
        for (_, store) in fresh::all().await.unwrap() {
            let giving = Giving::new(store.clone()).await;
            let (register, clock) = (giving.register.clone(), giving.clock.clone());
            giving.policies.put(by_package(), PACKAGE_POLICY).unwrap();
            let mut batch = Batch::new();
            let package = AccessPackage {
                name: BOOKS.to_owned(),
                area: "skatt".to_owned(),
                is_delegable: true,
                roles: vec!["REGN".parse().unwrap()],
            };
            PackageCatalogue::new(store.clone()).put(&mut batch, &package);
            store.commit(batch).await.unwrap();
            let delegations = StoredDelegations::new(store.clone(), register.clone(), clock.clone());
            let packages =
                StoredAccessPackages::new(store.clone(), register.clone(), register.clone(), clock.clone());
            let registers = Registers::new(register.clone(), register.clone())
                .with_delegations(Arc::new(delegations))
                .with_access_packages(Arc::new(packages));
            let trail = Trail::with_clock(store.clone(), clock.clone(), Arc::new(RandomIds));
            let authorizer = Authorizer::with_registers(giving.policies.clone(), registers)
                .with_clock(clock.clone())
                .with_trail(trail.clone());
            let access = AccessManagement::new(store, authorizer.clone(), register)
                .with_clock(clock, Arc::new(RandomIds));
            let vendor = Subject::Organization { number: number(&giving.other), party: None };
            let vendor = Actor::new(vendor, AuthenticationLevel::Sensitive)
                .with_scopes([SYSTEM_REGISTER_WRITE, REQUEST_WRITE]);
            let system = format!("{}_books", number(&giving.other));
            all.push(Self { users: SystemUsers::new(access), giving, authorizer, trail, vendor, system });
        }
        all
    }

    fn new_system(&self) -> NewSystem {
        let powers = Powers {
            resources: [self.giving.service.resource_id()].into(),
            packages: [BOOKS.to_owned()].into(),
        };
        NewSystem::new(self.system.as_str(), Text::new(Language::Nb, "Bøkene"))
            .used_by(["client-1"])
            .asking_for(powers)
            .leading_to(["https://books.example/done"])
    }

    fn asked(&self) -> NewRequest {
        let powers = Powers::to_resources([self.giving.service.resource_id()]);
        NewRequest::new(self.system.as_str(), number(&self.giving.bakery).into(), powers)
    }

    /// A system user of the bakery's.
    async fn approved(&self) -> SystemUser {
        self.users.register_system(&self.vendor, &self.new_system()).await.unwrap();
        let request = self.users.ask(&self.vendor, &self.asked()).await.unwrap();
        self.users.approve(&person(&self.giving.kari), self.giving.bakery.id, request.id).await.unwrap()
    }

    /// Who comes with a token for a system user.
    fn as_user(&self, user: &SystemUser, owner: &Party) -> Actor {
        let (id, owner, system) = (user.id, number(owner), user.system.clone());
        Actor::new(Subject::SystemUser { id, owner, system }, AuthenticationLevel::Sensitive)
    }

    async fn may(&self, actor: &Actor, action: &str) -> bool {
        self.authorizer.decide(actor, &self.giving.request(action)).await.is_ok()
    }

    async fn trail(&self) -> Vec<String> {
        let reader = TrailReader::new(&self.trail, &self.authorizer);
        let page = reader.of(&person(&self.giving.kari), self.giving.bakery.id, None).await.unwrap();
        page.entries.into_iter().map(|entry| entry.action).collect()
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T, SystemUserError>) -> &'static str {
    outcome.unwrap_err().code()
}

#[tokio::test]
async fn a_system_is_registered_by_its_vendor_alone() {
    for scene in Scene::everywhere().await {
        let users = &scene.users;
        let registered = users.register_system(&scene.vendor, &scene.new_system()).await.unwrap();
        assert_eq!(registered.client_ids.iter().map(String::as_str).collect::<Vec<_>>(), ["client-1"]);
        assert_eq!(users.systems(None).await.unwrap()[0].id, scene.system);
        // Once more, under another's name, with another's client, without the scope.
        assert_eq!(
            code(users.register_system(&scene.vendor, &scene.new_system()).await),
            "AUTH-SYSTEM-USER-TAKEN"
        );
        let mut foreign = scene.new_system();
        foreign.id = format!("{}_x", number(&scene.giving.firm));
        assert_eq!(code(users.register_system(&scene.vendor, &foreign).await), "AUTH-SYSTEM-USER-INVALID");
        let mut same_client = scene.new_system();
        same_client.id = format!("{}_more", number(&scene.giving.other));
        assert_eq!(code(users.register_system(&scene.vendor, &same_client).await), "AUTH-SYSTEM-USER-TAKEN");
        assert!(users.system(&same_client.id).await.unwrap().is_none(), "nothing of it is there");
        let without = Actor::new(scene.vendor.subject().clone(), AuthenticationLevel::Sensitive);
        assert_eq!(
            code(users.register_system(&without, &same_client).await),
            "AUTH-SYSTEM-USER-NOT-A-VENDOR"
        );
        for url in ["http://books.example", "https://", "https://a b", "https://a#b"] {
            let wrong = scene.new_system().leading_to([url]);
            assert_eq!(
                code(users.update_system(&scene.vendor, &wrong).await),
                "AUTH-SYSTEM-USER-INVALID",
                "{url}"
            );
        }
        let other = Actor::new(
            Subject::Organization { number: number(&scene.giving.firm), party: None },
            AuthenticationLevel::Sensitive,
        );
        let other = other.with_scopes([SYSTEM_REGISTER_WRITE]);
        assert_eq!(code(users.delete_system(&other, &scene.system).await), "AUTH-SYSTEM-USER-NOT-FOUND");
        users.update_system(&scene.vendor, &scene.new_system().used_by(["client-2"])).await.unwrap();
        users.delete_system(&scene.vendor, &scene.system).await.unwrap();
        assert!(users.system(&scene.system).await.unwrap().is_none());
        let changes = users.system_changes(&scene.vendor, &scene.system).await.unwrap();
        let changes: Vec<_> = changes.iter().map(|change| change.what.as_str()).collect();
        assert_eq!(changes.len(), 3);
        assert!(["register", "update", "delete"].iter().all(|what| changes.contains(what)));
    }
}

#[tokio::test]
async fn an_approved_system_user_does_what_it_was_given_until_it_is_deleted() {
    for scene in Scene::everywhere().await {
        let (giving, users) = (&scene.giving, &scene.users);
        let user = scene.approved().await;
        let system = scene.as_user(&user, &giving.bakery);
        assert!(scene.may(&system, "read").await && scene.may(&system, "write").await);
        let for_the_firm = AccessRequest::new("read", giving.service.clone(), giving.firm.id);
        assert!(scene.authorizer.decide(&system, &for_the_firm).await.is_err());
        // Whoever issues tokens finds it by client, organization and reference.
        let owner = number(&giving.bakery).into();
        let found = users.by_external_id("client-1", owner, None).await.unwrap();
        assert_eq!(found.as_ref(), Some(&user));
        assert!(users.by_external_id("client-2", owner, None).await.unwrap().is_none());
        assert_eq!(code(users.ask(&scene.vendor, &scene.asked()).await), "AUTH-SYSTEM-USER-EXISTS");
        assert_eq!(code(users.delete_system(&scene.vendor, &scene.system).await), "AUTH-SYSTEM-USER-IN-USE");
        // Deleted between decision and commit, it is refused.
        let access = scene.authorizer.decide(&system, &giving.request("write")).await.unwrap();
        let kari = person(&giving.kari);
        assert!(users.delete(&person(&giving.per), giving.bakery.id, user.id).await.is_err());
        users.delete(&kari, giving.bakery.id, user.id).await.unwrap();
        users.delete(&kari, giving.bakery.id, user.id).await.unwrap();
        let mut batch = Batch::new();
        access.guard(&mut batch);
        assert!(giving.store.commit(batch).await.unwrap_err().is_conflict());
        assert!(!scene.may(&system, "read").await);
        assert!(users.system_users(&kari, giving.bakery.id).await.unwrap().is_empty());
        assert!(users.by_external_id("client-1", owner, None).await.unwrap().is_none());
        let trail = scene.trail().await;
        for action in ["systemuser.request", "systemuser.approve", "delegate", "systemuser.delete", "revoke"]
        {
            assert!(trail.iter().any(|told| told == action), "{action}: {trail:?}");
        }
    }
}

#[tokio::test]
async fn a_request_is_answered_once_by_those_who_may_and_in_time() {
    for scene in Scene::everywhere().await {
        let (giving, users, bakery) = (&scene.giving, &scene.users, scene.giving.bakery.id);
        let (kari, per, ola) = (person(&giving.kari), person(&giving.per), person(&giving.ola));
        users.register_system(&scene.vendor, &scene.new_system()).await.unwrap();
        let request = users.ask(&scene.vendor, &scene.asked()).await.unwrap();
        assert_eq!(
            users.ask(&scene.vendor, &scene.asked()).await.unwrap().id,
            request.id,
            "the same once more"
        );
        // More than was registered.
        let more =
            NewRequest::new(scene.system.as_str(), number(&giving.firm).into(), Powers::of_packages(["x"]));
        assert_eq!(code(users.ask(&scene.vendor, &more).await), "AUTH-SYSTEM-USER-NOT-OF-SYSTEM");
        let elsewhere = scene.asked().referred_to_as("2").leading_to("https://evil.example");
        assert_eq!(code(users.ask(&scene.vendor, &elsewhere).await), "AUTH-SYSTEM-USER-NOT-OF-SYSTEM");
        // A stranger sees nothing; who has a role sees it and escalates it; who manages access answers.
        assert_eq!(code(users.approve(&per, bakery, request.id).await), "AUTH-SYSTEM-USER-NOT-FOUND");
        giving.assign(&role("UTINN", &giving.bakery, &giving.ola), true).await;
        assert_eq!(users.requests_to(&ola, bakery).await.unwrap().len(), 1);
        assert_eq!(code(users.approve(&ola, bakery, request.id).await), "AUTH-DELEGATION-NOT-ACCESS-MANAGER");
        users.escalate(&ola, bakery, request.id).await.unwrap();
        assert!(users.requests_to(&kari, bakery).await.unwrap()[0].escalated_at.is_some());
        users.reject(&kari, bakery, request.id).await.unwrap();
        assert_eq!(code(users.approve(&kari, bakery, request.id).await), "AUTH-SYSTEM-USER-SETTLED");
        let stands = users.request(&scene.vendor, request.id).await.unwrap().status;
        assert_eq!(stands, RequestStatus::Rejected);
        // One that nobody answers is over after ten days, and can be made anew.
        let second = users.ask(&scene.vendor, &scene.asked()).await.unwrap();
        giving.clock.step(Duration::from_secs(10 * 24 * 3600));
        assert_eq!(users.request(&scene.vendor, second.id).await.unwrap().status, RequestStatus::Timedout);
        assert_eq!(code(users.approve(&kari, bakery, second.id).await), "AUTH-SYSTEM-USER-SETTLED");
        let third = users.ask(&scene.vendor, &scene.asked()).await.unwrap();
        assert_ne!(third.id, second.id);
        users.delete_system(&scene.vendor, &scene.system).await.unwrap();
        assert_eq!(code(users.reject(&kari, bakery, third.id).await), "AUTH-SYSTEM-USER-SETTLED");
        assert!(users.requests_to(&kari, bakery).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_change_is_asked_for_and_approved_like_a_request() {
    for scene in Scene::everywhere().await {
        let (giving, users, kari) = (&scene.giving, &scene.users, person(&scene.giving.kari));
        let user = scene.approved().await;
        let system = scene.as_user(&user, &giving.bakery);
        let wages = AccessRequest::new("read", by_package(), giving.bakery.id);
        assert!(scene.authorizer.decide(&system, &wages).await.is_err());
        let new = NewChange::new(
            Powers::of_packages([BOOKS]),
            Powers::to_resources([giving.service.resource_id()]),
        );
        let change = users.ask_for_change(&scene.vendor, user.id, &new).await.unwrap();
        assert_eq!(users.ask_for_change(&scene.vendor, user.id, &new).await.unwrap().id, change.id);
        let changed = users.approve(&kari, giving.bakery.id, change.id).await.unwrap();
        assert_eq!((changed.id, changed.powers), (user.id, Powers::of_packages([BOOKS])));
        assert!(!scene.may(&system, "read").await);
        assert!(scene.authorizer.decide(&system, &wages).await.is_ok());
    }
}

#[tokio::test]
async fn an_agent_acts_for_the_clients_that_it_was_given() {
    for scene in Scene::everywhere().await {
        let (giving, users, nina) = (&scene.giving, &scene.users, person(&scene.giving.nina));
        let (firm, bakery) = (giving.firm.id, giving.bakery.id);
        users.register_system(&scene.vendor, &scene.new_system()).await.unwrap();
        let asked =
            NewRequest::new(scene.system.as_str(), number(&giving.firm).into(), Powers::of_packages([BOOKS]));
        let request = users.ask(&scene.vendor, &asked.for_agent()).await.unwrap();
        let agent = users.approve(&nina, firm, request.id).await.unwrap();
        let system = scene.as_user(&agent, &giving.firm);
        let wages = AccessRequest::new("read", by_package(), bakery);
        assert!(scene.authorizer.decide(&system, &wages).await.is_err(), "it has no client");
        assert!(users.add_client(&nina, firm, agent.id, bakery).await.is_err(), "the bakery is no client");
        giving.assign(&role("REGN", &giving.bakery, &giving.firm), true).await;
        assert!(users.add_client(&person(&giving.kari), firm, agent.id, bakery).await.is_err());
        users.add_client(&nina, firm, agent.id, bakery).await.unwrap();
        assert_eq!(users.clients(&nina, firm, agent.id).await.unwrap(), [bakery]);
        assert!(scene.authorizer.decide(&system, &wages).await.is_ok());
        users.remove_client(&nina, firm, agent.id, bakery).await.unwrap();
        assert!(scene.authorizer.decide(&system, &wages).await.is_err());
        // What it is to have no longer, no client gives it any more.
        users.add_client(&nina, firm, agent.id, bakery).await.unwrap();
        let less = NewChange::new(Powers::default(), Powers::of_packages([BOOKS]));
        let change = users.ask_for_change(&scene.vendor, agent.id, &less).await.unwrap();
        assert!(users.approve(&nina, firm, change.id).await.unwrap().powers.is_empty());
        assert!(scene.authorizer.decide(&system, &wages).await.is_err());
        assert!(users.clients(&nina, firm, agent.id).await.unwrap().is_empty());
        let more = NewChange::new(Powers::of_packages([BOOKS]), Powers::default());
        let change = users.ask_for_change(&scene.vendor, agent.id, &more).await.unwrap();
        users.approve(&nina, firm, change.id).await.unwrap();
        // It falls with the role that the firm holds for the client.
        users.add_client(&nina, firm, agent.id, bakery).await.unwrap();
        giving.assign(&role("REGN", &giving.bakery, &giving.firm), false).await;
        assert!(scene.authorizer.decide(&system, &wages).await.is_err());
        assert!(scene.trail().await.iter().any(|told| told == "systemuser.client.add"));
    }
}

#[tokio::test]
async fn who_was_given_anything_is_told_why_and_reads_no_trail() {
    for scene in Scene::everywhere().await {
        let giving = &scene.giving;
        let per = person(&giving.per);
        assert!(!scene.authorizer.represents(&per, giving.bakery.id).await.unwrap());
        let given = giving.give(&giving.kari, &giving.per, "read").await.unwrap();
        assert!(scene.authorizer.represents(&per, giving.bakery.id).await.unwrap());
        assert!(!scene.authorizer.represents(&per, giving.firm.id).await.unwrap());
        let reader = TrailReader::new(&scene.trail, &scene.authorizer);
        assert_eq!(reader.of(&per, giving.bakery.id, None).await.unwrap_err().code(), "AUTH-TRAIL-NOT-FOUND");
        giving.access.revoke(&person(&giving.kari), given.id).await.unwrap();
        assert!(!scene.authorizer.represents(&per, giving.bakery.id).await.unwrap());
        let user = scene.approved().await;
        let system = scene.as_user(&user, &giving.bakery);
        assert!(scene.authorizer.represents(&system, giving.bakery.id).await.unwrap());
    }
}
