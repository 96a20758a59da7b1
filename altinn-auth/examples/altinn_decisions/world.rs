//! The world of the cases, from the files below `pip`: parties, users, roles, instances, packages and lists.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use altinn_auth::register::{
    AccessListMembership, AccessLists, AccessPackages, EstateRoles, HeldRoles, InstanceFact, InstanceFacts,
    PartyRegister, RegisterError, RoleRegister, User, UserId, UserRegister,
};
use altinn_core::{
    InstanceId, Party, PartyId, PartyIdentifier, PartyKind, ResourceId, UncheckedNationalIdentityNumber,
    UncheckedOrganizationNumber,
};
use async_trait::async_trait;
use serde_json::Value;
use uuid::Uuid;

use super::{Failure, json};

/// The world of the cases.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) folder: PathBuf,
    /// What stands in no file of its own: delegations, packages, profiles and the like.
    pub(crate) facts: Value,
    parties: Vec<Party>,
    /// The resources that let in only those on a list.
    guarded: Vec<String>,
}

impl World {
    /// Loads the world.
    pub(crate) fn load(folder: &Path) -> Result<Self, Failure> {
        let pip = folder.join("pip");
        let facts = pip.join("mock-facts.json");
        let facts = if facts.is_file() { json::read(&facts)? } else { Value::Null };
        let mut parties: HashMap<PartyId, Party> = HashMap::new();
        for path in json::files(&pip.join("Register"), "json") {
            for value in json::elements(&json::read(&path)?) {
                take_parties(value, None, &mut parties);
            }
        }
        let mut guarded = Vec::new();
        for path in json::files(&pip.join("ResourceList"), "json") {
            let resources = json::read(&path)?;
            let enabled = json::elements(&resources).into_iter().filter(|resource| {
                json::text(resource, "accessListMode")
                    .is_some_and(|mode| mode.eq_ignore_ascii_case("Enabled"))
            });
            guarded.extend(enabled.filter_map(|resource| json::text(resource, "identifier")));
        }
        Ok(Self { folder: folder.to_owned(), facts, parties: parties.into_values().collect(), guarded })
    }

    /// What the facts list of a kind.
    pub(crate) fn listed(&self, kind: &str) -> impl Iterator<Item = &Value> {
        json::list(&self.facts, kind)
    }

    /// A file below `pip`; none when it is not there.
    fn file(&self, path: &str) -> Result<Option<Value>, RegisterError> {
        let path = self.folder.join("pip").join(path);
        if !path.is_file() {
            return Ok(None);
        }
        json::read(&path).map(Some).map_err(|error| unavailable(&error))
    }

    fn find(&self, is_it: impl Fn(&Party) -> bool) -> Option<Party> {
        self.parties.iter().find(|party| is_it(party)).cloned()
    }

    fn profile(&self, is_it: impl Fn(&Value) -> bool) -> Option<&Value> {
        self.listed("userProfiles").find(|profile| is_it(profile))
    }
}

pub(crate) fn unavailable(error: &Failure) -> RegisterError {
    RegisterError::Unavailable { reason: error.to_string() }
}

/// A party and the sub-units below it; what is known already stays.
fn take_parties(value: &Value, parent: Option<PartyId>, parties: &mut HashMap<PartyId, Party>) {
    if let Some(party) = party_of(value, parent) {
        let id = party.id;
        parties.entry(id).or_insert(party);
        json::list(value, "childParties").for_each(|child| take_parties(child, Some(id), parties));
    }
}

fn party_of(value: &Value, parent: Option<PartyId>) -> Option<Party> {
    let person = json::text(value, "ssn").and_then(|number| number.parse().ok());
    let organization = json::text(value, "orgNumber").and_then(|number| number.parse().ok());
    let name = json::text(value, "name").unwrap_or_default();
    Some(Party {
        id: json::text(value, "partyId")?.parse().ok()?,
        uuid: json::text(value, "partyUuid").and_then(|uuid| uuid.parse().ok()).unwrap_or_default(),
        kind: json::text(value, "partyTypeName")
            .and_then(|kind| kind.parse::<u8>().ok())
            .and_then(|kind| PartyKind::try_from(kind).ok())?,
        identifier: match (organization, person) {
            (Some(number), _) => PartyIdentifier::Organization(number),
            (None, Some(number)) => PartyIdentifier::Person(number),
            (None, None) => PartyIdentifier::SelfIdentified(name.clone()),
        },
        name,
        parent,
        deleted: false,
    })
}

/// Roles stand by the number of the user: each user is given a party that no other has.
fn party_of_user(user: UserId) -> PartyId {
    PartyId::new(-user.0)
}

#[async_trait]
impl PartyRegister for World {
    async fn party(&self, id: PartyId) -> Result<Option<Party>, RegisterError> {
        Ok(self.find(|party| party.id == id))
    }

    async fn party_by_uuid(&self, uuid: Uuid) -> Result<Option<Party>, RegisterError> {
        Ok(self.find(|party| party.uuid == uuid))
    }

