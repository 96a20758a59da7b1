//! Random histories of giving rights and access packages, passing on, taking back, roles for a time, system users that
//! come and go, and time that goes by, against a naive model: after every step each decision is the model's. A history that goes wrong is made as short as it can be.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

use altinn_auth::delegation::{AccessPackage, DelegationError, PackageCatalogue, Period, Receiver};
use altinn_auth::system_user::{
    NewRequest, NewSystem, Powers, REQUEST_WRITE, SYSTEM_REGISTER_WRITE, SystemUsers,
};
use altinn_core::store::{Batch, fresh};
use altinn_core::testing::report;
use altinn_core::{
    Actor, AuthenticationLevel, Language, OrganizationNumber, Party, PartyIdentifier, Subject,
    SyntheticNumbers, Text,
};
use chrono::{DateTime, TimeDelta, Utc};
use giving::{BOOKS, Giving, person, role};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use uuid::Uuid;

mod giving;

/// Rights, and an access package.
const ACTIONS: [&str; 4] = ["read", "write", "sign", "books"];
/// What the bakery's accountant may do by its role.
const OF_THE_ROLE: [&str; 3] = ["read", "write", "books"];
const MAX_CHAIN: usize = 3;

/// Who receives, and who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Firm,
    Other,
    Ola,
    Per,
    /// The system user that the bakery has at the time.
    System,
}

const RECEIVERS: [Who; 5] = [Who::Firm, Who::Other, Who::Ola, Who::Per, Who::System];

#[derive(Debug, Clone, PartialEq)]
enum Basis {
    Party,
    Role,
    Link(usize),
}

/// A delegation, as the model has it. Its number is its place.
#[derive(Debug, Clone)]
struct Link {
    id: Uuid,
    to: Who,
    action: &'static str,
    period: Period,
    basis: Basis,
    revoked: bool,
}

#[derive(Debug, Default)]
struct Model {
    links: Vec<Link>,
    /// Up to when the firm has its role.
    role_until: Option<DateTime<Utc>>,
}

impl Model {
    fn stands(&self, link: usize, at: DateTime<Utc>) -> bool {
        let link = &self.links[link];
        let in_time = !link.revoked && link.period.from <= at && link.period.to.is_none_or(|to| at < to);
        in_time
            && match link.basis {
                Basis::Party => true,
                Basis::Role => self.firm_has_role(at),
                Basis::Link(below) => self.stands(below, at),
            }
    }

    fn firm_has_role(&self, at: DateTime<Utc>) -> bool {
        self.role_until.is_some_and(|until| at < until)
    }

    /// Whether a delegation has been neither revoked nor is over, and yet has fallen with what it rests on.
    fn has_fallen(&self, link: usize, at: DateTime<Utc>) -> bool {
        let own = &self.links[link];
        !own.revoked && own.period.contains(at) && !self.stands(link, at)
    }

    /// Whether what a delegation rests on was given by its receiver.
    fn is_in_a_circle(&self, link: usize) -> bool {
        let (to, mut link) = (self.links[link].to, link);
        while let Basis::Link(below) = self.links[link].basis {
            if let Basis::Link(root) = self.links[below].basis
                && self.links[root].to == to
            {
                return true;
            }
            link = below;
        }
        false
    }

    fn depth(&self, link: usize) -> usize {
        match self.links[link].basis {
            Basis::Link(below) => 1 + self.depth(below),
            _ => 1,
        }
    }

    fn has(&self, who: Who, action: &str, at: DateTime<Utc>) -> bool {
        let by_role = who == Who::Firm && self.firm_has_role(at) && OF_THE_ROLE.contains(&action);
        by_role || self.held(who, action, at).next().is_some()
    }

    fn held<'a>(&'a self, who: Who, action: &'a str, at: DateTime<Utc>) -> impl Iterator<Item = usize> + 'a {
        let of_them = move |link: &usize| self.links[*link].to == who && self.links[*link].action == action;
        (0..self.links.len()).filter(of_them).filter(move |link| self.stands(*link, at))
    }

