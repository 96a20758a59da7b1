//! The world of the cases, from the files around them: parties, users, roles, policies, delegations and access lists.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use altinn_auth::decision::{PolicySource, PolicySourceError, ServicePolicy};
use altinn_auth::register::{
    AccessListMembership, AccessLists, HeldRoles, PartyRegister, RegisterError, Role, RoleRegister, User,
    UserId, UserRegister,
};
use altinn_core::{
    Party, PartyId, PartyIdentifier, PartyKind, ResourceId, ServiceId, UncheckedNationalIdentityNumber,
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
    pub(crate) parties: Vec<Party>,
    /// What kind of unit each party is, as the business register says: `AS`, `BEDR`.
    pub(crate) unit_types: BTreeMap<PartyId, String>,
    users: Vec<User>,
    /// The resources that let in only those on a list.
    guarded: Vec<String>,
}

impl World {
    pub(crate) fn load(folder: &Path) -> Result<Self, Failure> {
        let mut world = Self {
            folder: folder.to_owned(),
            parties: Vec::new(),
            unit_types: BTreeMap::new(),
            users: Vec::new(),
            guarded: Vec::new(),
        };
        for path in json::files(&folder.join("Parties"), "json") {
            json::elements(&json::read(&path)?).into_iter().for_each(|party| world.take(party, None));
        }
        for party in &mut world.parties {
            let path = folder.join(format!("MainUnits/{}/mainunits.json", party.id));
            let units = if path.is_file() { json::read(&path)? } else { Value::Null };
            let parent =
                json::elements(&units).into_iter().find_map(|unit| json::text(unit, "ParentPartyId"));
            party.parent = parent.and_then(|id| id.parse().ok()).or(party.parent);
        }
        for path in json::files(&folder.join("UserProfile"), "json") {
            world.users.extend(user_of(&json::read(&path)?));
        }
        for path in json::files(&folder.join("Resources"), "json") {
            let resources = json::read(&path)?;
            let enabled = json::elements(&resources).into_iter().filter(|resource| {
                json::text(resource, "accessListMode")
                    .is_some_and(|mode| mode.eq_ignore_ascii_case("Enabled"))
            });
            world.guarded.extend(enabled.filter_map(|resource| json::text(resource, "identifier")));
        }
        Ok(world)
    }

    /// A party and those below it. Of two with one id, the later one is found by its UUID only.
    fn take(&mut self, value: &Value, parent: Option<PartyId>) {
        if let Some(party) = party_of(value, parent) {
            let id = party.id;
            if let Some(unit_type) = json::text(value, "unitType") {
                self.unit_types.entry(id).or_insert(unit_type);
            }
            self.parties.push(party);
            json::list(value, "childParties").for_each(|child| self.take(child, Some(id)));
        }
    }

    /// The user whose own party this is.
    pub(crate) fn user_who_is(&self, party: PartyId) -> Option<UserId> {
        self.users.iter().find(|user| user.party == party).map(|user| user.id)
    }

    /// A file of the world; `null` when it is not there.
    pub(crate) fn file(&self, path: &str) -> Result<Value, RegisterError> {
        let path = self.folder.join(path);
        if !path.is_file() {
            return Ok(Value::Null);
        }
        json::read(&path).map_err(|error| RegisterError::Unavailable { reason: error.to_string() })
    }

    fn find(&self, is_it: impl Fn(&Party) -> bool) -> Option<Party> {
        self.parties.iter().find(|party| is_it(party)).cloned()
    }

    /// The roles in one of the two families of files: those that a user has, and those that a user may delegate by.
    fn roles_in(&self, family: &str, holder: PartyId, party: PartyId) -> Result<HeldRoles, RegisterError> {
        let user = -holder.get();
        let roles = self.file(&format!("{family}/user_{user}/party_{party}/roles.json"))?;
        let codes = roles.as_array().into_iter().flatten().filter_map(|role| json::text(role, "value"));
        Ok(HeldRoles::new(codes.filter_map(|code| code.parse::<Role>().ok())))
    }

    /// The units in which a user has a key role.
    pub(crate) fn units_of(&self, user: UserId) -> Result<Vec<PartyId>, RegisterError> {
        let units = self.file(&format!("KeyRoleUnits/{user}/keyroleunits.json"))?;
        let ids = units.as_array().into_iter().flatten().filter_map(Value::as_i64);
        Ok(ids.map(PartyId::new).collect())
    }
}

