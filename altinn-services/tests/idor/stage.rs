//! The stage: a bakery with something of every type, its agencies, and three who have nothing to do with it.

use std::path::Path;
use std::sync::Arc;

use altinn_auth::decision::Right;
use altinn_auth::delegation::{AccessPackage, Offer, Receiver, What};
use altinn_auth::delegation_request::{NewDelegationRequest, RequestedAccess};
use altinn_auth::issuing::RotatingKeys;
use altinn_auth::register::{AccessListId, RoleAssignment};
use altinn_auth::system_user::{NewRequest, NewSystem, Powers, REQUEST_WRITE, SYSTEM_REGISTER_WRITE};
use altinn_auth::token::TokenSigner;
use altinn_core::http::Destinations;
use altinn_core::key::SigningKey;
use altinn_core::store::{Batch, params};
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, InstanceId, Language, Party, PartyId, PartyIdentifier, SteppableClock,
    Subject, SyntheticNumbers, Text, UncheckedOrganizationNumber,
};
use altinn_services::Altinn;
use altinn_services::broker::{BrokerService, NewTransfer};
use altinn_services::collaboration::{
    Begin, CollaborationService, Look, Member, MemberError, Members, NewCase, Progress,
};
use altinn_services::correspondence::{
    CorrespondenceService, Message, NewCorrespondence, NewSharedAttachment, Recipient,
};
use altinn_services::event::{EventFilter, WebhookKey};
use altinn_services::form::{FormData, FormLimits};
use altinn_services::link::{LinkRequest, LinkService, Onward};
use altinn_services::lookup::{Lookup, LookupContext, LookupFailure, LookupService};
use altinn_services::submission::{Attachment, FormOf, Service};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::operations::{Operation, monthly};
use crate::own_app::OwnApp;
use crate::scene::counted::Statements;
use crate::scene::{builder_over, person, register, sample, stores};

/// What the elements are of which an operation names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Instance,
    Correspondence,
    Mailing,
    Transfer,
    Case,
    Subscription,
    Delivery,
    /// A transfer that the bakery has received.
    Received,
    /// A correspondence, for whoever sent it.
    SentCorrespondence,
    /// A file of the instance.
    ScannedFile,
    /// A code of a link.
    Code,
    /// A file that can go with correspondences.
    SharedAttachment,
    /// A subscription that makes instances.
    MadeRegularly,
    /// A right that the bakery has given.
    Delegation,
    /// What a vendor asks the bakery for.
    SystemRequest,
    /// The same, for the vendor.
    VendorRequest,
    /// A system user of the bakery's.
    SystemUser,
    /// The same, for the vendor.
    VendorSystemUser,
    /// A system user that acts for the bakery's clients.
    Agent,
    /// The vendor's system.
    System,
    /// An access list of the agency's.
    AccessList,
    /// An instance with a form below its form.
    WithSubForm,
    /// What the bakery is asked to give.
    AccessAsked,
    /// What the bakery is about to ask for.
    AccessDraft,
}

/// An access package.
pub(crate) const BOOKS: &str = "books";

/// Somebody who has nothing to do with the bakery.
pub(crate) struct Attacker {
    pub(crate) name: &'static str,
    pub(crate) actor: Actor,
    /// A party of their own.
    pub(crate) party: PartyId,
}

pub(crate) struct Stage {
    pub(crate) altinn: Altinn,
    pub(crate) statements: Statements,
    pub(crate) licence: Service,
    /// A service that keeps no instances.
    pub(crate) calculator: Service,
    pub(crate) decisions: CorrespondenceService,
    pub(crate) accounts: BrokerService,
    pub(crate) lookup: LookupService,
    pub(crate) link: LinkService,
    pub(crate) opening: CollaborationService,
    /// A code of a link that was opened for the bakery.
    pub(crate) code: String,
    pub(crate) attackers: Vec<Attacker>,
    bakery: Party,
    leader: Actor,
    agency: Party,
    writer: Actor,
    elements: [Uuid; 24],
    /// The form below.
    pub(crate) stall: Uuid,
    /// Whose books the bakery keeps.
    pub(crate) client: PartyId,
    /// The vendor's system, of which the bakery has users.
    pub(crate) system: String,
    vendor: Actor,
    /// The agency of the submissions and of the collaboration.
    ttd: Actor,
    /// Whom a link leads to.
    target: Actor,
    _folder: TempDir,
}

#[derive(Debug)]
struct Nothing;

#[async_trait]
impl Lookup for Nothing {
    async fn look_up(&self, _: &Value, _: &LookupContext<'_>) -> Result<Value, LookupFailure> {
        Ok(
            json!({"organisasjonsnummer": "312345005", "navn": "BAKERIET AS", "organisasjonsform": {"kode": "AS"}}),
        )
    }
}

