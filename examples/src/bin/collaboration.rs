//! A collaboration: a bakery opens, over two agencies' services.
//!
//! `cargo run -p altinn-examples --bin collaboration` shows a case from its opening over the application (a submission of
//! one agency), an inspection that is late, and the decision (a correspondence of the other agency), with the answer to every event,
//! an event that comes again, a stranger who learns nothing, and a second case that its deadline closes. It ends by itself.

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, Clock as _, InstanceId, Language, Party, PartyIdentifier, SteppableClock,
    Subject, SystemClock,
};
use altinn_services::collaboration::{
    CaseId, CollaborationService, CorrespondenceMember, EventAnswer, Members, NewCase, NewCaseEvent,
};
use altinn_services::correspondence::CorrespondenceService;
use altinn_services::form::{FormData, FormLimits};
use altinn_services::testing::business_with_leader;
use altinn_services::{Altinn, AltinnBuilder};

const SERVICES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/services");
const APP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/apps/bakery-licence");
const FORM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/bakery-licence.json");

/// A party and whoever acts for it.
type Acting = (Party, Actor);

struct Scene {
    altinn: Altinn,
    clock: Arc<SteppableClock>,
    service: CollaborationService,
    decisions: CorrespondenceService,
    municipality: Actor,
    bakery: Acting,
    inspectorate: Acting,
    stranger: Acting,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let scene = Scene::set(folder.path()).await?;
    let id = scene.open().await?;
    scene.look(id).await?;
    scene.apply().await?;
    scene.look(id).await?;

    scene.days(14).await?;
    say("the inspection is late: the inspectorate is notified, and the deadline is set anew");
    let failed = inspected("visit-1", false, "no sink");
    let passed = inspected("visit-2", true, "spotless");
    told(&scene.raise(&scene.inspectorate, id, &failed).await?);
    told(&scene.raise(&scene.inspectorate, id, &passed).await?);
    told(&scene.raise(&scene.inspectorate, id, &passed).await?);
    told(&scene.raise(&scene.inspectorate, id, &inspected("visit-3", false, "too late")).await?);
    let refused = scene.raise(&scene.stranger, id, &passed).await;
    say(&format!("a stranger: {}", refused.err().map_or_else(String::new, |error| error.to_string())));
    scene.read_decision().await?;
    scene.look(id).await?;
    for (happened, state) in scene.history(id).await? {
        say(&format!("history: {happened} -> {state}"));
    }

    let second = scene.open().await?;
    scene.days(30).await?;
    scene.look(second).await?;
    Ok(())
}

impl Scene {
    async fn set(folder: &std::path::Path) -> Result<Self, Box<dyn Error>> {
        let clock = Arc::new(SteppableClock::at(SystemClock.now()));
        let altinn = AltinnBuilder::local(folder)?.clock(clock.clone()).build().await?;
        altinn.publish_app(APP)?;
        let decisions = altinn.publish_correspondence(format!("{SERVICES}/decisions"))?;
        let mut people = SyntheticPeople::from_seed(9);
        let bakery = business_with_leader(&altinn, &mut people).await?;
        let inspectorate = business_with_leader(&altinn, &mut people).await?;
        let stranger = business_with_leader(&altinn, &mut people).await?;
        let sender = agency("mattilsynet", Some(&inspectorate.0));
        let decision = CorrespondenceMember::new(decisions.clone(), inspectorate.0.id, sender);
        let members = Members::none().with("decision", decision);
        let service = altinn.publish_collaboration(format!("{SERVICES}/opening"), members)?;
        let municipality = agency("ttd", None);
        Ok(Self { altinn, clock, service, decisions, municipality, bakery, inspectorate, stranger })
    }

    async fn open(&self) -> Result<CaseId, Box<dyn Error>> {
        let new =
            NewCase::new().with("business", self.bakery.0.id).with("inspectorate", self.inspectorate.0.id);
        let id = self.altinn.collaborations().open(&self.municipality, &self.service, &new).await?;
        self.work().await?;
        Ok(id)
    }

