//! What somebody may pass on, and by what right.

use altinn_core::{Actor, InstanceId, PartyId, ResourceId};
use uuid::Uuid;

use super::DelegationError;
use super::access_management::AccessManagement;
use super::entry::Basis;
use super::offer::{Receiver, What};
use super::packages::{PackageCatalogue, given_packages};
use crate::decision::{PassableRight, Right, RightSource, RightsCount, RightsQuery, attribute};
use crate::register::{HeldRoles, Role};

/// What a delegation check says of one right.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RightCheck {
    /// The right.
    pub right: Right,
    /// Its key as Altinn writes it.
    pub key: String,
    /// Whether the caller may delegate it.
    pub is_delegable: bool,
    /// Why, or why not.
    pub details: Vec<Detail>,
    pub(super) bases: Vec<Basis>,
}

/// What a delegation check says of one access package.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackageCheck {
    /// The package, by its name.
    pub name: String,
    /// Whether the caller may give it.
    pub is_delegable: bool,
    /// Why not.
    pub details: Vec<Detail>,
}

/// Why a right may be delegated, or why not; named as Altinn's delegation check names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Detail {
    /// A role or an access package gives it.
    RoleAccess,
    /// A delegation gives it.
    DelegationAccess,
    /// No role and no access package gives it.
    MissingRoleAccess,
    /// No delegation gives it.
    MissingDelegationAccess,
    /// The caller's level of authentication is too low.
    InsufficientAuthenticationLevel,
    /// The party is on no access list of the service owner that covers it.
    AccessListValidationFail,
    /// The resource's owner lets nobody delegate it.
    ResourceNotDelegable,
    /// The policy of the resource does not know the right.
    UnknownRight,
    /// The access package is not known, or cannot be delegated.
    PackageNotDelegable,
    /// The caller does not hold the access package.
    MissingPackageAccess,
}

impl Detail {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::RoleAccess => "RoleAccess",
            Self::DelegationAccess => "DelegationAccess",
            Self::MissingRoleAccess => "MissingRoleAccess",
            Self::MissingDelegationAccess => "MissingDelegationAccess",
            Self::InsufficientAuthenticationLevel => "InsufficientAuthenticationLevel",
            Self::AccessListValidationFail => "AccessListValidationFail",
            Self::ResourceNotDelegable => "ResourceNotDelegable",
            Self::UnknownRight => "UnknownRight",
            Self::PackageNotDelegable => "PackageNotDelegable",
            Self::MissingPackageAccess => "MissingPackageAccess",
        }
    }
}

/// On whose behalf somebody passes rights on, and by what roles.
#[derive(Debug, Clone)]
pub(super) struct Passing<'a> {
    pub(super) actor: &'a Actor,
    pub(super) from: PartyId,
    /// The organization that passes on what it was given.
    pub(super) acting_for: Option<PartyId>,
    /// The roles by which the caller may delegate at all.
    pub(super) manages_by: HeldRoles,
    /// The roles that the organization holds for the party.
    pub(super) roles_of_unit: Vec<Role>,
}