#[async_trait]
impl Member for Nothing {
    async fn begin(&self, begin: &Begin<'_>) -> Result<InstanceId, MemberError> {
        Ok(InstanceId::new(begin.party, Uuid::from_u128(1)))
    }

    async fn progress(&self, _: &Look<'_>) -> Result<Progress, MemberError> {
        Ok(Progress::new([]))
    }
}

/// Runs a test on every back end, each time on an empty store.
pub(crate) async fn everywhere(claim: impl AsyncFn(Stage)) {
    for (store, folder) in stores().await {
        let (store, statements) = Statements::of(store);
        let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
        let keys = RotatingKeys::new(TokenSigner::generate().unwrap());
        let webhooks = WebhookKey::new(SigningKey::generate().unwrap());
        let altinn = builder_over(store, &folder)
            .clock(clock)
            .hand_overs("https://portal.example.no", keys)
            .webhooks(webhooks, Destinations::configured())
            .build()
            .await
            .unwrap();
        claim(Stage::set(altinn, statements, folder).await).await;
    }
}

/// The scopes of a vendor of systems.
const VENDOR: [&str; 2] = [SYSTEM_REGISTER_WRITE, REQUEST_WRITE];

/// What the bakery has given, and to which systems.
struct Access {
    delegation: Uuid,
    request: Uuid,
    user: Uuid,
    agent: Uuid,
}

impl Access {
    async fn of(stage: &Stage) -> Self {
        let altinn = &stage.altinn;
        let mut batch = Batch::new();
        let package = AccessPackage {
            name: BOOKS.to_owned(),
            area: "economy".to_owned(),
            is_delegable: true,
            roles: vec!["REGN".parse().unwrap()],
        };
        altinn.access_packages().put(&mut batch, &package);
        let books = RoleAssignment { role: "REGN".parse().unwrap(), of: stage.client, to: stage.bakery.id };
        altinn.register().grant_role(&mut batch, &books);
        altinn.store().commit(batch).await.unwrap();
        let read = What::Right(Right::new(stage.licence.id().resource_id(), "read"));
        let offer = Offer::new(stage.bakery.id, Receiver::Party(stage.agency.id), read);
        let given = altinn.access_management().delegate(&stage.leader, &offer).await.unwrap();
        let users = altinn.system_users();
        let powers = Powers::of_packages([BOOKS]);
        let new = NewSystem::new(stage.system.as_str(), Text::new(Language::Nb, "Bøkene"));
        users.register_system(&stage.vendor, &new.asking_for(powers.clone())).await.unwrap();
        let asked = |reference: &str| {
            let new = NewRequest::new(stage.system.as_str(), stage.bakery_number(), powers.clone());
            new.referred_to_as(reference)
        };
        let user = users.ask(&stage.vendor, &asked("user")).await.unwrap();
        let user = users.approve(&stage.leader, stage.bakery.id, user.id).await.unwrap();
        let agent = users.ask(&stage.vendor, &asked("agent").for_agent()).await.unwrap();
        let agent = users.approve(&stage.leader, stage.bakery.id, agent.id).await.unwrap();
        users.add_client(&stage.leader, stage.bakery.id, agent.id, stage.client).await.unwrap();
        let request = users.ask(&stage.vendor, &asked("waiting")).await.unwrap();
        let list = AccessListId { owner: "ttd".to_owned(), name: "approved".to_owned() };
        let lists = altinn.access_lists();
        lists.put(&stage.ttd, &list, "Approved", "").await.unwrap();
        lists.add_members(&stage.ttd, &list, &[stage.bakery_number()]).await.unwrap();
        lists.connect(&stage.ttd, &list, &stage.licence.id().resource_id(), None).await.unwrap();
        Self { delegation: given.id, request: request.id, user: user.id, agent: agent.id }
    }
}

fn agency_of(org: &str, party: &Party) -> Actor {
    let PartyIdentifier::Organization(number) = &party.identifier else { panic!("an agency") };
    let number = Some(number.check(SyntheticNumbers::Accepted).unwrap());
    Actor::new(Subject::ServiceOwner { org: org.to_owned(), number }, AuthenticationLevel::VerySensitive)
}

