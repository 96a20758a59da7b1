//! Everybody that somebody may represent (avgiverliste): by which roles, packages, resources and instances.

use std::collections::{BTreeMap, BTreeSet};

use altinn_core::store::Value;
use altinn_core::{Actor, InstanceId, Party, PartyId, ResourceId, Subject};

use super::access_management::AccessManagement;
use super::entry::DelegationEntry;
use super::error::DelegationError;
use super::offer::{Receiver, What};
use super::standing::{MOST_IN_LIST, placeholders};
use crate::decision::own_role_for;
use crate::register::Role;

/// A party that somebody may represent, with its sub-units.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizedParty {
    /// The party.
    pub party: Party,
    /// What may be done for it.
    pub by: Representation,
    /// Whether nothing may be done for it, and it is there for the sake of its sub-units only.
    pub only_hierarchy_element_with_no_access: bool,
    /// Its sub-units for which something may be done.
    pub subunits: Vec<AuthorizedParty>,
}

/// By what somebody may represent a party.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Representation {
    /// Roles.
    pub roles: BTreeSet<Role>,
    /// Access packages.
    pub packages: BTreeSet<String>,
    /// Resources, to which a right was delegated.
    pub resources: BTreeSet<ResourceId>,
    /// Instances, to which a right was delegated, with their resources.
    pub instances: BTreeSet<(ResourceId, String)>,
}

impl Representation {
    /// Whether it is by nothing.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty()
            && self.packages.is_empty()
            && self.resources.is_empty()
            && self.instances.is_empty()
    }

    /// Adds what a main unit passes down to its sub-units: all but single instances.
    fn inherit(&mut self, main_unit: &Self) {
        self.roles.extend(main_unit.roles.iter().cloned());
        self.packages.extend(main_unit.packages.iter().cloned());
        self.resources.extend(main_unit.resources.iter().cloned());
    }

    fn add(&mut self, what: &What) {
        match what {
            What::Right(right) => {
                self.resources.insert(right.resource.clone());
            }
            What::InstanceRight(right, instance) => {
                self.instances.insert((right.resource.clone(), name_of(*instance)));
            }
            What::Package(package) => {
                self.packages.insert(package.clone());
            }
        }
    }

    /// Adds the resources that its roles give some right to.
    pub fn add_resources_of_roles(&mut self, resources_of: impl Fn(&Role) -> Vec<ResourceId>) {
        self.resources.extend(self.roles.iter().flat_map(resources_of));
    }
}

fn name_of(instance: InstanceId) -> String {
    instance.to_string()
}

impl AuthorizedParty {
    /// Nests what may be done for each party: a sub-unit stands below its main unit and inherits what was given for that;
    /// a main unit for which nothing may be done is there for its sub-units only.
    ///
    /// `direct` is what was given for each party itself, and `parties` are those parties, their main units, and all
    /// sub-units of those; whom it does not have is left out.
    pub fn nest(direct: &BTreeMap<PartyId, Representation>, parties: &BTreeMap<PartyId, Party>) -> Vec<Self> {
        let nothing = Representation::default();
        let of = |id: &PartyId| direct.get(id).unwrap_or(&nothing);
        let parent_of = |party: &Party| party.parent.filter(|parent| parties.contains_key(parent));
        let mut nested = Vec::new();
        for main_unit in parties.values().filter(|party| parent_of(party).is_none()) {
            let own = of(&main_unit.id);
            let below = parties.values().filter(|party| parent_of(party) == Some(main_unit.id));
            let subunits = below.map(|party| {
                let mut by = of(&party.id).clone();
                by.inherit(own);
                Self::of(party, by, Vec::new())
            });
            let subunits: Vec<Self> = subunits.filter(|subunit| !subunit.by.is_empty()).collect();
            if !own.is_empty() || !subunits.is_empty() {
                nested.push(Self::of(main_unit, own.clone(), subunits));
            }
        }
        nested
    }

    fn of(party: &Party, by: Representation, subunits: Vec<Self>) -> Self {
        let only_hierarchy_element_with_no_access = by.is_empty();
        Self { party: party.clone(), by, only_hierarchy_element_with_no_access, subunits }
    }

    /// The party and its sub-units.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Representation> {
        std::iter::once(&mut self.by).chain(self.subunits.iter_mut().map(|subunit| &mut subunit.by))
    }
}

impl AccessManagement {
    /// Everybody whom the caller may represent: themselves, and all parties that gave them, or an organization in which
    /// they have a key role, a role, a package or a right that stands now.
    ///
    /// # Errors
    /// [`DelegationError`] when it cannot be told.
    pub async fn authorized_parties(&self, actor: &Actor) -> Result<Vec<AuthorizedParty>, DelegationError> {
        let own = actor.party();
        let mut receivers: Vec<Receiver> = own.map(Receiver::Party).into_iter().collect();
        let mut direct: BTreeMap<PartyId, Representation> = BTreeMap::new();
        if let Subject::SystemUser { id, .. } = actor.subject() {
            receivers.push(Receiver::SystemUser(*id));
        }
        if let Some(own) = own {
            let roles = &self.standing.roles;
            receivers.extend(roles.key_role_units(own).await?.into_iter().map(Receiver::Party));
            for held in roles.held_by(own).await? {
                direct.entry(held.of).or_default().roles.insert(held.role);
            }
            let role = own_role_for(actor, own);
            direct.entry(own).or_default().roles.extend(role);
        }
        for entry in self.received_by(&receivers).await? {
            direct.entry(entry.from).or_default().add(&entry.what);
        }
        let parties = self.with_units(direct.keys().copied().collect()).await?;
        Ok(AuthorizedParty::nest(&direct, &parties))
    }

    /// What these have received and stands now.
    async fn received_by(&self, receivers: &[Receiver]) -> Result<Vec<DelegationEntry>, DelegationError> {
        let now = self.clock.now();
        let mut entries = Vec::new();
        for some in receivers.chunks(MOST_IN_LIST) {
            let select = format!(
                "select given.* from auth_delegation given \
                 join auth_party giver on giver.id = given.offered_by and not giver.deleted \
                 where given.revoked_at is null and given.valid_from <= $1 \
                 and (given.valid_to is null or given.valid_to > $2) and given.recipient in ({})",
                placeholders(3, some.len())
            );
            let mut params: Vec<Value> = vec![now.into(), now.into()];
            params.extend(some.iter().map(|receiver| Value::from(receiver.key())));
            for row in &self.store.query(select, params).await? {
                entries.push(DelegationEntry::read(row)?);
            }
        }
        let standing = self.standing.of(entries, now).await?;
        Ok(standing.into_iter().map(|(entry, _)| entry).collect())
    }

    /// The parties, their main units, and all sub-units of those.
    async fn with_units(
        &self,
        mut wanted: Vec<PartyId>,
    ) -> Result<BTreeMap<PartyId, Party>, DelegationError> {
        let mut parties: BTreeMap<PartyId, Party> = BTreeMap::new();
        while let Some(id) = wanted.pop() {
            if parties.contains_key(&id) {
                continue;
            }
            let Some(party) = self.authorizer.party(id).await?.filter(|party| !party.deleted) else {
                continue;
            };
            wanted.extend(party.parent);
            for subunit in self.authorizer.sub_units(id).await? {
                parties.entry(subunit.id).or_insert(subunit);
            }
            parties.insert(id, party);
        }
        Ok(parties)
    }
}