impl AccessManagement {
    /// Whether somebody may delegate at all: a person for themselves, an access manager of the party, or a client
    /// administrator of the organization that they act for.
    ///
    /// # Errors
    /// [`DelegationError::NotAccessManager`].
    pub(super) async fn passing<'a>(
        &self,
        actor: &'a Actor,
        from: PartyId,
        acting_for: Option<PartyId>,
    ) -> Result<Passing<'a>, DelegationError> {
        let managed = acting_for.unwrap_or(from);
        let manages_by = self.authorizer.roles_of(actor, managed).await?;
        let may = match acting_for {
            None => manages_by.roles().any(Role::is_access_manager) || actor.party() == Some(from),
            Some(_) => manages_by.roles().any(Role::is_client_administrator),
        };
        let is_person = matches!(
            actor.subject(),
            altinn_core::Subject::Person { .. } | altinn_core::Subject::SelfIdentified { .. }
        );
        if !is_person || !may && !self.has_manager_package(actor, managed, acting_for.is_some()).await? {
            return Err(DelegationError::NotAccessManager);
        }
        let roles_of_unit = match acting_for {
            Some(unit) => self.authorizer.roles_of_party(unit, from).await?.roles().cloned().collect(),
            None => Vec::new(),
        };
        Ok(Passing { actor, from, acting_for, manages_by, roles_of_unit })
    }

    /// Whether an access package lets somebody manage access: `tilgangsstyrer` and `hovedadministrator`, and
    /// `klientadministrator` for what clients gave.
    async fn has_manager_package(
        &self,
        actor: &Actor,
        managed: PartyId,
        for_clients: bool,
    ) -> Result<bool, DelegationError> {
        let Some(own) = actor.party() else { return Ok(false) };
        let (own, managed) = (self.authorizer.party(own).await?, self.authorizer.party(managed).await?);
        let Some(own) = own else { return Ok(false) };
        // A party that there is not costs as much as one that gave nothing.
        let managed = managed.map_or(Uuid::nil(), |party| party.uuid);
        let packages = self.authorizer.packages_of(own.uuid, managed).await?;
        let gives_it = |package: &String| match package.as_str() {
            "tilgangsstyrer" | "hovedadministrator" => true,
            "klientadministrator" => for_clients,
            _ => false,
        };
        Ok(packages.iter().any(gives_it))
    }

    /// Which rights to a resource may be passed on, and why not.
    pub(super) async fn checks(
        &self,
        passing: &Passing<'_>,
        resource: &ResourceId,
        instance: Option<InstanceId>,
    ) -> Result<Vec<RightCheck>, DelegationError> {
        let count = if passing.acting_for.is_some() { RightsCount::Held } else { RightsCount::Delegable };
        let query = RightsQuery {
            resource: resource.clone(),
            party: passing.from,
            instance,
            holder: crate::decision::RightsHolder::Party(passing.from),
            count,
        };
        let rights = self.authorizer.passable_rights(passing.actor, passing.acting_for, &query).await?;
        let may_be_delegated = self.resources.rules(resource).await?.delegable;
        Ok(rights.into_iter().map(|right| passing.check(right, may_be_delegated)).collect())
    }
}

impl AccessManagement {
    /// Which of some access packages the caller may give on behalf of a party, and why not (delegation check).
    ///
    /// `acting_for` is the organization that passes on what it was given, as in [`Offer::acting_for`](super::Offer::acting_for).
    ///
    /// # Errors
    /// [`DelegationError::NotAccessManager`] when the caller may give nothing of the party's.
    pub async fn check_packages(
        &self,
        actor: &Actor,
        from: PartyId,
        names: &[String],
        acting_for: Option<PartyId>,
    ) -> Result<Vec<PackageCheck>, DelegationError> {
        let passing = self.passing_to(actor, (from, acting_for), "delegation.check").await?;
        let mut checks = Vec::new();
        for name in names {
            let (is_delegable, details) = match self.package_bases(&passing, name).await {
                Ok(_) => (true, Vec::new()),
                Err(DelegationError::NotDelegable { details }) => (false, details),
                Err(error) => return Err(error),
            };
            checks.push(PackageCheck { name: name.clone(), is_delegable, details });
        }
        Ok(checks)
    }