impl Stage {
    async fn set(altinn: Altinn, statements: Statements, folder: TempDir) -> Self {
        let apps = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/apps");
        let licence = altinn.publish_app(apps.join("bakery-licence")).unwrap();
        let calculator = OwnApp::new("calculator").flow("Fill", "End");
        let calculator = calculator.metadata("onEntry", json!({"show": "front"})).publish_in(&altinn);
        let decisions = altinn.publish_correspondence(sample("decisions")).unwrap();
        let accounts = altinn.publish_broker(sample("annual-accounts")).unwrap();
        let lookup = altinn.publish_lookup(sample("organization-lookup"), Nothing).unwrap();
        let link = altinn.publish_link(sample("tax-card")).unwrap();
        let members = Members::none().with("decision", Nothing);
        let opening = altinn.publish_collaboration(sample("opening"), members).unwrap();
        let mut people = SyntheticPeople::from_seed(51);
        let [agency, bakery, inspectorate, mill, other] = std::array::from_fn(|_| people.organization());
        let [leader, miller] = std::array::from_fn(|_| people.person());
        let all = [&agency, &bakery, &inspectorate, &mill, &other, &leader, &miller];
        let roles = [(&bakery, &leader), (&inspectorate, &leader), (&mill, &miller)];
        register(&altinn, &all, &roles.map(|(of, to)| ("DAGL", of, to))).await;
        let actor = |party: &Party| person(party, AuthenticationLevel::VerySensitive);
        let PartyIdentifier::Organization(number) = &mill.identifier else { panic!("a business") };
        let number = number.check(SyntheticNumbers::Accepted).unwrap();
        let system = Subject::Organization { number, party: Some(mill.id) };
        let attackers = vec![
            Attacker { name: "a person", actor: actor(&miller), party: mill.id },
            Attacker {
                name: "a business",
                actor: Actor::new(system, AuthenticationLevel::VerySensitive).with_scopes(VENDOR),
                party: mill.id,
            },
            Attacker { name: "an agency", actor: agency_of("other", &other), party: other.id },
        ];
        let vendor = people.organization_number();
        let ttd = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
        let ttd = Actor::new(ttd, AuthenticationLevel::VerySensitive);
        let target = Subject::Organization { number: "991825827".parse().unwrap(), party: None };
        let writer = agency_of("mattilsynet", &agency);
        let mut stage = Self {
            leader: actor(&leader),
            altinn,
            statements,
            licence,
            calculator,
            decisions,
            accounts,
            lookup,
            link,
            opening,
            code: String::new(),
            attackers,
            bakery,
            agency,
            writer,
            elements: [Uuid::nil(); 24],
            stall: Uuid::nil(),
            client: inspectorate.id,
            system: format!("{vendor}_books"),
            vendor: Actor::new(
                Subject::Organization { number: vendor, party: None },
                AuthenticationLevel::VerySensitive,
            )
            .with_scopes(VENDOR),
            ttd,
            target: Actor::new(target, AuthenticationLevel::VerySensitive),
            _folder: folder,
        };
        stage.fill(&inspectorate).await;
        stage
    }

    async fn fill(&mut self, inspectorate: &Party) {
        let altinn = self.altinn.clone();
        let instance = altinn.submissions().start(&self.leader, &self.licence, self.bakery.id).await.unwrap();
        let PartyIdentifier::Organization(number) = &self.bakery.identifier else { panic!("a business") };
        let to = Recipient::parse(&number.to_string(), SyntheticNumbers::Accepted).unwrap();
        let message = Message::new(Language::Nb, "Vedtak", "Innvilget.");
        let new = NewCorrespondence::new("2026/17", to, message);
        let letters = altinn.correspondences();
        let sent = letters.send(&self.writer, &self.decisions, self.agency.id, &new).await.unwrap();
        while letters.run_due(100).await.unwrap() > 0 {}
        let file = NewTransfer::new("regnskap.zip".parse().unwrap(), [self.agency.id]).with_size(3);
        let broker = altinn.broker();
        let transfer = broker.initialise(&self.leader, &self.accounts, self.bakery.id, &file).await.unwrap();
        let case = NewCase::new().with("business", self.bakery.id).with("inspectorate", inspectorate.id);
        let case = altinn.collaborations().open(&self.ttd, &self.opening, &case).await.unwrap();
        let request = LinkRequest::new(Language::Nb).to("code");
        let Onward::Code(code) =
            altinn.links().open(&self.leader, &self.link, self.bakery.id, &request).await.unwrap()
        else {
            panic!("a code")
        };
        self.code = code.code().to_owned();
        let filter = EventFilter {
            resource_filter: Some("urn:altinn:resource:app_ttd_bakery-licence".to_owned()),
            ..EventFilter::default()
        };
        let webhooks = altinn.webhooks().unwrap();
        let subscription = webhooks
            .subscriptions()
            .subscribe("bakery", "https://bakery.example.no/events", filter)
            .await
            .unwrap();
        let mut dead = Batch::new();
        dead.execute("update services_delivery set state = 'dead'", params![]);
        altinn.store().commit(dead).await.unwrap();
        let delivery = altinn.store().query_one("select id from services_delivery", params![]).await.unwrap();
        let plan = Attachment {
            file_name: "plan.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            content: b"%PDF-1.7".to_vec(),
        };
        let plan =
            altinn.submissions().attach(&self.leader, instance.id(), "floor-plan", &plan).await.unwrap();
        let shared = NewSharedAttachment::new("plan.pdf");
        let shared = letters
            .initialize_attachment(&self.writer, &self.decisions, self.agency.id, &shared)
            .await
            .unwrap();
        let access = Access::of(self).await;
        self.elements = [
            instance.id().guid,
            sent.recipients[0].id,
            sent.mailing.id,
            transfer.as_uuid(),
            case.as_uuid(),
            subscription.id,
            delivery.get("id").unwrap(),
            self.received(inspectorate).await,
            sent.recipients[0].id,
            plan,
            Uuid::from_u128(2),
            shared,
            self.made_regularly().await,
            access.delegation,
            access.request,
            access.request,
            access.user,
            access.user,
            access.agent,
            Uuid::from_u128(3),
            Uuid::from_u128(4),
            self.with_sub_form().await,
            self.asked(self.bakery.id, self.leader.party().unwrap()).await,
            self.asked(self.leader.party().unwrap(), self.bakery.id).await,
        ];
    }

