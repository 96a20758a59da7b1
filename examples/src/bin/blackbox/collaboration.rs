//! `collaboration.…`: several services as one case, from its opening to its end.

use std::path::PathBuf;
use std::sync::Arc;

use altinn_auth::register::RoleAssignment;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{
    Actor, AuthenticationLevel, OrganizationNumber, Party, PartyId, PartyIdentifier, Subject,
    SyntheticNumbers,
};
use altinn_services::collaboration::{
    Address, CaseId, CollaborationError, CollaborationService, CorrespondenceMember, Members, NewCase,
    NewCaseEvent, NewTransmission,
};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::answer::Failure;
use crate::world::World;

/// How far the ids of these synthetic parties are from those of others.
const FIRST_PARTY: i64 = 5_000_000;

/// How many jobs one call of `collaboration.run` takes up at once.
const AT_ONCE: u32 = 20;

/// A collaboration, its agency, and those who take part: role, party and who acts for it.
pub(crate) struct Together {
    service: CollaborationService,
    agency: Actor,
    participants: Vec<(String, PartyId, Actor)>,
    stranger: (PartyId, Actor),
}

#[derive(Deserialize)]
pub(crate) struct Load {
    /// The collaboration's folder.
    folder: PathBuf,
    /// The folder of a correspondence service that takes part, and the member that it is.
    message: Option<(String, PathBuf)>,
}

