//! Queries for rights, and for rights that can be delegated.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use altinn_auth::decision::{
    DecisionPoint, HeldRight, Registers, RightSource, RightsCount, RightsHolder, RightsQuery, attribute,
};
use altinn_auth::register::UserId;
use altinn_core::{Party, PartyId, PartyIdentifier, ResourceId};
use serde_json::{Value, json as value};

use super::outcome::{Case, Outcome, compare};
use super::world::World;
use super::{Failure, json};

/// A query and one of the answers that are expected of it.
struct Query {
    kind: &'static str,
    /// What says in the answer that a right is there.
    verdict: &'static str,
    folder: PathBuf,
    query: RightsQuery,
}

pub(crate) async fn cases(world: &Arc<World>) -> Result<Vec<Case>, Failure> {
    let registers = Registers::new(world.clone(), world.clone())
        .with_users(world.clone())
        .with_delegations(world.clone())
        .with_access_lists(world.clone());
    let point = DecisionPoint::new(world.clone(), registers);
    let mut cases = Vec::new();
    for (folder, kind, verdict, count) in [
        ("RightsQuery", "rights query", "hasPermit", RightsCount::Held),
        ("DelegableRightsQuery", "delegable rights query", "canDelegate", RightsCount::Delegable),
    ] {
        for path in json::files_below(&world.folder.join("Json").join(folder), "RightsQuery.json") {
            let folder = path.parent().unwrap_or(Path::new("")).to_owned();
            let query = json::read(&path)?;
            match query_of(world, &query, count) {
                Some(query) => cases.extend(Query { kind, verdict, folder, query }.run(&point).await?),
                None => {
                    let reason = "it names somebody who is not among the files";
                    let name = path.display().to_string();
                    cases.push(Case::new(kind, name, Outcome::NotDecidable(reason)));
                }
            }
        }
    }
    Ok(cases)
}

impl Query {
    async fn run(&self, point: &DecisionPoint) -> Result<Vec<Case>, Failure> {
        let rights = point.rights(&self.query).await;
        let mut cases = Vec::new();
        for (all, name) in
            [(true, "expected_rights_returnall_true.json"), (false, "expected_rights_returnall_false.json")]
        {
            let path = self.folder.join(name);
            if path.is_file() {
                let outcome = match &rights {
                    Ok(rights) => compare(&with_plain_actions(json::read(&path)?), &self.answer(rights, all)),
                    Err(error) => Outcome::Failed(error.to_string()),
                };
                cases.push(Case::new(self.kind, path.display().to_string(), outcome));
            }
        }
        Ok(cases)
    }

    /// The answer as Altinn gives it: all rights with all that could give them, or only what is so.
    fn answer(&self, rights: &[HeldRight], all: bool) -> Value {
        let rights = rights.iter().filter(|right| all || right.permitted);
        let right = |right: &HeldRight| {
            let sources = right.sources.iter().filter(|source| all || source.permitted);
            let sources: Vec<Value> = sources.map(|source| self.source(source)).collect();
            value!({
                "rightKey": right.key,
                "resource": right.attributes.iter().map(attribute_of).collect::<Vec<_>>(),
                "action": right.right.action,
                self.verdict: right.permitted,
                "rightSources": sources,
            })
        };
        rights.map(right).collect()
    }

    fn source(&self, source: &RightSource) -> Value {
        let is_app = self.query.resource.as_str().starts_with("app_");
        let kind = match (&source.delegation, is_app) {
            (Some(_), _) => "DelegationPolicy",
            (None, true) => "AppPolicy",
            (None, false) => "ResourceRegistryPolicy",
        };
        let rule = source.rule.as_ref();
        let matched =
            |(id, wanted): &(String, String)| value!({"matchFound": null, "id": id, "value": wanted});
        let groups: Vec<Vec<Value>> =
            source.policy_subjects.iter().map(|group| group.iter().map(matched).collect()).collect();
        let mut told = value!({
            "rightSourceType": kind,
            "policyId": rule.map(|rule| rule.policy.to_string()),
            "policyVersion": source.version,
            "ruleId": rule.map(|rule| rule.rule.to_string()),
            self.verdict: source.permitted,
            "userSubjects": source.holder_subjects.iter().map(attribute_of).collect::<Vec<_>>(),
            "policySubjects": groups,
        });
        if let (Some(delegation), Some(told)) = (&source.delegation, told.as_object_mut()) {
            told.insert("offeredByPartyId".to_owned(), delegation.from.get().into());
        }
        told
    }
}

/// The answers write an action in two ways, as its name and as an attribute; this is the first.
fn with_plain_actions(mut rights: Value) -> Value {
    for right in rights.as_array_mut().into_iter().flatten() {
        let action = json::field(right, "action").and_then(|action| json::field(action, "value")).cloned();
        if let (Some(action), Some(right)) = (action, right.as_object_mut()) {
            right.insert("action".to_owned(), action);
        }
    }
    rights
}

fn attribute_of((id, text): &(String, String)) -> Value {
    value!({"id": id, "value": text})
}

/// A query; none when somebody in it is not to be found.
fn query_of(world: &World, query: &Value, count: RightsCount) -> Option<RightsQuery> {
    let user = attribute_in(query, "to", attribute::USER).and_then(|user| user.parse().ok()).map(UserId);
    let holder = match user {
        Some(user) => RightsHolder::User(user),
        None => {
            let party = party_in(world, query, "to")?;
            world.user_who_is(party).map_or(RightsHolder::Party(party), RightsHolder::User)
        }
    };
    let (resource, party) = (resource_of(query, "resource")?, party_in(world, query, "from")?);
    Some(RightsQuery { resource, party, instance: None, holder, count })
}

/// The party that one side of a query names, by its id, its UUID or its number.
fn party_in(world: &World, query: &Value, side: &str) -> Option<PartyId> {
    if let Some(id) = attribute_in(query, side, attribute::PARTY) {
        return id.parse().ok();
    }
    let uuid = attribute_in(query, side, attribute::PARTY_UUID).and_then(|uuid| uuid.parse().ok());
    let organization = attribute_in(query, side, attribute::ORGANIZATION);
    let person = attribute_in(query, side, attribute::PERSON_NUMBER);
    let is_it = |party: &&Party| match &party.identifier {
        PartyIdentifier::Organization(number) if organization.is_some() => {
            organization == Some(number.to_string())
        }
        PartyIdentifier::Person(number) if person.is_some() => person.as_deref() == Some(number.expose()),
        _ => uuid == Some(party.uuid),
    };
    Some(world.parties.iter().find(is_it)?.id)
}

/// The value of an attribute in a list of them.
fn attribute_in(value: &Value, list: &str, id: &str) -> Option<String> {
    let found = json::list(value, list)
        .find(|one| json::text(one, "id").or_else(|| json::text(one, "type")).as_deref() == Some(id));
    json::text(found?, "value")
}

/// The resource that a list of attributes names: a resource, or an app by its owner and its name.
pub(crate) fn resource_of(value: &Value, list: &str) -> Option<ResourceId> {
    let attribute = |id| attribute_in(value, list, id);
    match (attribute(attribute::RESOURCE), attribute(attribute::ORG), attribute(attribute::APP)) {
        (Some(resource), ..) => resource.parse().ok(),
        (None, Some(org), Some(app)) => format!("app_{org}_{app}").to_lowercase().parse().ok(),
        _ => None,
    }
}