    /// A request for rights: sent to the bakery, or a draft of its own.
    async fn asked(&self, from: PartyId, to: PartyId) -> Uuid {
        let what = RequestedAccess::all_of(self.licence.id().resource_id());
        let new = NewDelegationRequest::new(from, to, what);
        let new = if to == self.bakery.id { new.as_draft() } else { new };
        self.altinn.delegation_requests().ask(&self.leader, &new).await.unwrap().id
    }

    /// The bakery's number.
    pub(crate) fn bakery_number(&self) -> UncheckedOrganizationNumber {
        let PartyIdentifier::Organization(number) = &self.bakery.identifier else { panic!("a business") };
        *number
    }

    /// An instance of the bakery's with a form below its form.
    async fn with_sub_form(&mut self) -> Uuid {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/apps/town-market");
        let (market, submissions) = (self.altinn.publish_app(folder).unwrap(), self.altinn.submissions());
        let instance = submissions.start(&self.leader, &market, self.bakery.id).await.unwrap();
        let stall = FormData::parse(b"{}", FormLimits::default()).unwrap();
        let saved =
            submissions.save(&self.leader, instance.id(), FormOf::New("stall"), &stall).await.unwrap();
        self.stall = saved.element.id();
        instance.id().guid
    }

    /// A subscription of the bakery's.
    async fn made_regularly(&self) -> Uuid {
        let subscriptions = self.altinn.submissions().subscriptions();
        let new = monthly("one");
        subscriptions.subscribe(&self.leader, &self.licence, self.bakery.id, &new).await.unwrap().id
    }

    /// A file that another business has sent to the bakery.
    async fn received(&self, sender: &Party) -> Uuid {
        let broker = self.altinn.broker();
        let file = NewTransfer::new("b.zip".parse().unwrap(), [self.bakery.id]).with_size(1);
        let id = broker.initialise(&self.leader, &self.accounts, sender.id, &file).await.unwrap();
        let bytes = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"b"))]);
        broker.upload((&self.leader, sender.id), &self.accounts, id, 0, bytes).await.unwrap();
        id.as_uuid()
    }

    /// The bakery's instance.
    pub(crate) fn instance(&self) -> InstanceId {
        InstanceId::new(self.bakery.id, self.elements[0])
    }

    /// A file of it.
    pub(crate) fn floor_plan(&self) -> Uuid {
        self.elements[Of::ScannedFile as usize]
    }

    /// Somebody's element, and whose it is.
    pub(crate) fn element(&self, of: Of) -> (PartyId, Uuid) {
        let is_sent = matches!(of, Of::Mailing | Of::SentCorrespondence | Of::SharedAttachment);
        (if is_sent { self.agency.id } else { self.bakery.id }, self.elements[of as usize])
    }

    /// Who may do an operation.
    pub(crate) fn owner(&self, operation: &Operation) -> &Actor {
        match operation.of {
            Of::Mailing | Of::SentCorrespondence | Of::SharedAttachment => &self.writer,
            Of::Code => &self.target,
            Of::System | Of::VendorRequest | Of::VendorSystemUser => &self.vendor,
            _ if operation.is_for_the_agency => &self.ttd,
            _ => &self.leader,
        }
    }
}