#[derive(Deserialize)]
pub(crate) struct Open {
    service: String,
    key: Option<String>,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct Raise {
    service: String,
    case: CaseId,
    event: String,
    /// The sender's id of the event: the same again is the same event.
    key: String,
    /// Who raises it: a participant by role, or the agency if it is left out.
    by: Option<String>,
    #[serde(default)]
    data: Map<String, Value>,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct Run {
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct Of {
    service: String,
    case: CaseId,
    /// Whether somebody asks who does not take part.
    #[serde(default)]
    stranger: bool,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct Transmit {
    service: String,
    case: CaseId,
    /// The role of the participant that says it.
    by: String,
    /// The same again is the same transmission.
    key: String,
    title: String,
    body: String,
}

#[derive(Deserialize)]
pub(crate) struct Room {
    service: String,
    case: CaseId,
    /// The role of the participant that looks.
    by: String,
    /// The number of the last transmission that it has got.
    #[serde(default)]
    after: i64,
}

/// Publishes the collaboration of a folder, and puts a synthetic business with its leader into the register for every
/// role of it. The services that take part must be there already.
pub(crate) async fn load(world: &World, asked: Load) -> Result<Value, Failure> {
    let mut people = SyntheticPeople::from_seed(13);
    let mut members = Members::none();
    let sender = enrol(world, &mut people).await?;
    if let Some((member, folder)) = asked.message {
        let service = world.altinn.publish_correspondence(folder);
        let service = service.map_err(|error| Failure::new(error.code(), error))?;
        let by = agency(service.id().org(), Some(&sender.0));
        members = members.with(member, CorrespondenceMember::new(service, sender.0.id, by));
    }
    let service = world.altinn.publish_collaboration(&asked.folder, members);
    let service = service.map_err(|error| Failure::new(error.code(), error))?;
    let mut participants = Vec::new();
    for role in service.definition().participants().keys() {
        let (party, leader) = enrol(world, &mut people).await?;
        participants.push((role.clone(), party.id, leader));
    }
    let stranger = enrol(world, &mut people).await?;
    let (id, agency) = (service.id().to_string(), agency(service.id().org(), None));
    let shown: Map<String, Value> =
        participants.iter().map(|(role, party, _)| (role.clone(), json!(party))).collect();
    let together = Together { service, agency, participants, stranger: (stranger.0.id, stranger.1) };
    world.collaborations.lock().await.insert(id.clone(), Arc::new(together));
    Ok(json!({"service": id, "participants": shown}))
}

/// Opens a case of all who take part.
pub(crate) async fn open(world: &World, asked: Open) -> Result<Value, Failure> {
    let together = loaded(world, &asked.service).await?;
    let roles = together.participants.iter();
    let new = roles.fold(NewCase::new(), |new, (role, party, _)| new.with(role.as_str(), *party));
    let new = asked.key.into_iter().fold(new, NewCase::once);
    world.clock.show(asked.at);
    let opened = world.altinn.collaborations().open(&together.agency, &together.service, &new).await;
    world.clock.show(None);
    Ok(json!({"case": opened.map_err(refused)?}))
}

/// Raises an event of a case.
pub(crate) async fn raise(world: &World, asked: Raise) -> Result<Value, Failure> {
    let together = loaded(world, &asked.service).await?;
    let event = NewCaseEvent::new(asked.event, asked.key);
    let event = asked.data.into_iter().fold(event, |event, (field, value)| event.with(field, value));
    let collaborations = world.altinn.collaborations();
    world.clock.show(asked.at);
    let answer = match &asked.by {
        Some(role) => {
            let (party, actor) = together.participant(role)?;
            collaborations.raise(actor, &together.service, party, asked.case, &event).await
        }
        None => {
            let address = Address::Case(asked.case);
            let notified =
                collaborations.notify_event(&together.agency, &together.service, address, &event).await;
            let first = notified.map(|notified| notified.answers.into_iter().next());
            first.and_then(|answer| answer.ok_or(CollaborationError::NotFound))
        }
    };
    world.clock.show(None);
    Ok(json!({"answer": answer.map_err(refused)?}))
}

/// What workers do, until there is nothing to be done.
pub(crate) async fn run(world: &World, asked: Run) -> Result<Value, Failure> {
    world.clock.show(asked.at);
    let done = work(world).await;
    world.clock.show(None);
    Ok(json!({"done": done?}))
}

async fn work(world: &World) -> Result<u64, Failure> {
    let mut all = 0;
    loop {
        let sent = world.altinn.correspondences().run_due(AT_ONCE).await;
        let sent = u64::from(sent.map_err(|error| Failure::new(error.code(), error))?);
        let followed = world.altinn.collaborations().follow().await.map_err(refused)?;
        let done = world.altinn.collaborations().run_due(AT_ONCE).await.map_err(refused)?;
        if sent + followed + done == 0 {
            return Ok(all);
        }
        all += done;
    }
}

/// How a case stands, and what has happened in it, for the first who takes part.
pub(crate) async fn case(world: &World, asked: Of) -> Result<Value, Failure> {
    let together = loaded(world, &asked.service).await?;
    let (party, actor) = together.who(asked.stranger)?;
    let collaborations = world.altinn.collaborations();
    world.clock.show(asked.at);
    let case = collaborations.case(actor, &together.service, party, asked.case).await;
    let history = collaborations.history(actor, &together.service, party, asked.case).await;
    world.clock.show(None);
    let (case, history) = (case.map_err(refused)?, history.map_err(refused)?);
    let history: Vec<Value> = history
        .into_iter()
        .map(|entry| {
            json!({"happened": entry.happened, "changed": entry.answer.is_state_changed,
                "state": entry.answer.current_state_name})
        })
        .collect();
    Ok(json!({"state": case.stands.state, "closed": case.closed_at.is_some(), "history": history}))
}

/// A participant says something to the others.
pub(crate) async fn transmit(world: &World, asked: Transmit) -> Result<Value, Failure> {
    let together = loaded(world, &asked.service).await?;
    let (party, actor) = together.participant(&asked.by)?;
    let new = NewTransmission::new(asked.key, asked.title, asked.body);
    let collaborations = world.altinn.collaborations();
    let number = collaborations.transmit(actor, &together.service, party, asked.case, &new).await;
    Ok(json!({"number": number.map_err(refused)?}))
}

/// What was said in a case, how far each participant has seen it, and whose turn it is.
pub(crate) async fn room(world: &World, asked: Room) -> Result<Value, Failure> {
    let together = loaded(world, &asked.service).await?;
    let (party, actor) = together.participant(&asked.by)?;
    let (rooms, service, case) = (world.altinn.collaborations(), &together.service, asked.case);
    let said = rooms.transmissions(actor, service, party, case, asked.after).await.map_err(refused)?;
    let seen = rooms.seen(actor, service, party, case).await.map_err(refused)?;
    let turn = rooms.turn(actor, service, party, case).await.map_err(refused)?;
    let said = said.into_iter().map(
        |said| json!({"number": said.number, "party": said.party, "title": said.title, "body": said.body}),
    );
    let seen = seen.into_iter().map(|seen| json!({"party": seen.party, "number": seen.number}));
    Ok(json!({"said": said.collect::<Vec<_>>(), "seen": seen.collect::<Vec<_>>(), "turn": turn}))
}

/// What is still to be done in a case.
pub(crate) async fn pending(world: &World, asked: Of) -> Result<Value, Failure> {
    let together = loaded(world, &asked.service).await?;
    let pending =
        world.altinn.collaborations().pending(&together.agency, &together.service, asked.case).await;
    let pending: Vec<Value> = pending
        .map_err(refused)?
        .into_iter()
        .map(|work| {
            let is_given_up = work.is_given_up();
            json!({"what": work.what, "dueAt": work.due_at, "attempts": work.attempts, "problem": work.problem,
                "givenUp": is_given_up})
        })
        .collect();
    Ok(json!({"pending": pending}))
}

/// Has done what was given up in a case.
pub(crate) async fn redrive(world: &World, asked: Of) -> Result<Value, Failure> {
    let together = loaded(world, &asked.service).await?;
    world.clock.show(asked.at);
    let again = world.altinn.collaborations().redrive(&together.agency, &together.service, asked.case).await;
    world.clock.show(None);
    Ok(json!({"again": again.map_err(refused)?}))
}

impl Together {
    fn participant(&self, role: &str) -> Result<(PartyId, &Actor), Failure> {
        let found = self.participants.iter().find(|(known, ..)| known == role);
        let (_, party, actor) =
            found.ok_or_else(|| Failure::bad_command("`by` is no role of the collaboration"))?;
        Ok((*party, actor))
    }

    /// The owner of cases, or somebody who takes part in none.
    fn who(&self, stranger: bool) -> Result<(PartyId, &Actor), Failure> {
        if stranger {
            return Ok((self.stranger.0, &self.stranger.1));
        }
        self.participant(self.service.definition().owner())
    }
}

async fn loaded(world: &World, service: &str) -> Result<Arc<Together>, Failure> {
    let unknown = || Failure::new("COLLABORATION-UNKNOWN-SERVICE", "no such service has been loaded");
    world.collaborations.lock().await.get(service).cloned().ok_or_else(unknown)
}

/// An agency, as its token names it.
fn agency(org: &str, party: Option<&Party>) -> Actor {
    let number = party.and_then(|party| match &party.identifier {
        PartyIdentifier::Organization(number) => {
            OrganizationNumber::parse(&number.to_string(), SyntheticNumbers::Accepted).ok()
        }
        _ => None,
    });
    Actor::new(Subject::ServiceOwner { org: org.to_owned(), number }, AuthenticationLevel::VerySensitive)
}

/// A business and its leader.
async fn enrol(world: &World, people: &mut SyntheticPeople) -> Result<(Party, Actor), Failure> {
    let (mut business, mut leader) = (people.organization(), people.person());
    let mut batch = Batch::new();
    for party in [&mut business, &mut leader] {
        party.id = PartyId::new(party.id.get() + FIRST_PARTY);
        let put = world.altinn.register().put_party(&mut batch, party);
        put.map_err(|error| Failure::new(error.code(), error))?;
    }
    let role = "DAGL".parse().map_err(|error| Failure::new("BLACKBOX-NOBODY-MAY", format!("{error:?}")))?;
    world.altinn.register().grant_role(&mut batch, &RoleAssignment { role, of: business.id, to: leader.id });
    world.altinn.store().commit(batch).await.map_err(|error| Failure::new(error.code(), error))?;
    let subject = Subject::Person { party: leader.id, uuid: leader.uuid, number: None };
    Ok((business, Actor::new(subject, AuthenticationLevel::VerySensitive)))
}

fn refused(error: CollaborationError) -> Failure {
    Failure::new(error.code(), error)
}
