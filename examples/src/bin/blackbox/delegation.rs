//! `delegate`, `revoke`, `delegation.check`, `authorized_parties` and `trail.read`.

use altinn_auth::decision::Right;
use altinn_auth::delegation::{
    AuthorizedParty, DelegationEntry, DelegationError, Offer, Period, Receiver, What,
};
use altinn_auth::register::Role;
use altinn_core::store::Batch;
use altinn_core::testing::SyntheticPeople;
use altinn_core::{Clock, InstanceId, PartyId, ServiceId};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Failure;
use crate::authorize::{Who, actor};
use crate::world::World;

/// The seeds of further synthetic people begin here: those of the services have lower ones.
const FURTHER_PEOPLE: u64 = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delegate {
    actor: Who,
    service: ServiceId,
    /// The party that gives; the one that `app.load` gave, if it is left out.
    from: Option<PartyId>,
    to: To,
    action: String,
    task: Option<String>,
    end_event: Option<String>,
    instance: Option<InstanceId>,
    valid_from: Option<DateTime<Utc>>,
    valid_to: Option<DateTime<Utc>>,
    acting_for: Option<PartyId>,
}

/// Who receives: one of the three.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct To {
    party: Option<PartyId>,
    /// A further synthetic person, by number; put into the register when first named.
    person: Option<u16>,
    system_user: Option<Uuid>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Check {
    actor: Who,
    service: ServiceId,
    from: Option<PartyId>,
    instance: Option<InstanceId>,
    acting_for: Option<PartyId>,
}

#[derive(Deserialize)]
pub(crate) struct Revoke {
    actor: Who,
    service: ServiceId,
    delegation: Uuid,
}

#[derive(Deserialize)]
pub(crate) struct Asks {
    actor: Who,
    service: ServiceId,
    party: Option<PartyId>,
}

/// Gives somebody a right.
pub(crate) async fn delegate(world: &World, asked: Delegate) -> Result<Value, Failure> {
    let by = actor(world, &asked.actor, &asked.service).await?;
    let from = from(world, asked.from, &asked.service).await?;
    let mut right = Right::new(asked.service.resource_id(), asked.action);
    let places = [("urn:altinn:task", asked.task), ("urn:altinn:end-event", asked.end_event)];
    for (attribute, value) in places {
        if let Some(value) = value {
            right = right.within(attribute, value);
        }
    }
    let what = match asked.instance {
        Some(instance) => What::InstanceRight(right, instance),
        None => What::Right(right),
    };
    let mut offer = Offer::new(from, receiver(world, &asked.to).await?, what);
    if asked.valid_from.is_some() || asked.valid_to.is_some() {
        let begins = asked.valid_from.unwrap_or_else(|| world.clock.now());
        offer = offer.during(Period { from: begins, to: asked.valid_to });
    }
    if let Some(organization) = asked.acting_for {
        offer = offer.acting_for(organization);
    }
    let given = world.altinn.access_management().delegate(&by, &offer).await.map_err(failed)?;
    Ok(entry(&given))
}

/// Takes a right back.
pub(crate) async fn revoke(world: &World, asked: Revoke) -> Result<Value, Failure> {
    let by = actor(world, &asked.actor, &asked.service).await?;
    let revoked = world.altinn.access_management().revoke(&by, asked.delegation).await.map_err(failed)?;
    Ok(json!({ "delegation": revoked.id, "revokedAt": revoked.revoked_at }))
}

/// Which rights to a service somebody may give, and why not.
pub(crate) async fn check(world: &World, asked: Check) -> Result<Value, Failure> {
    let by = actor(world, &asked.actor, &asked.service).await?;
    let from = from(world, asked.from, &asked.service).await?;
    let resource = asked.service.resource_id();
    let access = world.altinn.access_management();
    let checks =
        access.check(&by, from, &resource, asked.instance, asked.acting_for).await.map_err(failed)?;
    let rights: Vec<Value> = checks
        .iter()
        .map(|check| {
            let details: Vec<&str> = check.details.iter().map(|detail| detail.name()).collect();
            json!({
                "rightKey": check.key,
                "action": check.right.action,
                "status": if check.is_delegable { "Delegable" } else { "NotDelegable" },
                "details": details,
            })
        })
        .collect();
    Ok(json!({ "rights": rights }))
}

