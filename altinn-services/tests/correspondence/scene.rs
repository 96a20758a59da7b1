//! The stage: an agency that writes, a bakery and its people, on every back end.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use altinn_auth::register::RoleAssignment;
use altinn_core::store::{Batch, Dialect, Store, fresh, params};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, InstanceId, Language, NationalIdentityNumber, Party, PartyIdentifier,
    Subject, SyntheticNumbers,
};
use altinn_core::{Clock, SteppableClock};
use altinn_notify::channel::{Capture, Channel, Message as Mail, Outcome};
use altinn_notify::contact::{ContactError, ContactRegister, PersonContact, StoredContacts};
use altinn_services::Altinn;
use altinn_services::correspondence::{
    CorrespondenceService, CorrespondenceStatus, Correspondences, Message, NewCorrespondence, Recipient, Sent,
};
use altinn_services::event::CloudEvent;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tempfile::TempDir;

pub(crate) struct Scene {
    pub(crate) altinn: Altinn,
    pub(crate) clock: Arc<SteppableClock>,
    pub(crate) mails: Mails,
    /// Whether the register of contacts does not answer.
    pub(crate) contacts_down: Arc<AtomicBool>,
    pub(crate) service: CorrespondenceService,
    /// Asks for no level, so that its letters may be forwarded.
    pub(crate) circulars: CorrespondenceService,
    pub(crate) people: SyntheticPeople,
    /// The agency, and who writes for it.
    pub(crate) agency: Party,
    pub(crate) writer: Actor,
    pub(crate) bakery: Party,
    /// Daily leader of the bakery.
    pub(crate) leader: Actor,
    /// Fills in for the bakery.
    pub(crate) baker: Actor,
    /// Has a role for the bakery that may not read.
    pub(crate) auditor: Actor,
    /// Somebody who gets letters as a person.
    pub(crate) kari: Party,
    /// Has nothing to do with anybody.
    pub(crate) stranger: Actor,
    folder: TempDir,
    store: Store,
}

/// A register of contacts that may be down.
#[derive(Debug)]
struct Contacts {
    known: StoredContacts,
    down: Arc<AtomicBool>,
}

#[async_trait]
impl ContactRegister for Contacts {
    async fn persons(
        &self,
        numbers: &[NationalIdentityNumber],
    ) -> Result<Vec<Option<PersonContact>>, ContactError> {
        if self.down.load(Ordering::SeqCst) {
            return Err(ContactError::NotInOrder { what: "nothing: it is down" });
        }
        self.known.persons(numbers).await
    }
}

/// The mails that went out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mails(Arc<Capture>);

#[async_trait]
impl Channel for Mails {
    async fn send(&self, message: &Mail) -> Outcome {
        self.0.send(message).await
    }
}

impl Mails {
    pub(crate) fn subjects(&self) -> Vec<String> {
        self.0.mails().iter().map(|mail| mail.subject.clone()).collect()
    }
}

/// Runs a test on every back end, each time on an empty store.
pub(crate) async fn everywhere(test: impl AsyncFn(Scene)) {
    for (_, store) in fresh::all().await.unwrap() {
        let folder = TempDir::new().unwrap();
        let store = match store.dialect() {
            Dialect::Sqlite => {
                Store::open(&format!("sqlite:{}", folder.path().join("t.db").display())).await.unwrap()
            }
            _ => store,
        };
        test(Scene::set(store, folder).await).await;
    }
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

pub(crate) fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 60 * 60)
}

pub(crate) fn after(days: i64) -> DateTime<Utc> {
    start() + chrono::TimeDelta::days(days)
}

pub(crate) fn person(party: &Party, level: AuthenticationLevel) -> Actor {
    Actor::new(Subject::Person { party: party.id, uuid: party.uuid, number: None }, level)
}

pub(crate) fn recipient(party: &Party) -> Recipient {
    let text = match &party.identifier {
        PartyIdentifier::Person(number) => number.expose().to_owned(),
        PartyIdentifier::Organization(number) => number.to_string(),
        PartyIdentifier::SelfIdentified(_) => panic!("nobody writes to them"),
    };
    Recipient::parse(&text, SyntheticNumbers::Accepted).unwrap()
}

pub(crate) fn message() -> Message {
    Message::new(Language::Nb, "Vedtak om løyve", "Søknaden er **innvilget**.")
        .with_summary(Language::Nb, "Om bakeriet ditt")
        .with(Language::Nn, "Vedtak om løyve", "Søknaden er **innvilga**.")
        .with(Language::En, "Decision", "The application is **granted**.")
}