fn party_of(value: &Value, parent: Option<PartyId>) -> Option<Party> {
    let person = json::text(value, "ssn").and_then(|number| number.trim().parse().ok());
    let organization = json::text(value, "orgNumber").and_then(|number| number.trim().parse().ok());
    let name = json::text(value, "name").unwrap_or_default();
    let kind = json::text(value, "partyTypeName").and_then(|kind| kind.parse::<u8>().ok());
    Some(Party {
        id: json::text(value, "partyId")?.parse().ok()?,
        uuid: json::text(value, "partyUuid").and_then(|uuid| uuid.parse().ok()).unwrap_or_default(),
        kind: PartyKind::try_from(kind?).ok()?,
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

/// A user with their own party.
fn user_of(profile: &Value) -> Option<User> {
    let party = json::field(profile, "party")?;
    Some(User {
        id: UserId(json::text(profile, "userId")?.parse().ok()?),
        party: json::text(profile, "partyId")?.parse().ok()?,
        uuid: json::text(profile, "userUuid").and_then(|uuid| uuid.parse().ok()),
        person: json::text(party, "ssn").and_then(|number| number.trim().parse().ok()),
    })
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

/// Roles stand by the number of the user: each user is given a party that no other has.
#[async_trait]
impl UserRegister for World {
    async fn user(&self, id: UserId) -> Result<Option<User>, RegisterError> {
        let known = self.users.iter().find(|user| user.id == id);
        let (uuid, person) = known.map_or((None, None), |user| (user.uuid, user.person.clone()));
        Ok(Some(User { id, party: PartyId::new(-id.0), uuid, person }))
    }

    async fn user_by_person(
        &self,
        number: &UncheckedNationalIdentityNumber,
    ) -> Result<Option<User>, RegisterError> {
        let known = self.users.iter().find(|user| user.person.as_ref() == Some(number));
        match known.map(|user| user.id) {
            Some(id) => self.user(id).await,
            None => Ok(None),
        }
    }
}

#[async_trait]
impl RoleRegister for World {
    async fn roles(&self, holder: PartyId, party: PartyId) -> Result<HeldRoles, RegisterError> {
        self.roles_in("Roles", holder, party)
    }

    async fn key_role_units(&self, holder: PartyId) -> Result<Vec<PartyId>, RegisterError> {
        self.units_of(UserId(-holder.get()))
    }

    async fn delegable_roles(&self, holder: PartyId, party: PartyId) -> Result<HeldRoles, RegisterError> {
        self.roles_in("RolesForDelegation", holder, party)
    }
}

#[async_trait]
impl PolicySource for World {
    async fn policy(&self, resource: &ResourceId) -> Result<Option<Arc<ServicePolicy>>, PolicySourceError> {
        let app = resource.as_str().strip_prefix("app_").and_then(|app| app.split_once('_'));
        let service = app.and_then(|(org, app)| ServiceId::new(org, app).ok());
        let folder = self.folder.join("Xacml/3.0");
        let path = match &service {
            Some(app) => folder.join("AltinnApps").join(app.org()).join(app.name()).join("policy.xml"),
            None => folder.join("ResourceRegistry").join(resource.as_str()).join("resourcepolicy.xml"),
        };
        let Ok(bytes) = std::fs::read(&path) else { return Ok(None) };
        let read = match &service {
            Some(service) => ServicePolicy::read(service, bytes),
            None => ServicePolicy::read_resource(bytes),
        };
        let policy = read.map_err(|error| PolicySourceError::Policy { resource: resource.clone(), error })?;
        Ok(Some(Arc::new(policy)))
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
        let folder = self.folder.join(format!("Json/AccessListResponses/{resource}/{organization}"));
        let mut memberships = Vec::new();
        for path in json::files(&folder, "json") {
            let told = json::read(&path).unwrap_or_default();
            let is_let_in = json::text(&told, "result").as_deref() == Some("Authorized");
            let action = json::field(&told, "action").and_then(|action| json::text(action, "value"));
            if let Some(action) = action.filter(|_| is_let_in) {
                memberships.push(AccessListMembership { action_filters: Some(vec![action]), list: None });
            }
        }
        Ok(memberships)
    }

    async fn lists_of(&self, _party: Uuid) -> Result<Vec<String>, RegisterError> {
        Ok(Vec::new())
    }
}
