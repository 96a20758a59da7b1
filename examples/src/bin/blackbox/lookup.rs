//! `lookup.…`: somebody who may reads what a register holds, and the trail says that they did.

use std::path::PathBuf;
use std::sync::Arc;

use altinn_auth::register::RoleAssignment;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, PartyId, Subject};
use altinn_services::lookup::{
    Lookup, LookupContext, LookupError, LookupFailure, LookupRequest, LookupService,
};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::answer::Failure;
use crate::world::World;

/// How far the ids of these synthetic parties are from those of others.
const FIRST_PARTY: i64 = 4_000_000;

/// A lookup service, and the synthetic people who use it.
pub(crate) struct Look {
    service: LookupService,
    business: PartyId,
    accountant: Actor,
    stranger: Actor,
}

/// A register of what it was given.
#[derive(Debug)]
struct Given {
    /// By which field of the query it is found.
    by: String,
    answers: Map<String, Value>,
}

#[async_trait]
impl Lookup for Given {
    async fn look_up(&self, query: &Value, _: &LookupContext<'_>) -> Result<Value, LookupFailure> {
        let key = query.get(&self.by).and_then(Value::as_str).unwrap_or_default();
        self.answers.get(key).cloned().ok_or(LookupFailure::NotFound)
    }
}

#[derive(Deserialize)]
pub(crate) struct Load {
    folder: PathBuf,
    /// By which field of the query the register finds its answers.
    by: String,
    /// What the register holds.
    register: Map<String, Value>,
}

#[derive(Deserialize)]
pub(crate) struct Ask {
    service: String,
    query: Value,
    purpose: Option<String>,
    key: Option<String>,
    /// At which level the accountant is logged in; 4 unless it is said.
    level: Option<u8>,
    /// Whether somebody asks who has nothing to do with the business.
    #[serde(default)]
    stranger: bool,
    at: Option<DateTime<Utc>>,
}

/// Publishes the service of a folder over a register, and puts a business and its accountant into ours.
pub(crate) async fn load(world: &World, asked: Load) -> Result<Value, Failure> {
    let register = Given { by: asked.by, answers: asked.register };
    let service = world.altinn.publish_lookup(&asked.folder, register);
    let service = service.map_err(|error| Failure::new(error.code(), error))?;
    let mut people = SyntheticPeople::from_seed(11);
    let mut parties = [people.organization(), people.person(), people.person()];
    let mut batch = Batch::new();
    for party in &mut parties {
        party.id = PartyId::new(party.id.get() + FIRST_PARTY);
        let put = world.altinn.register().put_party(&mut batch, party);
        put.map_err(|error| Failure::new(error.code(), error))?;
    }
    let [business, accountant, stranger] = parties;
    let role = "REGA".parse().map_err(|error| Failure::new("BLACKBOX-NOBODY-MAY", format!("{error:?}")))?;
    let assignment = RoleAssignment { role, of: business.id, to: accountant.id };
    world.altinn.register().grant_role(&mut batch, &assignment);
    world.altinn.store().commit(batch).await.map_err(|error| Failure::new(error.code(), error))?;
    let [accountant, stranger] = [accountant, stranger].map(|party| {
        let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
        Actor::new(subject, AuthenticationLevel::VerySensitive)
    });
    let (id, business) = (service.id().to_string(), business.id);
    let loaded = Arc::new(Look { service, business, accountant, stranger });
    world.lookups.lock().await.insert(id.clone(), loaded);
    Ok(json!({"service": id, "party": business}))
}

/// Asks the service on behalf of the business.
pub(crate) async fn ask(world: &World, asked: Ask) -> Result<Value, Failure> {
    let look = loaded(world, &asked.service).await?;
    let level = AuthenticationLevel::try_from(asked.level.unwrap_or(4))
        .map_err(|error| Failure::bad_command(format!("`level`: {error}")))?;
    let by = if asked.stranger { &look.stranger } else { &look.accountant };
    let actor = Actor::new(by.subject().clone(), level);
    let request = LookupRequest::new(asked.query);
    let request = asked.purpose.into_iter().fold(request, LookupRequest::because);
    let request = asked.key.into_iter().fold(request, LookupRequest::once);
    world.clock.show(asked.at);
    let given = world.altinn.lookups().ask(&actor, &look.service, look.business, &request).await;
    world.clock.show(None);
    let given = given.map_err(refused)?;
    Ok(json!({"lookup": given.id, "answer": given.answer, "entry": given.entry}))
}

/// What the business reads of who has looked, the latest first.
pub(crate) async fn trail(world: &World, asked: Trail) -> Result<Value, Failure> {
    let look = loaded(world, &asked.service).await?;
    let (mut before, mut entries) = (None, Vec::new());
    loop {
        let page = world.altinn.trail().of(&look.accountant, look.business, before).await;
        let page = page.map_err(|error| Failure::new(error.code(), error))?;
        let looked = page.entries.into_iter().filter(|entry| entry.element.is_some());
        entries.extend(looked.map(|entry| {
            json!({"at": entry.at, "actor": entry.actor, "element": entry.element, "purpose": entry.purpose})
        }));
        before = page.before;
        if before.is_none() {
            return Ok(json!({"entries": entries}));
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Trail {
    service: String,
}

async fn loaded(world: &World, service: &str) -> Result<Arc<Look>, Failure> {
    let unknown = || Failure::new("LOOKUP-UNKNOWN-SERVICE", "no such service has been loaded");
    world.lookups.lock().await.get(service).cloned().ok_or_else(unknown)
}

fn refused(error: LookupError) -> Failure {
    Failure::new(error.code(), error)
}
