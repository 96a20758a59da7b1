//! `link.…`: somebody who may is sent on to another solution, and the solution tells that it is so.

use std::path::PathBuf;
use std::sync::Arc;

use altinn_auth::hand_over::{HandOver, HandOverVerifier, StoredReplays};
use altinn_auth::register::RoleAssignment;
use altinn_auth::token::StaticKeys;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Actor, AuthenticationLevel, Language, PartyId, Subject, SyntheticNumbers};
use altinn_services::link::{LinkError, LinkRequest, LinkService, Onward};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::world::{HAND_OVERS, World};

/// How far the ids of these synthetic parties are from those of others.
const FIRST_PARTY: i64 = 3_000_000;

/// A link service, and the synthetic people who use it.
pub(crate) struct Link {
    service: LinkService,
    business: PartyId,
    leader: Actor,
    stranger: Actor,
}

#[derive(Deserialize)]
pub(crate) struct Load {
    folder: PathBuf,
}

#[derive(Deserialize)]
pub(crate) struct Open {
    service: String,
    target: Option<String>,
    language: Option<String>,
    /// At which level the leader is logged in; 4 unless it is said.
    level: Option<u8>,
    /// Whether somebody asks who has nothing to do with the business.
    #[serde(default)]
    stranger: bool,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct Redeem {
    code: String,
    /// The number of the organization whose system asks.
    organization: String,
    at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
pub(crate) struct Verify {
    token: String,
    /// What the target calls itself.
    audience: String,
    at: Option<DateTime<Utc>>,
}

/// Publishes the service of a folder, and puts a business and its leader into the register.
pub(crate) async fn load(world: &World, asked: Load) -> Result<Value, Failure> {
    let service = world.altinn.publish_link(&asked.folder);
    let service = service.map_err(|error| Failure::new(error.code(), error))?;
    let mut people = SyntheticPeople::from_seed(9);
    let mut parties = [people.organization(), people.person(), people.person()];
    let mut batch = Batch::new();
    for party in &mut parties {
        party.id = PartyId::new(party.id.get() + FIRST_PARTY);
        let put = world.altinn.register().put_party(&mut batch, party);
        put.map_err(|error| Failure::new(error.code(), error))?;
    }
    let [business, leader, stranger] = parties;
    let role = "DAGL".parse().map_err(|error| Failure::new("BLACKBOX-NOBODY-MAY", format!("{error:?}")))?;
    world.altinn.register().grant_role(&mut batch, &RoleAssignment { role, of: business.id, to: leader.id });
    world.altinn.store().commit(batch).await.map_err(|error| Failure::new(error.code(), error))?;
    let [leader, stranger] = [leader, stranger].map(|party| {
        let subject = Subject::Person { party: party.id, uuid: party.uuid, number: None };
        Actor::new(subject, AuthenticationLevel::VerySensitive)
    });
    let (id, business) = (service.id().to_string(), business.id);
    let targets: Vec<_> =
        service.targets().map(|(name, target)| json!({"name": name, "url": target.url().as_str()})).collect();
    world.links.lock().await.insert(id.clone(), Arc::new(Link { service, business, leader, stranger }));
    Ok(json!({"service": id, "party": business, "targets": targets}))
}

/// Sends the leader of the business on.
pub(crate) async fn open(world: &World, asked: Open) -> Result<Value, Failure> {
    let unknown = || Failure::new("LINK-UNKNOWN-SERVICE", "no such service has been loaded");
    let link = world.links.lock().await.get(&asked.service).cloned().ok_or_else(unknown)?;
    let language: Language = match &asked.language {
        Some(code) => code.parse().map_err(|error| Failure::bad_command(format!("`language`: {error}")))?,
        None => Language::Nb,
    };
    let level = AuthenticationLevel::try_from(asked.level.unwrap_or(4))
        .map_err(|error| Failure::bad_command(format!("`level`: {error}")))?;
    let by = if asked.stranger { &link.stranger } else { &link.leader };
    let actor = Actor::new(by.subject().clone(), level);
    let request = LinkRequest::new(language);
    let request = asked.target.into_iter().fold(request, LinkRequest::to);
    world.clock.show(asked.at);
    let onward = world.altinn.links().open(&actor, &link.service, link.business, &request).await;
    world.clock.show(None);
    Ok(match onward.map_err(refused)? {
        Onward::Form(form) => json!({"form": {"action": form.action(), "token": form.token()}}),
        Onward::Code(code) => json!({"location": code.location(), "code": code.code()}),
        _ => return Err(Failure::bad_command("a way that this program does not know")),
    })
}

/// Redeems a code for a target's organization.
pub(crate) async fn redeem(world: &World, asked: Redeem) -> Result<Value, Failure> {
    let number = altinn_core::OrganizationNumber::parse(&asked.organization, SyntheticNumbers::Accepted)
        .map_err(|error| Failure::bad_command(format!("`organization`: {error}")))?;
    let system = Actor::new(Subject::Organization { number, party: None }, AuthenticationLevel::Sensitive);
    world.clock.show(asked.at);
    let taken = world.altinn.links().redeem(&system, &asked.code).await;
    world.clock.show(None);
    Ok(shown(&taken.map_err(refused)?))
}

/// Takes a token as a target does.
pub(crate) async fn verify(world: &World, asked: Verify) -> Result<Value, Failure> {
    let jwks = world.altinn.hand_overs().map(|issuer| issuer.jwks().to_string()).unwrap_or_default();
    let keys = StaticKeys::from_jwks(jwks).map_err(|error| Failure::new(error.code(), error))?;
    let clock = Arc::clone(&world.clock);
    let replays = StoredReplays::new(world.altinn.store().clone(), Arc::clone(&clock) as _);
    let verifier =
        HandOverVerifier::new(HAND_OVERS, asked.audience, Arc::new(keys), Arc::new(replays), clock);
    world.clock.show(asked.at);
    let taken = verifier.verify(&asked.token).await;
    world.clock.show(None);
    Ok(shown(&taken.map_err(|error| Failure::new(error.code(), error))?))
}

fn shown(hand_over: &HandOver) -> Value {
    json!({"handOver": hand_over})
}

fn refused(error: LinkError) -> Failure {
    Failure::new(error.code(), error)
}
