//! `authorize` and `authorize.who`.

use altinn_auth::decision::{AccessError, AccessRequest};
use altinn_auth::register::{PartyRegister, RegisterError, Role};
use altinn_core::{
    Actor, AuthenticationLevel, InstanceId, Language, PartyId, PartyIdentifier, PartyKind, ServiceId,
    Subject, SyntheticNumbers,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::Failure;
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authorize {
    actor: Who,
    #[serde(flatten)]
    what: What,
}

/// Who asks: one of the first three.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Who {
    /// The synthetic person of the service who holds this role.
    role: Option<Role>,
    /// A party of the register.
    party: Option<PartyId>,
    /// A service owner, by its short name.
    service_owner: Option<String>,
    /// The level of authentication; the highest if it is left out.
    level: Option<AuthenticationLevel>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct What {
    service: ServiceId,
    action: String,
    /// On whose behalf; the party that `app.load` gave, if it is left out.
    party: Option<PartyId>,
    instance: Option<InstanceId>,
    task: Option<String>,
    end_event: Option<String>,
    app_resource: Option<String>,
}

/// Decides, and says why in words and as data. A refusal is an answer, not an error.
pub(crate) async fn authorize(world: &World, asked: Authorize) -> Result<Value, Failure> {
    let actor = actor(world, &asked.actor, &asked.what.service).await?;
    let request = request(world, asked.what).await?;
    Ok(match world.altinn.authorizer().decide(&actor, &request).await {
        Ok(access) => json!({
            "decision": "Permit",
            "explanation": access.explanation(),
            "words": words(|language| access.explain(language)),
        }),
        Err(AccessError::Denied(denial)) => json!({
            "decision": "Deny",
            "explanation": denial.explanation(),
            "words": words(|language| denial.explain(language)),
        }),
    })
}

/// Says who can do something: the rights that are enough, and who holds one of the roles among them.
pub(crate) async fn who(world: &World, asked: What) -> Result<Value, Failure> {
    let request = request(world, asked).await?;
    let who_can = world.altinn.authorizer().who_can(&request).await;
    let who_can = who_can.map_err(|error| Failure::new(error.code(), error))?;
    Ok(json!({ "whoCan": who_can.data(), "words": words(|language| who_can.explain(language)) }))
}

fn words(explain: impl Fn(Language) -> String) -> Value {
    json!({ "nb": explain(Language::Nb), "nn": explain(Language::Nn), "en": explain(Language::En) })
}

async fn request(world: &World, asked: What) -> Result<AccessRequest, Failure> {
    let party = match asked.party {
        Some(party) => party,
        None => world.loaded(&asked.service.to_string()).await?.cast.owner().id,
    };
    let mut request = AccessRequest::new(asked.action, asked.service, party);
    request.instance = asked.instance;
    request.task = asked.task;
    request.end_event = asked.end_event;
    request.app_resource = asked.app_resource;
    Ok(request)
}

/// The actor that somebody is.
pub(crate) async fn actor(world: &World, who: &Who, service: &ServiceId) -> Result<Actor, Failure> {
    let level = who.level.unwrap_or(AuthenticationLevel::VerySensitive);
    let subject = match who {
        Who { role: Some(role), party: None, service_owner: None, .. } => {
            let loaded = world.loaded(&service.to_string()).await?;
            let nobody =
                || Failure::new("BLACKBOX-NOBODY", "no synthetic person of the service holds the role");
            loaded.cast.holder_of(role).ok_or_else(nobody)?.subject().clone()
        }
        Who { role: None, party: Some(party), service_owner: None, .. } => subject_of(world, *party).await?,
        Who { role: None, party: None, service_owner: Some(org), .. } => {
            Subject::ServiceOwner { org: org.clone(), number: None }
        }
        _ => return Err(Failure::bad_command("`actor` must have one of `role`, `party` and `serviceOwner`")),
    };
    Ok(Actor::new(subject, level))
}

async fn subject_of(world: &World, id: PartyId) -> Result<Subject, Failure> {
    let failed = |error: RegisterError| Failure::new(error.code(), error);
    let unknown = || Failure::new("BLACKBOX-NOBODY", "the register does not know the party");
    let party = world.altinn.register().party(id).await.map_err(failed)?.ok_or_else(unknown)?;
    Ok(match (party.kind, party.identifier) {
        (PartyKind::SelfIdentified, PartyIdentifier::SelfIdentified(name)) => {
            Subject::SelfIdentified { party: id, uuid: party.uuid, name }
        }
        (PartyKind::Person, _) => Subject::Person { party: id, uuid: party.uuid, number: None },
        (_, PartyIdentifier::Organization(number)) => {
            let number = number.check(SyntheticNumbers::Accepted);
            let number = number.map_err(|error| Failure::new(error.code(), error))?;
            Subject::Organization { number, party: Some(id) }
        }
        _ => return Err(unknown()),
    })
}
