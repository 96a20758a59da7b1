//! The stage: a bakery that opens, an inspectorate, an agency, and a stranger.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use altinn_core::store::params;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, Digest, InstanceId, Party, SteppableClock, Subject};
use altinn_services::Altinn;
use altinn_services::collaboration::{
    Address, Begin, Case, CaseId, CollaborationError, CollaborationService, EventAnswer, Look, Member,
    MemberError, MemberEvent, Members, NewCase, NewCaseEvent, Progress,
};
use async_trait::async_trait;
use tempfile::TempDir;
use uuid::Uuid;

use crate::scene::{self, person, register, sample};

pub(crate) struct Stage {
    pub(crate) altinn: Altinn,
    pub(crate) clock: Arc<SteppableClock>,
    pub(crate) service: CollaborationService,
    pub(crate) agency: Actor,
    pub(crate) bakery: (Party, Actor),
    pub(crate) inspectorate: (Party, Actor),
    pub(crate) stranger: (Party, Actor),
    pub(crate) _folder: TempDir,
}

/// A member that makes one instance for a key, to which nothing happens.
#[derive(Debug)]
pub(crate) struct Silent;

#[async_trait]
impl Member for Silent {
    async fn begin(&self, begin: &Begin<'_>) -> Result<InstanceId, MemberError> {
        let mut id = [0; 16];
        id.copy_from_slice(&Digest::of(begin.key.as_bytes()).as_bytes()[..16]);
        Ok(InstanceId::new(begin.party, Uuid::from_bytes(id)))
    }

    async fn progress(&self, _: &Look<'_>) -> Result<Progress, MemberError> {
        Ok(Progress::new([MemberEvent::Instantiated]))
    }
}

pub(crate) fn members() -> Members {
    Members::none().with("decision", Silent)
}

pub(crate) async fn everywhere(claim: impl AsyncFn(Stage)) {
    for (builder, folder) in scene::builders().await {
        let clock = Arc::new(SteppableClock::at("2026-12-01T08:00:00Z".parse().unwrap()));
        let altinn = builder.clock(clock.clone()).build().await.unwrap();
        claim(Stage::set(altinn, clock, folder, members()).await).await;
    }
}

impl Stage {
    pub(crate) async fn set(
        altinn: Altinn,
        clock: Arc<SteppableClock>,
        folder: TempDir,
        members: Members,
    ) -> Self {
        let apps = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/apps");
        altinn.publish_app(apps.join("bakery-licence")).unwrap();
        let service = altinn.publish_collaboration(sample("opening"), members).unwrap();
        let mut people = SyntheticPeople::from_seed(31);
        let mut business = || (people.organization(), people.person());
        let businesses = [business(), business(), business()];
        for (business, leader) in &businesses {
            register(&altinn, &[business, leader], &[("DAGL", business, leader)]).await;
        }
        let [bakery, inspectorate, stranger] = businesses
            .map(|(business, leader)| (business, person(&leader, AuthenticationLevel::VerySensitive)));
        let agency = Subject::ServiceOwner { org: "ttd".to_owned(), number: None };
        let agency = Actor::new(agency, AuthenticationLevel::VerySensitive);
        Self { altinn, clock, service, agency, bakery, inspectorate, stranger, _folder: folder }
    }

    pub(crate) fn new_case(&self) -> NewCase {
        NewCase::new().with("business", self.bakery.0.id).with("inspectorate", self.inspectorate.0.id)
    }

    pub(crate) async fn opened(&self) -> CaseId {
        self.altinn.collaborations().open(&self.agency, &self.service, &self.new_case()).await.unwrap()
    }

    /// A case whose application has been started, sent in and taken in.
    pub(crate) async fn inspecting(&self) -> CaseId {
        let id = self.opened().await;
        self.work().await;
        self.apply().await;
        self.work().await;
        assert_eq!(self.case(id).await.stands.state, "inspecting");
        id
    }

    /// The bakery fills in and sends every application that it has.
    pub(crate) async fn apply(&self) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data/bakery-licence.json");
        let form = std::fs::read(file).unwrap();
        let limits = altinn_services::form::FormLimits::default();
        let form = altinn_services::form::FormData::parse(&form, limits).unwrap();
        let submissions = self.altinn.submissions();
        for id in self.instances().await {
            submissions.save(&self.bakery.1, &id, "application", &form).await.unwrap();
            submissions.submit(&self.bakery.1, &id).await.unwrap();
        }
    }

    pub(crate) async fn instances(&self) -> Vec<InstanceId> {
        let rows = self.altinn.store().query("select id from services_instance", params![]).await.unwrap();
        rows.iter().map(|row| InstanceId::new(self.bakery.0.id, row.get("id").unwrap())).collect()
    }

    /// What workers do, until there is nothing to be done.
    pub(crate) async fn work(&self) {
        let collaborations = self.altinn.collaborations();
        while collaborations.follow().await.unwrap() + collaborations.run_due(10).await.unwrap() > 0 {}
    }

    pub(crate) fn days(&self, days: u64) {
        self.clock.step(Duration::from_secs(days * 24 * 3_600));
    }

    pub(crate) async fn case(&self, id: CaseId) -> Case {
        let bakery = (&self.bakery.1, self.bakery.0.id);
        self.altinn.collaborations().case(bakery.0, &self.service, bakery.1, id).await.unwrap()
    }

    pub(crate) async fn notify(
        &self,
        id: CaseId,
        event: &NewCaseEvent,
    ) -> Result<EventAnswer, CollaborationError> {
        let collaborations = self.altinn.collaborations();
        let notified =
            collaborations.notify_event(&self.agency, &self.service, Address::Case(id), event).await?;
        Ok(notified.answers.into_iter().next().unwrap())
    }

    pub(crate) async fn raise(
        &self,
        by: &(Party, Actor),
        id: CaseId,
        event: &NewCaseEvent,
    ) -> Result<EventAnswer, CollaborationError> {
        self.altinn.collaborations().raise(&by.1, &self.service, by.0.id, id, event).await
    }

    /// What has happened in a case, and to which state it has led.
    pub(crate) async fn history(&self, id: CaseId) -> Vec<(String, String)> {
        let bakery = (&self.bakery.1, self.bakery.0.id);
        let history = self.altinn.collaborations().history(bakery.0, &self.service, bakery.1, id).await;
        history.unwrap().into_iter().map(|entry| (entry.happened, entry.answer.current_state_name)).collect()
    }

    pub(crate) async fn pending(&self, id: CaseId) -> Vec<String> {
        let pending = self.altinn.collaborations().pending(&self.agency, &self.service, id).await.unwrap();
        pending.into_iter().map(|work| work.what).collect()
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        let sql = format!("select count(*) as n from {table}");
        self.altinn.store().query_one(sql, params![]).await.unwrap().get("n").unwrap()
    }

    /// The types of the collaboration's events in the feed.
    pub(crate) async fn events(&self) -> Vec<String> {
        let page = self.altinn.events().read(0, 1_000).await.unwrap();
        let name = |event: &str| event.strip_prefix("no.altinn.collaboration.").map(ToOwned::to_owned);
        page.events.iter().filter_map(|event| name(event.event_type())).collect()
    }
}