/// Everybody whom somebody may represent.
pub(crate) async fn authorized_parties(world: &World, asked: Asks) -> Result<Value, Failure> {
    let who = actor(world, &asked.actor, &asked.service).await?;
    let parties = world.altinn.access_management().authorized_parties(&who).await.map_err(failed)?;
    Ok(json!({ "parties": parties.iter().map(party).collect::<Vec<_>>() }))
}

/// What has been decided on behalf of a party.
pub(crate) async fn trail(world: &World, asked: Asks) -> Result<Value, Failure> {
    let who = actor(world, &asked.actor, &asked.service).await?;
    let of = from(world, asked.party, &asked.service).await?;
    let page = world.altinn.trail().of(&who, of, None).await;
    let page = page.map_err(|error| Failure::new(error.code(), error))?;
    Ok(json!({ "entries": page.entries }))
}

fn failed(error: DelegationError) -> Failure {
    Failure::new(error.code(), error)
}

async fn from(world: &World, party: Option<PartyId>, service: &ServiceId) -> Result<PartyId, Failure> {
    match party {
        Some(party) => Ok(party),
        None => Ok(world.loaded(&service.to_string()).await?.cast.owner().id),
    }
}

async fn receiver(world: &World, to: &To) -> Result<Receiver, Failure> {
    match to {
        To { party: Some(party), person: None, system_user: None } => Ok(Receiver::Party(*party)),
        To { party: None, person: None, system_user: Some(id) } => Ok(Receiver::SystemUser(*id)),
        To { party: None, person: Some(number), system_user: None } => {
            let mut person = SyntheticPeople::from_seed(FURTHER_PEOPLE + u64::from(*number)).person();
            person.id = PartyId::new(person.id.get() + 1_000_000 + i64::from(*number));
            let mut batch = Batch::new();
            let register = world.altinn.register();
            register.put_party(&mut batch, &person).map_err(|error| Failure::new(error.code(), error))?;
            let stored = world.altinn.store().commit(batch).await;
            stored.map_err(|error| Failure::new(error.code(), error))?;
            Ok(Receiver::Party(person.id))
        }
        _ => Err(Failure::bad_command("`to` must have one of `party`, `person` and `systemUser`")),
    }
}

fn entry(given: &DelegationEntry) -> Value {
    let (party, system_user) = match given.to {
        Receiver::Party(party) => (Some(party), None),
        Receiver::SystemUser(id) => (None, Some(id)),
    };
    json!({
        "delegation": given.id,
        "from": given.from,
        "to": if let Some(party) = party { json!({"party": party}) } else { json!({"systemUser": system_user}) },
        "validFrom": given.period.from,
        "validTo": given.period.to,
        "depth": given.depth,
    })
}

fn party(one: &AuthorizedParty) -> Value {
    json!({
        "partyId": one.party.id,
        "type": one.party.kind.name(),
        "onlyHierarchyElementWithNoAccess": one.only_hierarchy_element_with_no_access,
        "authorizedRoles": one.by.roles.iter().map(Role::code).collect::<Vec<_>>(),
        "authorizedAccessPackages": one.by.packages,
        "authorizedResources": one.by.resources.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "authorizedInstances": one.by.instances.iter().map(|(resource, instance)| {
            json!({"resourceId": resource.to_string(), "instanceId": instance})
        }).collect::<Vec<_>>(),
        "subunits": one.subunits.iter().map(party).collect::<Vec<_>>(),
    })
}