    async fn party_by_identifier(
        &self,
        identifier: &PartyIdentifier,
    ) -> Result<Option<Party>, RegisterError> {
        Ok(self.find(|party| party.identifier == *identifier))
    }
}

#[async_trait]
impl UserRegister for World {
    async fn user(&self, id: UserId) -> Result<Option<User>, RegisterError> {
        let profile = self.profile(|profile| json::text(profile, "userId") == Some(id.to_string()));
        Ok(Some(user_of(id, profile)))
    }

    async fn user_by_person(
        &self,
        number: &UncheckedNationalIdentityNumber,
    ) -> Result<Option<User>, RegisterError> {
        let profile =
            self.profile(|profile| json::text(profile, "personId").as_deref() == Some(number.expose()));
        let id = profile.and_then(|profile| json::text(profile, "userId")?.parse().ok());
        Ok(id.map(|id| user_of(UserId(id), profile)))
    }
}

fn user_of(id: UserId, profile: Option<&Value>) -> User {
    let text = |name| profile.and_then(|profile| json::text(profile, name));
    User {
        id,
        party: party_of_user(id),
        uuid: text("partyUuid").and_then(|uuid| uuid.parse().ok()),
        person: text("personId").and_then(|number| number.parse().ok()),
    }
}

#[async_trait]
impl RoleRegister for World {
    async fn roles(&self, holder: PartyId, party: PartyId) -> Result<HeldRoles, RegisterError> {
        let user = -holder.get();
        let roles = self.file(&format!("Roles/user_{user}/party_{party}/roles.json"))?.unwrap_or_default();
        let codes = roles.as_array().into_iter().flatten().filter_map(|role| json::text(role, "value"));
        Ok(HeldRoles::new(codes.filter_map(|code| code.parse().ok())))
    }
}

#[async_trait]
impl InstanceFacts for World {
    async fn instance(&self, id: &InstanceId) -> Result<Option<InstanceFact>, RegisterError> {
        let Some(instance) = self.file(&format!("Instances/{}/{}.json", id.owner, id.guid))? else {
            return Ok(None);
        };
        let process = json::field(&instance, "process").cloned().unwrap_or_default();
        let task = json::field(&process, "currentTask").and_then(|task| json::text(task, "elementId"));
        let end_event = json::text(&process, "endEvent");
        let service = json::text(&instance, "appId").and_then(|app| app.parse().ok());
        Ok(service.map(|service| InstanceFact { service, task, end_event }))
    }
}

#[async_trait]
impl AccessPackages for World {
    async fn packages(&self, holder: Uuid, party: Uuid) -> Result<Vec<String>, RegisterError> {
        let is = |value: &Value, name, uuid: Uuid| {
            json::text(value, name).and_then(|text| text.parse().ok()) == Some(uuid)
        };
        let held = self
            .listed("accessPackages")
            .filter(|given| is(given, "fromPartyUuid", party) && is(given, "toUuid", holder));
        let names = held.flat_map(|given| json::list(given, "packages")).filter_map(Value::as_str);
        Ok(names.map(str::to_owned).collect())
    }
}

#[async_trait]
impl EstateRoles for World {
    async fn estate_roles(
        &self,
        deceased: &UncheckedNationalIdentityNumber,
        heir: &UncheckedNationalIdentityNumber,
    ) -> Result<Vec<String>, RegisterError> {
        let is = |value: &Value, name, number: &UncheckedNationalIdentityNumber| {
            json::text(value, name).as_deref() == Some(number.expose())
        };
        let given = self.listed("oedRoles").filter(|role| is(role, "from", deceased) && is(role, "to", heir));
        Ok(given.filter_map(|role| json::text(role, "role")).collect())
    }
}

#[async_trait]
impl AccessLists for World {
    async fn are_required(&self, resource: &ResourceId) -> Result<bool, RegisterError> {
        Ok(self.guarded.iter().any(|guarded| guarded == resource.as_str()))
    }

    async fn memberships(
        &self,
        organization: UncheckedOrganizationNumber,
        resource: &ResourceId,
    ) -> Result<Vec<AccessListMembership>, RegisterError> {
        let of_both = self.listed("accessListMemberships").filter(|membership| {
            json::text(membership, "organization") == Some(organization.to_string())
                && json::text(membership, "resource").as_deref() == Some(resource.as_str())
        });
        let membership = |membership| {
            let filters = json::field(membership, "actionFilters").and_then(Value::as_array);
            let actions =
                |filters: &Vec<Value>| filters.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            AccessListMembership { action_filters: filters.map(actions), list: None }
        };
        Ok(of_both.map(membership).collect())
    }

    async fn lists_of(&self, party: Uuid) -> Result<Vec<String>, RegisterError> {
        let lists = self.file(&format!("ResourceRegistry/AccessLists/{party}.json"))?.unwrap_or_default();
        let urns = json::elements(&lists).into_iter().filter_map(|list| json::text(list, "urn"));
        Ok(urns.filter_map(|urn| Some(urn.strip_prefix("urn:altinn:access-list:")?.to_owned())).collect())
    }
}
