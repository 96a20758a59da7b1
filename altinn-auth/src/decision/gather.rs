//! Finds out what a decision has to know: the only part of it that asks anybody.

use std::future::Future;
use std::time::Duration;

use altinn_core::{InstanceId, Party, PartyId, PartyIdentifier, PartyKind, ResourceId};

use super::asked::{Asked, Endpoint, RequestFault};
use super::attribute;
use super::delegation::{Delegation, DelegationQuery, Recipient};
use super::facts::{Admission, AskingParty, Facts, Question};
use super::policy_source::ServicePolicy;
use super::registers::Registers;
use super::rights::RightsHolder;
use crate::register::{HeldRoles, InstanceFact, RegisterError, RightsVersion, User};

/// How long a register may take to answer, if nothing else is said.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the registers, each within a time.
#[derive(Debug, Clone)]
pub(super) struct Gatherer {
    pub(super) registers: Registers,
    pub(super) patience: Duration,
}

impl Gatherer {
    pub(super) fn new(registers: Registers) -> Self {
        Self { registers, patience: PATIENCE }
    }

    /// Resolves the names of a request's subject and party. The instance must have been added already.
    pub(super) async fn question(&self, asked: &Asked, endpoint: Endpoint) -> Result<Question, RequestFault> {
        let resource = asked.resource.policy().ok_or(RequestFault::NoPolicy)?;
        Ok(Question {
            resource,
            is_app: asked.resource.is_app(),
            action: asked.action.clone(),
            party: asked.resource.party,
            party_uuid: asked.resource.party_uuid,
            instance_names: asked.resource.instance_names(),
            is_for_nobody: asked.resource.is_for_nobody(),
            subject: self.subject(asked, endpoint).await?,
        })
    }

    /// The party of the resource, when the request names it by another number than its party id.
    pub(super) async fn party_of_resource(&self, asked: &Asked) -> Result<Option<PartyId>, RegisterError> {
        let resource = &asked.resource;
        let parties = &self.registers.parties;
        let identifier = resource.organization.map(PartyIdentifier::Organization);
        let identifier = identifier.or_else(|| resource.person.clone().map(PartyIdentifier::Person));
        let party = match (identifier, resource.party_uuid) {
            _ if resource.party.is_some() => return Ok(None),
            (Some(identifier), _) => self.within(parties.party_by_identifier(&identifier)).await?,
            (None, Some(uuid)) => self.within(parties.party_by_uuid(uuid)).await?,
            (None, None) => None,
        };
        Ok(party.map(|party| party.id))
    }

    pub(super) async fn instance(&self, asked: &Asked) -> Result<Option<InstanceFact>, RegisterError> {
        let id = asked.resource.instance.as_deref().and_then(|id| id.parse::<InstanceId>().ok());
        match (&self.registers.instances, id) {
            (Some(instances), Some(id)) => self.within(instances.instance(&id)).await,
            _ => Ok(None),
        }
    }

    async fn subject(&self, asked: &Asked, endpoint: Endpoint) -> Result<AskingParty, RequestFault> {
        let subject = &asked.subject;
        let user = self.user(asked).await?;
        let organization = subject.organization.filter(|_| endpoint == Endpoint::Authorize);
        let own = match (organization, subject.party) {
            (Some(number), _) => {
                let found = self.party_by_identifier(&PartyIdentifier::Organization(number)).await?;
                Some(found.ok_or(RequestFault::UnknownOrganization)?)
            }
            (None, Some(party)) if user.is_none() => self.party(party).await?,
            _ => None,
        };
        let own_id = own.as_ref().map(|own| own.id).or(subject.party);
        let recipient = match (&user, own_id, subject.system_user) {
            (Some(user), _, _) => Some(Recipient::User(user.id)),
            (None, Some(party), _) => Some(recipient_of(party, own.as_ref())),
            (None, None, system_user) => system_user.map(Recipient::SystemUser),
        };
        let named = subject.system_user.or(subject.party_uuid);
        Ok(AskingParty {
            holder: user.as_ref().map(|user| user.party),
            own_party: user.as_ref().map(|user| user.party).or(own_id),
            uuid: user.as_ref().and_then(|user| user.uuid).or(named).or(own.map(|own| own.uuid)),
            person: user.and_then(|user| user.person),
            recipient,
        })
    }

    async fn user(&self, asked: &Asked) -> Result<Option<User>, RequestFault> {
        let Some(users) = &self.registers.users else { return Ok(None) };
        let found = match (&asked.subject.person, asked.subject.user) {
            (Some(number), _) => {
                let found = self.within(users.user_by_person(number)).await.map_err(unavailable)?;
                Some(found.ok_or(RequestFault::UnknownPerson)?)
            }
            (None, Some(id)) => self.within(users.user(id)).await.map_err(unavailable)?,
            (None, None) => None,
        };
        Ok(found)
    }