    /// By what an organization may pass something on for a period; none when it may not.
    fn basis(&self, by: Who, action: &str, period: Period, now: DateTime<Utc>) -> Option<Basis> {
        if by == Who::Firm && self.firm_has_role(now) && OF_THE_ROLE.contains(&action) {
            return Some(Basis::Role);
        }
        let lasts = |link: &usize| {
            let held = self.links[*link].period;
            held.from <= period.from.max(now)
                && held.to.is_none_or(|end| period.to.is_some_and(|to| to <= end))
        };
        let mut held = self.held(by, action, now);
        held.find(|link| lasts(link) && self.depth(*link) < MAX_CHAIN).map(Basis::Link)
    }

    /// Takes in what was given.
    fn give(&mut self, id: Uuid, to: Who, action: &'static str, period: Period, basis: Basis) {
        let same =
            |link: &&mut Link| !link.revoked && link.to == to && link.action == action && link.basis == basis;
        match self.links.iter_mut().find(same) {
            Some(link) => {
                assert_eq!(link.id, id, "the same is one delegation");
                link.period = period;
            }
            None => self.links.push(Link { id, to, action, period, basis, revoked: false }),
        }
    }
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.throw(of.len())]
    }
}

struct History {
    giving: Giving,
    users: SystemUsers,
    vendor: Actor,
    /// The bakery's system user, and how many it has had.
    system: Option<Uuid>,
    systems: usize,
    model: Model,
    dice: Dice,
    seen: Seen,
}

/// What happened, and how often.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    given: usize,
    refused: usize,
    beyond_the_period_held: usize,
    circles: usize,
    fallen_with_their_root: usize,
    packages: usize,
    to_system_users: usize,
    deleted_system_users: usize,
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.given += other.given;
        self.refused += other.refused;
        self.beyond_the_period_held += other.beyond_the_period_held;
        self.circles += other.circles;
        self.fallen_with_their_root += other.fallen_with_their_root;
        self.packages += other.packages;
        self.to_system_users += other.to_system_users;
        self.deleted_system_users += other.deleted_system_users;
    }

    fn gave(&mut self, to: Who, action: &str) {
        self.given += 1;
        self.packages += usize::from(action == "books");
        self.to_system_users += usize::from(to == Who::System);
    }
}

fn number(party: &Party) -> OrganizationNumber {
    let PartyIdentifier::Organization(number) = &party.identifier else { unreachable!() };
    number.check(SyntheticNumbers::Accepted).unwrap()
}

impl History {
    /// A bakery whose package and system are there, and nothing has been given.
    async fn begun(giving: Giving) -> Self {
        let mut batch = Batch::new();
        let package = AccessPackage {
            name: BOOKS.to_owned(),
            area: "skatt".to_owned(),
            is_delegable: true,
            roles: vec!["REGNA".parse().unwrap()],
        };
        PackageCatalogue::new(giving.store.clone()).put(&mut batch, &package);
        giving.store.commit(batch).await.unwrap();
        let users = SystemUsers::new(giving.access.clone());
        let vendor = Subject::Organization { number: number(&giving.other), party: None };
        let vendor = Actor::new(vendor, AuthenticationLevel::Sensitive)
            .with_scopes([SYSTEM_REGISTER_WRITE, REQUEST_WRITE]);
        let (model, dice, seen) = (Model::default(), Dice(1), Seen::default());
        let history = Self { giving, users, vendor, system: None, systems: 0, model, dice, seen };
        let new = NewSystem::new(history.system_id(), Text::new(Language::Nb, "Bøkene"));
        let new = new.asking_for(Powers::of_packages([BOOKS]));
        history.users.register_system(&history.vendor, &new).await.unwrap();
        history
    }

    fn system_id(&self) -> String {
        format!("{}_books", number(&self.giving.other))
    }

    /// Who is there to receive something.
    fn receiver(&mut self) -> (Who, Receiver) {
        let who = self.dice.one_of(&RECEIVERS);
        let giving = &self.giving;
        let party = match (who, self.system) {
            (Who::System, Some(id)) => return (who, Receiver::SystemUser(id)),
            (Who::Firm, _) => &giving.firm,
            (Who::Other, _) => &giving.other,
            (Who::Ola, _) => &giving.ola,
            (Who::Per | Who::System, _) => &giving.per,
        };
        (if who == Who::System { Who::Per } else { who }, Receiver::Party(party.id))
    }