    /// What workers do, until there is nothing to be done.
    async fn work(&self) -> Result<(), Box<dyn Error>> {
        let collaborations = self.altinn.collaborations();
        let mut done = 1;
        while done > 0 {
            let sent = self.altinn.correspondences().run_due(10).await?;
            done = collaborations.follow().await? + collaborations.run_due(10).await? + u64::from(sent);
        }
        Ok(())
    }

    async fn days(&self, days: u64) -> Result<(), Box<dyn Error>> {
        self.clock.step(Duration::from_secs(days * 24 * 3_600));
        self.work().await
    }

    /// The bakery finds its application, fills it in and sends it.
    async fn apply(&self) -> Result<(), Box<dyn Error>> {
        let form = FormData::parse(&std::fs::read(FORM)?, FormLimits::default())?;
        let events = self.altinn.events().read(0, 1_000).await?.events;
        let created = events.iter().filter(|event| event.event_type() == "app.instance.created");
        for event in created {
            let id: InstanceId = event.resource_instance().unwrap_or_default().parse()?;
            self.altinn.submissions().save(&self.bakery.1, &id, "application", &form).await?;
            self.altinn.submissions().submit(&self.bakery.1, &id).await?;
        }
        say("the bakery applies");
        self.work().await
    }

    async fn raise(
        &self,
        by: &Acting,
        id: CaseId,
        event: &NewCaseEvent,
    ) -> Result<EventAnswer, Box<dyn Error>> {
        let answer = self.altinn.collaborations().raise(&by.1, &self.service, by.0.id, id, event).await?;
        self.work().await?;
        Ok(answer)
    }

    /// The bakery reads the decision: an event that is too late to change anything.
    async fn read_decision(&self) -> Result<(), Box<dyn Error>> {
        let (bakery, party, correspondences) =
            (&self.bakery.1, self.bakery.0.id, self.altinn.correspondences());
        for overview in correspondences.list(bakery, &self.decisions, party, None, 10).await? {
            let Some(id) = overview.correspondence else { continue };
            let received = correspondences.read(bakery, &self.decisions, &id).await?;
            let title = received.content.message.title().in_language(Language::Nb);
            say(&format!("the bakery reads: {title}"));
        }
        self.work().await
    }

    async fn look(&self, id: CaseId) -> Result<(), Box<dyn Error>> {
        let (bakery, party) = (&self.bakery.1, self.bakery.0.id);
        let case = self.altinn.collaborations().case(bakery, &self.service, party, id).await?;
        let turn = self.altinn.collaborations().turn(bakery, &self.service, party, id).await?;
        let turn = match turn.as_slice() {
            [] => "nobody's",
            [whose] if *whose == party => "the bakery's",
            _ => "the inspectorate's",
        };
        say(&format!("the case is `{}`, and it is {turn} turn", case.stands.state));
        Ok(())
    }

    async fn history(&self, id: CaseId) -> Result<Vec<(String, String)>, Box<dyn Error>> {
        let (bakery, party) = (&self.bakery.1, self.bakery.0.id);
        let history = self.altinn.collaborations().history(bakery, &self.service, party, id).await?;
        Ok(history.into_iter().map(|entry| (entry.happened, entry.answer.current_state_name)).collect())
    }
}

fn inspected(id: &str, passed: bool, remark: &str) -> NewCaseEvent {
    NewCaseEvent::new("inspected", id).with("passed", passed).with("remark", remark)
}

/// Says what an event came to.
fn told(answer: &EventAnswer) {
    let condition = answer.condition_name.as_deref().unwrap_or("no condition");
    let why = answer.exception_detail.as_deref().unwrap_or("taken");
    say(&format!("inspected ({condition}): {why}, the case is `{}`", answer.current_state_name));
}

/// An agency, as its token names it.
fn agency(org: &str, party: Option<&Party>) -> Actor {
    let number = party.and_then(|party| match party.identifier {
        PartyIdentifier::Organization(number) => altinn_core::OrganizationNumber::parse(
            &number.to_string(),
            altinn_core::SyntheticNumbers::Accepted,
        )
        .ok(),
        _ => None,
    });
    Actor::new(Subject::ServiceOwner { org: org.to_owned(), number }, AuthenticationLevel::VerySensitive)
}

/// Says it to whoever still listens.
fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
