//! Lists of authorized parties.
//!
//! The roles stand in the world; the delegations do not. Where a folder has the list in two variants, the delegations are
//! taken from the one and the other is worked out: nesting, what main units pass down, roles, resources through roles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use altinn_auth::delegation::{AuthorizedParty, Representation};
use altinn_auth::register::Role;
use altinn_core::{Party, PartyId, PartyIdentifier, PartyKind, ResourceId};
use serde_json::{Value, json as value};

use super::outcome::{Case, Outcome, compare};
use super::world::World;
use super::{Failure, json};

const DELEGATIONS_ONLY: &str = "OnlyAltinn3.json";
const WITH_ROLES: &str = "BothAltinn3AndAltinn2.json";
const THROUGH_ROLES: &str = "InclResourcesThroughRoles.json";

pub(crate) fn cases(world: &World) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for path in json::files_below(&world.folder.join("Json/AuthorizedParties"), ".json") {
        let outcome = run(world, &path).unwrap_or_else(|error| Outcome::Failed(error.to_string()));
        cases.push(Case::new("authorized parties", path.display().to_string(), outcome));
    }
    Ok(cases)
}

fn run(world: &World, path: &Path) -> Result<Outcome, Failure> {
    let Some(other) = other_variant(path) else {
        return Ok(Outcome::NotDecidable(
            "its delegations are not among the files, and there is no other variant",
        ));
    };
    let is = |path: &Path, name: &str| path.file_name().is_some_and(|found| found == name);
    let with_roles = !is(path, DELEGATIONS_ONLY);
    let lists = [json::read(path)?, json::read(&other)?];
    let Some(roles) = lists.iter().find_map(|list| roles_of(world, list)) else {
        return Ok(Outcome::NotDecidable("it is not said who asks"));
    };
    let through_roles = Catalogue::load(world)?;
    let mut direct = delegated_in(&lists[1], &through_roles, is(&other, THROUGH_ROLES));
    if with_roles {
        for party in json::elements(&roles) {
            add_roles(party, &mut direct);
        }
    }
    let parties: BTreeMap<PartyId, Party> = with_units(world, direct.keys());
    let mut found = AuthorizedParty::nest(&direct, &parties);
    if is(path, THROUGH_ROLES) {
        let all = found.iter_mut().flat_map(AuthorizedParty::all_mut);
        all.for_each(|by| by.add_resources_of_roles(|role| through_roles.of(role)));
    }
    let found: Value = found.iter().map(|party| answer(world, party)).collect();
    Ok(compare(&lists[0], &found))
}

/// The other variant of a list, in the same folder.
fn other_variant(path: &Path) -> Option<PathBuf> {
    let others = [WITH_ROLES, DELEGATIONS_ONLY, THROUGH_ROLES].map(|name| path.with_file_name(name));
    others.into_iter().find(|other| other != path && other.is_file())
}

/// The roles of whoever asks for a list that has them: of the person or organization that is in both as itself.
fn roles_of(world: &World, list: &Value) -> Option<Value> {
    let asks = itself(list)?;
    let known = json::files(&world.folder.join("AuthorizedParties/SBLBridge"), "json");
    known.into_iter().filter_map(|path| json::read(&path).ok()).find(|roles| itself(roles) == Some(asks))
}

/// The party of whoever asks, in a list with roles.
fn itself(list: &Value) -> Option<PartyId> {
    let is_own = |party: &&Value| {
        json::list(party, "authorizedRoles").any(|role| role == "PRIV" || role == "ECKEYROLE")
    };
    id_of(json::elements(list).into_iter().find(is_own)?)
}

/// What was delegated, by a list: what a sub-unit has from its main unit is the main unit's alone.
fn delegated_in(
    list: &Value,
    through_roles: &Catalogue,
    is_with_resources_through_roles: bool,
) -> BTreeMap<PartyId, Representation> {
    let mut direct = BTreeMap::new();
    for party in json::elements(list) {
        let without = |party: &Value| {
            let mut resources = resources_of(party);
            if is_with_resources_through_roles {
                let roles =
                    json::list(party, "authorizedRoles").filter_map(|role| role.as_str()?.parse().ok());
                let through: Vec<ResourceId> = roles.flat_map(|role: Role| through_roles.of(&role)).collect();
                resources.retain(|resource| !through.contains(resource));
            }
            resources
        };
        let own = without(party);
        for subunit in json::list(party, "subunits") {
            let resources = without(subunit).difference(&own).cloned().collect();
            put(subunit, resources, &mut direct);
        }
        put(party, own, &mut direct);
    }
    direct
}