    /// The rights that the policy asks for.
    pub(super) async fn facts(
        &self,
        question: &Question,
        policy: &ServicePolicy,
    ) -> Result<Facts, RegisterError> {
        let mut facts = Facts::default();
        if question.is_for_nobody {
            facts.party_kind = self.party_kind(question, policy).await?;
            facts.access_lists = self.lists_named(question, policy).await?;
        }
        if let Some(party) = question.party {
            // The version first: what is taken back after it makes a commit conflict.
            let version = self.version_of_packages(policy, party).await?;
            facts.access_packages = self.packages(question, policy, party).await?;
            if policy.asks_for(attribute::ESTATE_ROLE) {
                facts.estate_roles = self.estate_roles(question, party).await?;
            }
            if policy.asks_for(attribute::ROLE_CODE) || policy.asks_for(attribute::EXTERNAL_ROLE) {
                facts.roles = self.roles(question.subject.holder, party).await?;
            }
            if !facts.access_packages.is_empty() {
                facts.roles = version.into_iter().fold(facts.roles, HeldRoles::resting_on);
            }
        }
        Ok(facts)
    }

    /// The roles that somebody holds; who is no party holds none.
    pub(super) async fn roles(
        &self,
        holder: Option<PartyId>,
        party: PartyId,
    ) -> Result<HeldRoles, RegisterError> {
        match holder {
            Some(holder) => self.within(self.registers.roles.roles(holder, party)).await,
            None => Ok(HeldRoles::default()),
        }
    }

    /// The version of the rights that a party has given, packages among them; none when no package is asked for. A
    /// register of roles that is kept in the store tells it with any roles, also with those that nobody holds.
    async fn version_of_packages(
        &self,
        policy: &ServicePolicy,
        party: PartyId,
    ) -> Result<Vec<RightsVersion>, RegisterError> {
        if self.registers.access_packages.is_none() || !policy.asks_for(attribute::ACCESS_PACKAGE) {
            return Ok(Vec::new());
        }
        Ok(self.roles(Some(party), party).await?.rights().to_vec())
    }

    /// The roles by which somebody gives rights away; who is no party has none.
    pub(super) async fn delegable_roles(
        &self,
        holder: Option<PartyId>,
        party: PartyId,
    ) -> Result<HeldRoles, RegisterError> {
        match holder {
            Some(holder) => self.within(self.registers.roles.delegable_roles(holder, party)).await,
            None => Ok(HeldRoles::default()),
        }
    }

    /// Who somebody is, by what the registers know of them.
    pub(super) async fn holder(&self, holder: RightsHolder) -> Result<AskingParty, RequestFault> {
        match holder {
            RightsHolder::User(id) => {
                let Some(users) = &self.registers.users else { return Ok(AskingParty::default()) };
                let user = self.within(users.user(id)).await.map_err(unavailable)?;
                Ok(user.map_or_else(AskingParty::default, |user| AskingParty {
                    holder: Some(user.party),
                    own_party: Some(user.party),
                    uuid: user.uuid,
                    person: user.person,
                    recipient: Some(Recipient::User(user.id)),
                }))
            }
            RightsHolder::Party(id) => {
                let party = self.party(id).await?;
                let uuid = party.as_ref().map(|party| party.uuid);
                let recipient = Some(recipient_of(id, party.as_ref()));
                Ok(AskingParty { holder: Some(id), own_party: Some(id), uuid, person: None, recipient })
            }
            RightsHolder::SystemUser(id) => Ok(AskingParty {
                uuid: Some(id),
                recipient: Some(Recipient::SystemUser(id)),
                ..AskingParty::default()
            }),
        }
    }

    async fn party_kind(
        &self,
        question: &Question,
        policy: &ServicePolicy,
    ) -> Result<Option<PartyKind>, RegisterError> {
        match question.subject.uuid.filter(|_| policy.asks_for(attribute::PARTY_TYPE)) {
            Some(uuid) => {
                let party = self.within(self.registers.parties.party_by_uuid(uuid)).await?;
                Ok(party.map(|party| party.kind))
            }
            None => Ok(None),
        }
    }

    async fn lists_named(
        &self,
        question: &Question,
        policy: &ServicePolicy,
    ) -> Result<Vec<String>, RegisterError> {
        let asked = question.subject.uuid.filter(|_| policy.asks_for(attribute::ACCESS_LIST));
        match (&self.registers.access_lists, asked) {
            (Some(lists), Some(uuid)) => self.within(lists.lists_of(uuid)).await,
            _ => Ok(Vec::new()),
        }
    }