impl Scene {
    async fn set(store: Store, folder: TempDir) -> Self {
        let clock = Arc::new(SteppableClock::at(start()));
        let mails = Mails::default();
        let contacts_down = Arc::new(AtomicBool::new(false));
        let altinn = build(&store, &folder, &clock, (mails.clone(), &contacts_down)).await;
        let (service, circulars) = (publish(&altinn, "decisions"), publish(&altinn, "circulars"));
        let mut people = SyntheticPeople::from_seed(21);
        let (agency, bakery) = (people.organization(), people.organization());
        let [leader, baker, auditor, kari, stranger] = std::array::from_fn(|_| people.person());
        let mut batch = Batch::new();
        for party in [&agency, &bakery, &leader, &baker, &auditor, &kari, &stranger] {
            altinn.register().put_party(&mut batch, party).unwrap();
        }
        for (role, holder) in [("DAGL", &leader), ("UTINN", &baker), ("REVI", &auditor)] {
            let role = role.parse().unwrap();
            altinn.register().grant_role(&mut batch, &RoleAssignment { role, of: bakery.id, to: holder.id });
        }
        altinn.store().commit(batch).await.unwrap();
        let PartyIdentifier::Organization(number) = &agency.identifier else { panic!("an organization") };
        let number = number.check(SyntheticNumbers::Accepted).ok();
        let owner = Subject::ServiceOwner { org: "mattilsynet".to_owned(), number };
        let [leader, baker, auditor, stranger] =
            [&leader, &baker, &auditor, &stranger].map(|party| person(party, AuthenticationLevel::Sensitive));
        Self {
            writer: Actor::new(owner, AuthenticationLevel::Sensitive),
            altinn,
            clock,
            mails,
            contacts_down,
            service,
            circulars,
            people,
            agency,
            bakery,
            leader,
            baker,
            auditor,
            kari,
            stranger,
            folder,
            store,
        }
    }

    /// Another node over the same store.
    pub(crate) async fn another_node(&self) -> Altinn {
        self.another_node_with(self.mails.clone()).await
    }

    /// Another node over the same store, which sends mail by another channel.
    pub(crate) async fn another_node_with(&self, channel: impl Channel + 'static) -> Altinn {
        build(&self.store, &self.folder, &self.clock, (channel, &self.contacts_down)).await
    }

    pub(crate) fn letters(&self) -> Correspondences<'_> {
        self.altinn.correspondences()
    }

    /// A letter to the bakery.
    pub(crate) fn letter(&self) -> NewCorrespondence {
        NewCorrespondence::new("2026/17", recipient(&self.bakery), message())
    }

    pub(crate) async fn send(&self, letter: &NewCorrespondence) -> Sent {
        self.letters().send(&self.writer, &self.service, self.agency.id, letter).await.unwrap()
    }

    /// Sends a letter to the bakery alone and publishes it; gives what its recipient calls it.
    pub(crate) async fn published(&self, letter: &NewCorrespondence) -> InstanceId {
        let sent = self.send(letter).await;
        self.run_due().await;
        sent.recipients[0].correspondence.unwrap()
    }

    pub(crate) async fn run_due(&self) {
        while self.letters().run_due(1_000).await.unwrap() > 0 {}
    }

    /// The statuses that a correspondence has been through, in order.
    pub(crate) async fn statuses(&self, id: &InstanceId) -> Vec<CorrespondenceStatus> {
        let details =
            self.letters().status(&self.writer, &self.service, self.agency.id, id.guid).await.unwrap();
        details.history.into_iter().map(|entry| entry.status).collect()
    }

    /// What the feed tells of a correspondence, in order.
    pub(crate) async fn told(&self, id: &InstanceId) -> Vec<String> {
        let mut all: Vec<CloudEvent> = Vec::new();
        let mut after = 0;
        loop {
            let page = self.altinn.events().read(after, 1_000).await.unwrap();
            if page.next == after {
                break;
            }
            (after, all) = (page.next, all.into_iter().chain(page.events).collect());
        }
        let of_it = all.iter().filter(|event| event.source().ends_with(&id.guid.to_string()));
        of_it
            .map(|event| event.event_type().trim_start_matches("no.altinn.correspondence.").to_owned())
            .collect()
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        let sql = format!("select count(*) as number from {table}");
        self.altinn.store().query_one(sql, params![]).await.unwrap().get("number").unwrap()
    }

    /// Puts what the contact register knows of somebody.
    pub(crate) async fn contact(&self, party: &Party, reserved: bool) {
        let PartyIdentifier::Person(number) = &party.identifier else { panic!("a person") };
        let number = number.check(SyntheticNumbers::Accepted).unwrap();
        let known = PersonContact::active().with_email("kari@example.com".parse().unwrap(), self.clock.now());
        let known = if reserved { known.reserved() } else { known };
        let mut batch = Batch::new();
        self.altinn.notifier().stored_contacts().put_person(&mut batch, &number, &known).unwrap();
        self.altinn.store().commit(batch).await.unwrap();
    }
}

async fn build(
    store: &Store,
    folder: &TempDir,
    clock: &Arc<SteppableClock>,
    (mails, contacts_down): (impl Channel + 'static, &Arc<AtomicBool>),
) -> Altinn {
    let down = Arc::clone(contacts_down);
    let builder = Altinn::over(store.clone()).objects_in(&folder.path().join("objects")).unwrap();
    builder
        .keys_in(&folder.path().join("keys"), true)
        .unwrap()
        .clock(Arc::clone(clock) as _)
        .email("noreply@example.com".parse().unwrap(), mails)
        .notifier(|notifier| notifier.with_sms_sender("Mattilsynet".parse().unwrap()))
        .notifier(|notifier| {
            let contacts = Contacts { known: notifier.stored_contacts(), down };
            notifier.with_person_register(Arc::new(contacts))
        })
        .build()
        .await
        .unwrap()
}

fn publish(altinn: &Altinn, name: &str) -> CorrespondenceService {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../examples/services").join(name);
    altinn.publish_correspondence(folder).unwrap()
}