    /// The organization that passes something on.
    fn organization(&self, who: Who) -> &Party {
        if who == Who::Firm { &self.giving.firm } else { &self.giving.other }
    }

    /// Who asks for a receiver: itself, or who leads the organization; nobody for a system user that there is not.
    fn asks_for(&self, who: Who) -> Option<Actor> {
        let giving = &self.giving;
        Some(match who {
            Who::Firm => person(&giving.nina),
            Who::Other => person(&giving.tor),
            Who::Ola => person(&giving.ola),
            Who::Per => person(&giving.per),
            Who::System => {
                let (owner, system) = (number(&giving.bakery), self.system_id());
                let subject = Subject::SystemUser { id: self.system?, owner, system };
                Actor::new(subject, AuthenticationLevel::VerySensitive)
            }
        })
    }

    /// The bakery gets a system user with the package, or deletes the one that it has.
    async fn system_user(&mut self) {
        let (kari, bakery) = (person(&self.giving.kari), self.giving.bakery.id);
        if let Some(id) = self.system.take() {
            self.users.delete(&kari, bakery, id).await.unwrap();
            self.model
                .links
                .iter_mut()
                .filter(|link| link.to == Who::System)
                .for_each(|link| link.revoked = true);
            self.seen.deleted_system_users += 1;
            return;
        }
        self.systems += 1;
        let asked = NewRequest::new(
            self.system_id(),
            number(&self.giving.bakery).into(),
            Powers::of_packages([BOOKS]),
        );
        let asked = asked.referred_to_as(self.systems.to_string());
        let request = self.users.ask(&self.vendor, &asked).await.unwrap();
        let user = self.users.approve(&kari, bakery, request.id).await.unwrap();
        let to = Receiver::SystemUser(user.id);
        let page = self.giving.access.given_to(&kari, bakery, Some(to), None).await.unwrap();
        let entry = &page.delegations[0].entry;
        self.model.give(entry.id, Who::System, "books", entry.period, Basis::Party);
        self.seen.gave(Who::System, "books");
        self.system = Some(user.id);
    }

    async fn step(&mut self) {
        match self.dice.throw(9) {
            0..=1 => self.give().await,
            2..=3 => self.pass_on().await,
            4 => self.revoke().await,
            5 => {
                let books = role("REGNA", &self.giving.bakery, &self.giving.firm);
                if self.model.firm_has_role(self.giving.now()) {
                    self.giving.assign(&books, false).await;
                    self.model.role_until = None;
                } else {
                    let period = self.giving.minutes(10 + self.dice.throw(60) as i64);
                    let mut batch = Batch::new();
                    self.giving.register.grant_role_during(&mut batch, &books, period);
                    self.giving.store.commit(batch).await.unwrap();
                    self.model.role_until = period.to;
                }
            }
            6 => self.system_user().await,
            _ => {
                let minutes = self.dice.throw(20) as u64;
                self.giving.clock.step(std::time::Duration::from_secs(60 * minutes));
            }
        }
    }

    fn period(&mut self) -> Period {
        let from = self.giving.now() + TimeDelta::minutes(self.dice.throw(3) as i64 * 5 - 5);
        let to = (self.dice.throw(4) > 0).then(|| from + TimeDelta::minutes(10 + self.dice.throw(60) as i64));
        Period { from, to }
    }

    async fn give(&mut self) {
        let ((to, receiver), action) = (self.receiver(), self.dice.one_of(&ACTIONS));
        let period = self.period();
        let offer = self.giving.offer_to(receiver, action).during(period);
        let entry = self.giving.access.delegate(&person(&self.giving.kari), &offer).await.unwrap();
        self.model.give(entry.id, to, action, entry.period, Basis::Party);
        self.seen.gave(to, action);
    }

