//! The rights that somebody may pass on, for whoever keeps delegations.

use std::sync::Arc;

use altinn_core::{Actor, Party, PartyId, PartyIdentifier, ResourceId, Subject, UncheckedOrganizationNumber};
use uuid::Uuid;

use super::asked::RequestFault;
use super::authorizer::{Authorizer, own_role_for};
use super::enrichment::request_of_subject;
use super::gather::unavailable;
use super::level;
use super::policy_source::ServicePolicy;
use super::rights::{HeldRight, RightsHolder, RightsQuery};
use crate::register::{HeldRoles, RegisterError};
use crate::xacml::{Request, name};

/// A right, and whether the caller's level of authentication is enough for it.
#[derive(Debug, Clone)]
pub(crate) struct PassableRight {
    pub(crate) held: HeldRight,
    pub(crate) is_level_enough: bool,
}

impl Authorizer {
    /// The rights to a resource, with those that somebody has: the caller, or an organization that the caller acts for.
    pub(crate) async fn passable_rights(
        &self,
        actor: &Actor,
        acting_for: Option<PartyId>,
        query: &RightsQuery,
    ) -> Result<Vec<PassableRight>, RequestFault> {
        let rights = match acting_for {
            Some(unit) => {
                let subject = self.point.gatherer.holder(RightsHolder::Party(unit)).await?;
                let mut request = Request::new();
                request.add(name::ACCESS_SUBJECT, super::attribute::PARTY, unit.to_string());
                self.point.rights_of(query, subject, None, request).await?
            }
            None => {
                let subject = self.asking_party(actor).await.map_err(unavailable)?;
                let own = own_role_for(actor, query.party);
                self.point.rights_of(query, subject, own, request_of_subject(actor)).await?
            }
        };
        let with_level = |held: HeldRight| PassableRight {
            is_level_enough: level::check(actor, &held.obligations).is_ok(),
            held,
        };
        Ok(rights.into_iter().map(with_level).collect())
    }

    /// The roles that a person holds for a party; nobody else holds any.
    pub(crate) async fn roles_of(&self, actor: &Actor, party: PartyId) -> Result<HeldRoles, RegisterError> {
        let holder = match actor.subject() {
            Subject::Person { party, .. } | Subject::SelfIdentified { party, .. } => Some(*party),
            _ => None,
        };
        self.point.gatherer.roles(holder, party).await
    }

    /// The roles that an organization holds for a party.
    pub(crate) async fn roles_of_party(
        &self,
        holder: PartyId,
        party: PartyId,
    ) -> Result<HeldRoles, RegisterError> {
        self.point.gatherer.roles(Some(holder), party).await
    }

    /// The access packages that a person or organization holds for a party; none where no register tells of packages.
    pub(crate) async fn packages_of(&self, holder: Uuid, party: Uuid) -> Result<Vec<String>, RegisterError> {
        match &self.point.gatherer.registers.access_packages {
            Some(packages) => self.point.gatherer.within(packages.packages(holder, party)).await,
            None => Ok(Vec::new()),
        }
    }

    /// The policy of a resource.
    pub(crate) async fn policy_of(&self, resource: &ResourceId) -> Result<Arc<ServicePolicy>, RequestFault> {
        self.point.policy(resource).await
    }

    /// The sub-units of an organization.
    pub(crate) async fn sub_units(&self, id: PartyId) -> Result<Vec<Party>, RegisterError> {
        self.point.gatherer.within(self.point.gatherer.registers.parties.sub_units(id)).await
    }

    /// An organization, as the register knows it.
    pub(crate) async fn organization(
        &self,
        number: UncheckedOrganizationNumber,
    ) -> Result<Option<Party>, RegisterError> {
        let identifier = PartyIdentifier::Organization(number);
        let parties = &self.point.gatherer.registers.parties;
        self.point.gatherer.within(parties.party_by_identifier(&identifier)).await
    }

    /// A party, as the register knows it.
    pub(crate) async fn party(&self, id: PartyId) -> Result<Option<Party>, RegisterError> {
        self.point.gatherer.within(self.point.gatherer.registers.parties.party(id)).await
    }
}