    /// By what rights an access package may be given; why not, when by none. A person for themselves, key roles and main
    /// administrators give every package, an access manager those that they hold, and an organization those that clients
    /// gave it.
    pub(super) async fn package_bases(
        &self,
        passing: &Passing<'_>,
        name: &str,
    ) -> Result<Vec<Basis>, DelegationError> {
        let refused = |detail| Err(DelegationError::NotDelegable { details: vec![detail] });
        let catalogue = PackageCatalogue::new(self.store.clone());
        let Some(package) = catalogue.package(name).await?.filter(|package| package.is_delegable) else {
            return refused(Detail::PackageNotDelegable);
        };
        let bases: Vec<Basis> = match passing.acting_for {
            None => {
                let gives_all = |role: &Role| role.is_key_role() || role.is_main_administrator();
                let holds = passing.actor.party() == Some(passing.from)
                    || passing.manages_by.roles().any(gives_all)
                    || self.holds_package(passing, name).await?;
                holds.then_some(Basis::Party).into_iter().collect()
            }
            Some(unit) => {
                let roles = passing.roles_of_unit.iter().filter(|role| package.roles.contains(role)).cloned();
                let by_role = roles.map(|role| Basis::Role { unit, role });
                let givers = [Some(passing.from), None];
                let receivers = [Receiver::Party(unit)];
                let given = given_packages(&self.standing, &givers, &receivers, &*self.clock).await?;
                let given = given.into_iter().filter(|entry| entry.what == What::Package(name.to_owned()));
                by_role.chain(given.map(|entry| Basis::Delegation(entry.id))).collect()
            }
        };
        if bases.is_empty() { refused(Detail::MissingPackageAccess) } else { Ok(bases) }
    }

    async fn holds_package(&self, passing: &Passing<'_>, name: &str) -> Result<bool, DelegationError> {
        let Some(own) = passing.actor.party() else { return Ok(false) };
        let parties = (self.authorizer.party(own).await?, self.authorizer.party(passing.from).await?);
        let (Some(own), Some(from)) = parties else { return Ok(false) };
        let packages = self.authorizer.packages_of(own.uuid, from.uuid).await?;
        Ok(packages.iter().any(|package| package == name))
    }
}

impl Passing<'_> {
    fn check(&self, passable: PassableRight, may_be_delegated: bool) -> RightCheck {
        let held = passable.held;
        let given: Vec<&RightSource> = held.sources.iter().filter(|source| source.permitted).collect();
        let bases: Vec<Basis> = given.iter().flat_map(|source| self.bases(source)).collect();
        let by_role = given.iter().any(|source| source.delegation.is_none());
        let by_delegation = given.iter().any(|source| source.delegation.is_some());
        let mut details = Vec::new();
        for (is_so, detail) in [
            (by_role, Detail::RoleAccess),
            (by_delegation, Detail::DelegationAccess),
            (!by_role && !by_delegation, Detail::MissingRoleAccess),
            (!by_role && !by_delegation, Detail::MissingDelegationAccess),
            (!passable.is_level_enough, Detail::InsufficientAuthenticationLevel),
            (held.kept_out, Detail::AccessListValidationFail),
            (!may_be_delegated, Detail::ResourceNotDelegable),
        ] {
            details.extend(is_so.then_some(detail));
        }
        let is_delegable =
            held.permitted && passable.is_level_enough && may_be_delegated && !bases.is_empty();
        RightCheck { right: held.right, key: held.key, is_delegable, details, bases }
    }

    /// By what right what a source gives is passed on.
    fn bases(&self, source: &RightSource) -> Vec<Basis> {
        match (&source.delegation, self.acting_for) {
            (Some(delegation), _) => delegation.id.map(Basis::Delegation).into_iter().collect(),
            (None, None) => vec![Basis::Party],
            (None, Some(unit)) => {
                let gives = |role: &&Role| source.policy_subjects.iter().any(|group| is_role(group, role));
                let roles = self.roles_of_unit.iter().filter(gives).cloned();
                roles.map(|role| Basis::Role { unit, role }).collect()
            }
        }
    }
}

/// Whether a rule gives its right to whoever holds this role, and asks for nothing else.
fn is_role(group: &[(String, String)], role: &Role) -> bool {
    match group {
        [(id, code)] if id == attribute::ROLE_CODE => code.parse().as_ref() == Ok(role),
        [(id, name)] if id == attribute::EXTERNAL_ROLE => {
            Role::from_external_name(name).as_ref() == Some(role)
        }
        _ => false,
    }
}

/// The id of the delegation that a basis is.
pub(super) fn parent_of(basis: &Basis) -> Option<Uuid> {
    match basis {
        Basis::Delegation(id) => Some(*id),
        _ => None,
    }
}