    async fn pass_on(&mut self) {
        let by = self.dice.one_of(&[Who::Firm, Who::Other]);
        // Half of it goes to and fro between the two organizations, so that circles come about.
        let ((to, receiver), action) = if self.dice.throw(2) == 0 {
            let to = if by == Who::Firm { Who::Other } else { Who::Firm };
            ((to, Receiver::Party(self.organization(to).id)), "write")
        } else {
            (self.receiver(), self.dice.one_of(&ACTIONS))
        };
        let period = self.period();
        let offer = self.giving.offer_to(receiver, action).during(period);
        let offer = offer.acting_for(self.organization(by).id);
        let outcome = self.giving.access.delegate(&self.asks_for(by).unwrap(), &offer).await;
        match (outcome, self.model.basis(by, action, period, self.giving.now())) {
            (Ok(entry), Some(basis)) => {
                self.model.give(entry.id, to, action, entry.period, basis);
                self.seen.gave(to, action);
                let link = self.model.links.iter().position(|link| link.id == entry.id).unwrap();
                self.seen.circles += usize::from(self.model.is_in_a_circle(link));
            }
            (Err(DelegationError::BeyondPeriod { .. }), None) => {
                self.seen.refused += 1;
                self.seen.beyond_the_period_held += 1;
            }
            (Err(DelegationError::NotDelegable { .. } | DelegationError::ChainTooLong { .. }), None) => {
                self.seen.refused += 1;
            }
            (Err(DelegationError::ToItself), _) if by == to => self.seen.refused += 1,
            (outcome, expected) => {
                unreachable!("{by:?} gives {to:?} {action}: {outcome:?}, not {expected:?}")
            }
        }
    }

    async fn revoke(&mut self) {
        if self.model.links.is_empty() {
            return;
        }
        let link = self.dice.throw(self.model.links.len());
        let id = self.model.links[link].id;
        self.giving.access.revoke(&person(&self.giving.kari), id).await.unwrap();
        self.model.links[link].revoked = true;
    }

    async fn compare(&mut self) {
        let now = self.giving.now();
        let links = 0..self.model.links.len();
        self.seen.fallen_with_their_root += links.filter(|link| self.model.has_fallen(*link, now)).count();
        for who in RECEIVERS {
            let Some(asks) = self.asks_for(who) else { continue };
            for action in ACTIONS {
                let expected = self.model.has(who, action, self.giving.now());
                let found = self.giving.authorizer.decide(&asks, &self.giving.request(action)).await.is_ok();
                assert_eq!(found, expected, "{who:?} {action} at {}: {:#?}", self.giving.now(), self.model);
            }
        }
        let kari = person(&self.giving.kari);
        let page = self.giving.access.given(&kari, self.giving.bakery.id, None).await.unwrap();
        for listed in page.delegations {
            let link = self.model.links.iter().position(|link| link.id == listed.entry.id).unwrap();
            assert_eq!(listed.stands, self.model.stands(link, self.giving.now()));
        }
    }
}

/// One history, of which each step is a number that decides everything in it, on every back end.
async fn history(steps: &[u64]) -> Seen {
    let mut seen = Seen::default();
    for (_, store) in fresh::all().await.unwrap() {
        let giving = Giving::new(store).await;
        let access = giving.access.clone().with_max_chain(u32::try_from(MAX_CHAIN).unwrap());
        let giving = Giving { access, ..giving };
        let mut history = History::begun(giving).await;
        for step in steps {
            history.dice = Dice(step | 1);
            history.step().await;
            history.compare().await;
        }
        seen.add(history.seen);
    }
    seen
}

#[test]
fn every_decision_is_the_models() {
    let long = std::env::var_os("ALTINN_TEST_LONG").is_some();
    let (cases, steps) = if long { (60, 120) } else { (4, 60) };
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 100, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let all = std::cell::RefCell::new(Seen::default());
    let outcome = runner.run(&vec(any::<u64>(), steps), |steps| {
        all.borrow_mut().add(runtime.block_on(history(&steps)));
        Ok(())
    });
    outcome.unwrap();
    let seen = all.into_inner();
    report(format_args!("{cases} histories of {steps} steps on each back end: {seen:?}"));
    let happened = [
        seen.given,
        seen.refused,
        seen.beyond_the_period_held,
        seen.circles,
        seen.fallen_with_their_root,
        seen.packages,
        seen.to_system_users,
        seen.deleted_system_users,
    ];
    assert!(happened.iter().all(|times| *times > 0), "histories in which too little happens: {seen:?}");
}