    async fn packages(
        &self,
        question: &Question,
        policy: &ServicePolicy,
        party: PartyId,
    ) -> Result<Vec<String>, RegisterError> {
        let holder = question.subject.uuid.filter(|_| policy.asks_for(attribute::ACCESS_PACKAGE));
        let (Some(packages), Some(holder)) = (&self.registers.access_packages, holder) else {
            return Ok(Vec::new());
        };
        let uuid = match question.party_uuid {
            Some(uuid) => Some(uuid),
            None => self.within(self.registers.parties.party(party)).await?.map(|party| party.uuid),
        };
        match uuid {
            Some(uuid) => self.within(packages.packages(holder, uuid)).await,
            None => Ok(Vec::new()),
        }
    }

    async fn estate_roles(&self, question: &Question, party: PartyId) -> Result<Vec<String>, RegisterError> {
        let (Some(estates), Some(heir)) = (&self.registers.estates, &question.subject.person) else {
            return Ok(Vec::new());
        };
        match self.within(self.registers.parties.party(party)).await?.map(|party| party.identifier) {
            Some(PartyIdentifier::Person(deceased)) => {
                self.within(estates.estate_roles(&deceased, heir)).await
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The delegations that may permit what no role does.
    pub(super) async fn delegations(&self, question: &Question) -> Result<Vec<Delegation>, RegisterError> {
        match question.party {
            Some(party) => self.given(&question.subject, party, Some(&question.resource)).await,
            None => Ok(Vec::new()),
        }
    }

    /// What a party has given somebody: rights to a resource, or to any.
    pub(super) async fn given(
        &self,
        to: &AskingParty,
        party: PartyId,
        resource: Option<&ResourceId>,
    ) -> Result<Vec<Delegation>, RegisterError> {
        let (Some(delegations), Some(subject)) = (&self.registers.delegations, to.recipient.clone()) else {
            return Ok(Vec::new());
        };
        let main_unit =
            self.within(self.registers.parties.party(party)).await?.and_then(|party| party.parent);
        let key_role_units = match to.holder {
            Some(holder) => self.within(self.registers.roles.key_role_units(holder)).await?,
            None => Vec::new(),
        };
        let own_party = to.own_party;
        let resource = resource.cloned();
        let query = DelegationQuery { resource, party, main_unit, subject, own_party, key_role_units };
        self.within(delegations.delegations(&query)).await
    }

    /// Whether the service owner's access lists let the party in.
    pub(super) async fn admission(&self, question: &Question) -> Result<Admission, RegisterError> {
        let Some(lists) = &self.registers.access_lists else { return Ok(Admission::Admitted(None)) };
        if !self.within(lists.are_required(&question.resource)).await? {
            return Ok(Admission::Admitted(None));
        }
        let party = match question.party {
            Some(party) => self.within(self.registers.parties.party(party)).await?,
            None => None,
        };
        let Some(PartyIdentifier::Organization(number)) =
            party.filter(|party| party.kind == PartyKind::Organization).map(|party| party.identifier)
        else {
            return Ok(Admission::NotAnOrganization);
        };
        let memberships = self.within(lists.memberships(number, &question.resource)).await?;
        let covering = memberships.into_iter().find(|membership| membership.covers(&question.action));
        Ok(covering.map_or(Admission::NotOnAList, |membership| Admission::Admitted(membership.list)))
    }

    async fn party(&self, id: PartyId) -> Result<Option<Party>, RequestFault> {
        self.within(self.registers.parties.party(id)).await.map_err(unavailable)
    }

    async fn party_by_identifier(&self, identifier: &PartyIdentifier) -> Result<Option<Party>, RequestFault> {
        self.within(self.registers.parties.party_by_identifier(identifier)).await.map_err(unavailable)
    }

    /// A register's answer; one that comes too late is none.
    pub(super) async fn within<T>(
        &self,
        answer: impl Future<Output = Result<T, RegisterError>>,
    ) -> Result<T, RegisterError> {
        match tokio::time::timeout(self.patience, answer).await {
            Ok(answer) => answer,
            Err(_) => Err(RegisterError::TooSlow { patience: self.patience }),
        }
    }
}

/// How delegations name a party that asks for itself.
fn recipient_of(id: PartyId, party: Option<&Party>) -> Recipient {
    match party {
        Some(Party { kind: PartyKind::Person, uuid, .. }) => Recipient::Person(*uuid),
        found => Recipient::Organization { party: Some(id), uuid: found.map(|party| party.uuid) },
    }
}

pub(super) fn unavailable(error: RegisterError) -> RequestFault {
    tracing::warn!(code = error.code(), "a register is unavailable");
    RequestFault::Unavailable { code: error.code() }
}