fn put(party: &Value, resources: BTreeSet<ResourceId>, direct: &mut BTreeMap<PartyId, Representation>) {
    if let (Some(id), false) = (id_of(party), resources.is_empty()) {
        direct.entry(id).or_default().resources = resources;
    }
}

fn resources_of(party: &Value) -> BTreeSet<ResourceId> {
    json::list(party, "authorizedResources").filter_map(|resource| resource.as_str()?.parse().ok()).collect()
}

fn add_roles(party: &Value, direct: &mut BTreeMap<PartyId, Representation>) {
    let Some(id) = id_of(party) else { return };
    let roles = json::list(party, "authorizedRoles").filter_map(|role| role.as_str()?.parse::<Role>().ok());
    direct.entry(id).or_default().roles.extend(roles);
    json::list(party, "childParties").for_each(|child| add_roles(child, direct));
}

fn id_of(party: &Value) -> Option<PartyId> {
    json::text(party, "partyId")?.parse().ok()
}

/// The parties, their main units and all sub-units of those.
fn with_units<'a>(world: &World, wanted: impl Iterator<Item = &'a PartyId>) -> BTreeMap<PartyId, Party> {
    let mut ids: BTreeSet<PartyId> = wanted.copied().collect();
    let parent = |id: &PartyId| world.parties.iter().find(|party| party.id == *id)?.parent;
    ids.extend(ids.iter().filter_map(parent).collect::<Vec<_>>());
    let is_wanted =
        |party: &&Party| ids.contains(&party.id) || party.parent.is_some_and(|parent| ids.contains(&parent));
    world.parties.iter().filter(is_wanted).map(|party| (party.id, party.clone())).collect()
}

/// The answer as Altinn gives it.
fn answer(world: &World, one: &AuthorizedParty) -> Value {
    let party = &one.party;
    let (person, organization) = match &party.identifier {
        PartyIdentifier::Person(number) => (Some(number.expose().to_owned()), None),
        PartyIdentifier::Organization(number) => (None, Some(number.to_string())),
        PartyIdentifier::SelfIdentified(_) => (None, None),
    };
    let is_person = party.kind == PartyKind::Person;
    value!({
        "partyUuid": party.uuid,
        "name": party.name,
        "organizationNumber": organization,
        "personId": person,
        "partyId": party.id.get(),
        "type": if is_person { "Person" } else { "Organization" },
        "unitType": world.unit_types.get(&party.id),
        "isDeleted": party.deleted,
        "onlyHierarchyElementWithNoAccess": one.only_hierarchy_element_with_no_access,
        "authorizedResources": one.by.resources.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "authorizedRoles": one.by.roles.iter().map(Role::code).collect::<Vec<_>>(),
        "subunits": one.subunits.iter().map(|subunit| answer(world, subunit)).collect::<Vec<_>>(),
    })
}

/// To which resources a role gives some right.
struct Catalogue(Vec<(Role, Vec<ResourceId>)>);

impl Catalogue {
    fn load(world: &World) -> Result<Self, Failure> {
        let told = world.file("Resources/subjectResources.json")?;
        let subjects = json::list(&told, "data").filter_map(|entry| {
            let role = json::text(json::field(entry, "subject")?, "value")?.parse().ok()?;
            let resources = json::list(entry, "resources");
            Some((
                role,
                resources.filter_map(|resource| json::text(resource, "value")?.parse().ok()).collect(),
            ))
        });
        Ok(Self(subjects.collect()))
    }

    fn of(&self, role: &Role) -> Vec<ResourceId> {
        self.0
            .iter()
            .filter(|(known, _)| known == role)
            .flat_map(|(_, resources)| resources.clone())
            .collect()
    }
}
