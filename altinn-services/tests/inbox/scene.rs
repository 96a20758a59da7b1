//! The scene: every type of service, a bakery with two who lead it and an auditor, a person, and a stranger.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use altinn_auth::delegation::{Offer, Receiver, What};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, InstanceId, Language, Party, PartyIdentifier, SteppableClock, Subject,
    SyntheticNumbers,
};
use altinn_services::Altinn;
use altinn_services::broker::{BrokerService, NewTransfer, TransferId};
use altinn_services::correspondence::{CorrespondenceService, Message, NewCorrespondence, Recipient};
use altinn_services::form::{FormData, FormLimits};
use altinn_services::inbox::{InboxItem, InboxQuery};
use altinn_services::lookup::{Lookup, LookupContext, LookupFailure, LookupRequest, LookupService};
use altinn_services::submission::Service;
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::scene::counted::Statements;
use crate::scene::{builder_over, person, register, sample, stores};

pub(crate) struct Scene {
    pub(crate) altinn: Altinn,
    pub(crate) statements: Statements,
    pub(crate) clock: Arc<SteppableClock>,
    pub(crate) licence: Service,
    pub(crate) decisions: CorrespondenceService,
    pub(crate) accounts: BrokerService,
    pub(crate) lookup: LookupService,
    pub(crate) agency: Party,
    pub(crate) writer: Actor,
    pub(crate) bakery: Party,
    /// Leads the bakery.
    pub(crate) leader: Actor,
    /// Leads it as well.
    pub(crate) chair: Actor,
    /// Has a role for the bakery by which nothing may be read.
    pub(crate) auditor: Actor,
    /// Keeps its accounts: sends and receives files for it, asks for it, and reads no letters.
    pub(crate) accountant: Actor,
    /// A person with an inbox of her own, and nothing to do with the bakery.
    pub(crate) kari: (Party, Actor),
    pub(crate) stranger: (Party, Actor),
    _folder: TempDir,
}

#[derive(Debug)]
struct OneOrganization;

#[async_trait]
impl Lookup for OneOrganization {
    async fn look_up(&self, _: &Value, _: &LookupContext<'_>) -> Result<Value, LookupFailure> {
        Ok(
            json!({"organisasjonsnummer": "312345005", "navn": "BAKERIET AS", "organisasjonsform": {"kode": "AS"}}),
        )
    }
}

/// Runs a test on every back end, each time on an empty store.
pub(crate) async fn everywhere(claim: impl AsyncFn(Scene)) {
    for (store, folder) in stores().await {
        let (store, statements) = Statements::of(store);
        let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
        let altinn = builder_over(store, &folder).clock(clock.clone()).build().await.unwrap();
        claim(Scene::set(altinn, statements, clock, folder).await).await;
    }
}

impl Scene {
    async fn set(
        altinn: Altinn,
        statements: Statements,
        clock: Arc<SteppableClock>,
        folder: TempDir,
    ) -> Self {
        let apps = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/apps");
        let licence = altinn.publish_app(apps.join("bakery-licence")).unwrap();
        let decisions = altinn.publish_correspondence(sample("decisions")).unwrap();
        let accounts = altinn.publish_broker(sample("annual-accounts")).unwrap();
        let lookup = altinn.publish_lookup(sample("organization-lookup"), OneOrganization).unwrap();
        let mut people = SyntheticPeople::from_seed(41);
        let [agency, bakery] = [people.organization(), people.organization()];
        let [leader, chair, auditor, accountant, kari, stranger] = std::array::from_fn(|_| people.person());
        let all = [&agency, &bakery, &leader, &chair, &auditor, &accountant, &kari, &stranger];
        let roles = [("DAGL", &leader), ("LEDE", &chair), ("REVI", &auditor), ("REGA", &accountant)];
        let roles = roles.map(|(role, holder)| (role, &bakery, holder));
        register(&altinn, &all, &roles).await;
        let actor = |party: &Party| person(party, AuthenticationLevel::VerySensitive);
        let PartyIdentifier::Organization(number) = &agency.identifier else { panic!("an agency") };
        let number = Some(number.check(SyntheticNumbers::Accepted).unwrap());
        let writer = Subject::ServiceOwner { org: "mattilsynet".to_owned(), number };
        Self {
            writer: Actor::new(writer, AuthenticationLevel::Sensitive),
            leader: actor(&leader),
            chair: actor(&chair),
            auditor: actor(&auditor),
            accountant: actor(&accountant),
            kari: (kari.clone(), actor(&kari)),
            stranger: (stranger.clone(), actor(&stranger)),
            altinn,
            statements,
            clock,
            licence,
            decisions,
            accounts,
            lookup,
            agency,
            bakery,
            _folder: folder,
        }
    }

    pub(crate) fn tick(&self) {
        self.clock.step(Duration::from_secs(60));
    }

    /// A letter that is published to a party.
    pub(crate) async fn letter(&self, to: &Party, title: &str) -> InstanceId {
        self.tick();
        let number = match &to.identifier {
            PartyIdentifier::Person(number) => number.expose().to_owned(),
            PartyIdentifier::Organization(number) => number.to_string(),
            PartyIdentifier::SelfIdentified(_) => panic!("nobody writes to them"),
        };
        let to_whom = Recipient::parse(&number, SyntheticNumbers::Accepted).unwrap();
        let message =
            Message::new(Language::Nb, title, "Innvilget.").with(Language::En, "Decision", "Granted.");
        let letters = self.altinn.correspondences();
        let new = NewCorrespondence::new(title, to_whom, message);
        let sent = letters.send(&self.writer, &self.decisions, self.agency.id, &new).await.unwrap();
        while letters.run_due(100).await.unwrap() > 0 {}
        InstanceId::new(to.id, sent.recipients[0].id)
    }

    pub(crate) async fn draft(&self) -> InstanceId {
        self.tick();
        *self.altinn.submissions().start(&self.leader, &self.licence, self.bakery.id).await.unwrap().id()
    }

    pub(crate) async fn submit(&self, id: &InstanceId) {
        self.tick();
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/bakery-licence.json");
        let form = FormData::parse(&std::fs::read(file).unwrap(), FormLimits::default()).unwrap();
        self.altinn.submissions().save(&self.leader, id, "application", &form).await.unwrap();
        self.altinn.submissions().submit(&self.leader, id).await.unwrap();
    }

    /// A file that the bakery sends to its agency.
    pub(crate) async fn file(&self) -> TransferId {
        self.tick();
        let new = NewTransfer::new("regnskap.zip".parse().unwrap(), [self.agency.id]).with_size(3);
        let broker = self.altinn.broker();
        let id = broker.initialise(&self.leader, &self.accounts, self.bakery.id, &new).await.unwrap();
        let bytes = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"abc"))]);
        broker.upload((&self.leader, self.bakery.id), &self.accounts, id, 0, bytes).await.unwrap();
        id
    }

    pub(crate) async fn ask(&self) {
        self.tick();
        let request = LookupRequest::new(json!({"organisasjonsnummer": "312345005"})).because("a supplier");
        self.altinn.lookups().ask(&self.leader, &self.lookup, self.bakery.id, &request).await.unwrap();
    }

    /// The bakery lets somebody read one instance of its own; gives the delegations.
    pub(crate) async fn delegate(&self, id: &InstanceId, to: &Party) -> Vec<Uuid> {
        let access = self.altinn.access_management();
        let resource = self.licence.id().resource_id();
        let rights = access.check(&self.leader, self.bakery.id, &resource, Some(*id), None).await.unwrap();
        let mut given = Vec::new();
        for known in rights.into_iter().filter(|known| known.right.action == "read" && known.is_delegable) {
            let what = What::InstanceRight(known.right, *id);
            let offer = Offer::new(self.bakery.id, Receiver::Party(to.id), what);
            given.push(access.delegate(&self.leader, &offer).await.unwrap().id);
        }
        assert!(!given.is_empty());
        given
    }

    pub(crate) async fn list(&self, actor: &Actor, query: InboxQuery) -> Vec<InboxItem> {
        self.altinn.inbox().list(actor, &query).await.unwrap().items
    }

    /// The titles of a list.
    pub(crate) async fn titles(&self, actor: &Actor, query: InboxQuery) -> Vec<String> {
        let items = self.list(actor, query).await;
        items.iter().map(|item| item.title.in_language(Language::Nb).to_owned()).collect()
    }
}
