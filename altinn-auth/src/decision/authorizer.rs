//! The authorizer.

use std::sync::Arc;
use std::time::Duration;

use altinn_core::{Actor, Clock, PartyId, PartyIdentifier, ResourceId, ServiceId, Subject, SystemClock};
use uuid::Uuid;

use super::access::{Access, Reasons};
use super::decision_log::{DecisionLog, DecisionRecord};
use super::decision_point::DecisionPoint;
use super::delegation::Recipient;
use super::denial::{AccessError, Denial, DenialReason, Remedy};
use super::enrichment::{add_rights, request_of, resource_of};
use super::facts::{Admission, AskingParty, Question};
use super::grant::Grant;
use super::policy_source::{PolicySource, ServicePolicy};
use super::registers::Registers;
use super::resource_names::ResourceNames;
use super::ruling::Ruling;
use super::{AccessRequest, level};
use crate::register::{HeldRole, HeldRoles, PartyRegister, RegisterError, RightsVersion, Role, RoleRegister};
use crate::trail::{Trail, TrailEntry};
use crate::xacml::{Decision, Request};

/// Decides who may do what. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Authorizer {
    pub(super) point: DecisionPoint,
    clock: Arc<dyn Clock>,
    max_role_age: Duration,
    log: Option<Arc<dyn DecisionLog>>,
    trail: Option<Trail>,
}

/// What was found out on the way to a decision.
#[derive(Default)]
struct Found {
    /// The roles that the caller holds.
    roles: HeldRoles,
    /// The version of the policy that decides.
    policy_version: Option<String>,
}

/// How old the roles of an external register may be, if nothing else is said.
const MAX_ROLE_AGE: Duration = Duration::from_secs(300);

impl Authorizer {
    /// An authorizer over policies, roles and parties.
    pub fn new(
        policies: Arc<dyn PolicySource>,
        roles: Arc<dyn RoleRegister>,
        parties: Arc<dyn PartyRegister>,
    ) -> Self {
        Self::with_registers(policies, Registers::new(parties, roles))
    }

    /// An authorizer that asks more than parties and roles: delegations, access packages, access lists.
    pub fn with_registers(policies: Arc<dyn PolicySource>, registers: Registers) -> Self {
        let point = DecisionPoint::new(policies, registers);
        Self { point, clock: Arc::new(SystemClock), max_role_age: MAX_ROLE_AGE, log: None, trail: None }
    }

    /// The decision point beneath, which decides requests as Altinn's programs send them, over the same policies and registers.
    pub fn decision_point(&self) -> &DecisionPoint {
        &self.point
    }

    /// The same, by another clock: it tells how old the roles of an external register are.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The same, with another age up to which roles of an external register count; 5 minutes if nothing is said.
    #[must_use]
    pub fn with_max_role_age(mut self, age: Duration) -> Self {
        self.max_role_age = age;
        self
    }

    /// The same, with another time within which each register must answer; 5 seconds if nothing is said.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.point = self.point.with_patience(patience);
        self
    }

    /// The same, telling a log of every decision.
    #[must_use]
    pub fn with_log(mut self, log: Arc<dyn DecisionLog>) -> Self {
        self.log = Some(log);
        self
    }

    /// The same, keeping a trail of every decision.
    #[must_use]
    pub fn with_trail(mut self, trail: Trail) -> Self {
        self.trail = Some(trail);
        self
    }

    /// Decides whether somebody may do something.
    ///
    /// Rights are read anew for every decision, so that a revoked one is seen by the next.
    ///
    /// # Errors
    /// [`AccessError::Denied`] for everything but a permission at a sufficient level: no rule or delegation permits it,
    /// the policy or a register cannot be had, or the policy asks for what is not known.
    #[tracing::instrument(level = "debug", skip_all, fields(altinn.service = %access.service, altinn.action = access.action))]
    pub async fn decide(&self, actor: &Actor, access: &AccessRequest) -> Result<Access, AccessError> {
        let (names, mut found) = (ResourceNames::of(access), Found::default());
        let mut outcome = self.evaluate(actor, (access, &names), &mut found).await.map_err(|reason| {
            tracing::debug!(code = reason.code(), "denied");
            Denial::new(access.clone(), reason)
        });
        let at = self.clock.now();
        if let Some(log) = &self.log {
            let (roles, outcome) = (found.roles.held(), outcome.as_ref());
            log.decided(&DecisionRecord { at, actor, request: access, roles, outcome });
        }
        if let Some(trail) = &self.trail {
            let entry =
                TrailEntry::asked((trail.next_id(), at), actor, (access, names), found.policy_version);
            match &mut outcome {
                Ok(access) => access.note_in(trail, entry),
                Err(denial) => {
                    trail.note(TrailEntry { code: denial.reason().code().to_owned(), ..entry });
                }
            }
        }
        outcome.map_err(AccessError::from)
    }

    /// Whether somebody might do something, with no line in log and trail, since nothing is done by it: to find out what a
    /// list can be about. What it then shows is decided by [`decide`](Self::decide).
    ///
    /// # Errors
    /// [`AccessError::Denied`] when it cannot be told, since the policy or a register cannot be had.
    pub async fn foresees(&self, actor: &Actor, access: &AccessRequest) -> Result<bool, AccessError> {
        match self.evaluate(actor, (access, &ResourceNames::of(access)), &mut Found::default()).await {
            Ok(_) => Ok(true),
            Err(
                reason @ (DenialReason::PolicyUnavailable { .. } | DenialReason::RegisterUnavailable { .. }),
            ) => Err(Denial::new(access.clone(), reason).into()),
            Err(_) => Ok(false),
        }
    }

    /// The roles of which any one, held for the party, would be permitted an action; for a person or organization,
    /// without regard to the level of authentication.
    ///
    /// # Errors
    /// [`AccessError::Denied`] when the service's policy is missing or cannot be had.
    pub async fn roles_for(
        &self,
        action: &str,
        service: &ServiceId,
        task: Option<&str>,
    ) -> Result<Vec<Role>, AccessError> {
        // No policy asks for a role by the party's number: any party stands for all.
        let mut access = AccessRequest::new(action, service.clone(), PartyId::new(0));
        access.task = task.map(str::to_owned);
        let names = ResourceNames::of(&access);
        let policy = self.policy(&names.resource).await;
        let policy = policy.map_err(|reason| Denial::new(access.clone(), reason))?;
        let remedies = remedies(&policy, &resource_of(&access, &names));
        Ok(remedies.into_iter().filter_map(Remedy::into_role).collect())
    }

    /// Whether somebody is a party, or holds a role for it, or has been given anything of it that stands: a right to
    /// any resource or instance, or an access package. Then they may know why something is refused.
    ///
    /// # Errors
    /// [`RegisterError`] when a register cannot tell.
    pub async fn represents(&self, actor: &Actor, party: PartyId) -> Result<bool, RegisterError> {
        if actor.party() == Some(party) {
            return Ok(true);
        }
        let subject = self.asking_party(actor).await?;
        let gatherer = &self.point.gatherer;
        if gatherer.roles(subject.holder, party).await?.roles().next().is_some() {
            return Ok(true);
        }
        if !gatherer.given(&subject, party, None).await?.is_empty() {
            return Ok(true);
        }
        // A party that there is not costs as much as one that gave nothing.
        let party = self.party(party).await?.map_or(Uuid::nil(), |party| party.uuid);
        let Some(holder) = subject.uuid else { return Ok(false) };
        Ok(!self.packages_of(holder, party).await?.is_empty())
    }

    /// Whether somebody is a party, or holds a role for it: then they may read what concerns all of it, as its trail.
    pub(crate) async fn holds_role(&self, actor: &Actor, party: PartyId) -> Result<bool, RegisterError> {
        if actor.party() == Some(party) {
            return Ok(true);
        }
        let subject = self.asking_party(actor).await?;
        Ok(self.point.gatherer.roles(subject.holder, party).await?.roles().next().is_some())
    }

    /// The trail, where one is kept.
    pub(crate) fn trail(&self) -> Option<&Trail> {
        self.trail.as_ref()
    }

    /// Decides; `found` becomes what was found out, also when it refuses.
    async fn evaluate(
        &self,
        actor: &Actor,
        (access, names): (&AccessRequest, &ResourceNames),
        found: &mut Found,
    ) -> Result<Access, DenialReason> {
        let policy = self.policy(&names.resource).await?;
        found.policy_version = self.trail.as_ref().map(|_| policy.version().to_owned());
        let question = self.question(actor, (access, names), &policy).await.map_err(unavailable)?;
        let mut facts = self.point.gatherer.facts(&question, &policy).await.map_err(unavailable)?;
        self.check_age(&facts.roles)?;
        let own = own_role_for(actor, access.party).map(|role| HeldRole { role, through: None });
        facts.roles.add(own);
        let mut request = request_of(actor, access, names);
        add_rights(&mut request, &policy, &facts);
        found.roles = std::mem::take(&mut facts.roles);
        let roles = &found.roles;
        let ruling = self.point.settle(&policy, &question, &request, facts).await.map_err(unavailable)?;
        if ruling.decision() != Decision::Permit {
            return Err(refusal(&policy, &request, &ruling));
        }
        let required_level = level::check(actor, ruling.obligations())?;
        let rights = rights_of(roles, &ruling);
        let reasons = Reasons::of(&policy, &request, &ruling, roles, required_level);
        let lists = ruling.list().cloned();
        Ok(Access::new(actor.clone(), access.clone(), reasons, (rights, lists)))
    }

    async fn question(
        &self,
        actor: &Actor,
        (access, names): (&AccessRequest, &ResourceNames),
        policy: &ServicePolicy,
    ) -> Result<Question, RegisterError> {
        let instance_names = names.instance.as_ref().map(|one| vec![one.guid.clone(), one.urn.clone()]);
        Ok(Question {
            resource: names.resource.clone(),
            is_app: !policy.is_guarded_by_access_lists(),
            action: access.action.clone(),
            party: Some(access.party),
            party_uuid: None,
            instance_names: instance_names.unwrap_or_default(),
            is_for_nobody: false,
            subject: self.asking_party(actor).await?,
        })
    }

    /// Who asks, as the registers know them. A system user and a service owner are no parties and hold no roles.
    pub(super) async fn asking_party(&self, actor: &Actor) -> Result<AskingParty, RegisterError> {
        Ok(match actor.subject() {
            Subject::Person { party, uuid, number } => AskingParty {
                holder: Some(*party),
                own_party: Some(*party),
                uuid: Some(*uuid),
                person: number.clone().map(Into::into),
                recipient: Some(Recipient::Person(*uuid)),
            },
            Subject::SelfIdentified { party, uuid, .. } => AskingParty {
                holder: Some(*party),
                own_party: Some(*party),
                uuid: Some(*uuid),
                person: None,
                recipient: Some(Recipient::Person(*uuid)),
            },
            Subject::Organization { number, party } => {
                let identifier = PartyIdentifier::from(*number);
                let parties = &self.point.gatherer.registers.parties;
                let found = self.point.gatherer.within(parties.party_by_identifier(&identifier)).await?;
                let party = party.or(found.as_ref().map(|party| party.id));
                let uuid = found.map(|party| party.uuid);
                AskingParty {
                    holder: party,
                    own_party: party,
                    uuid,
                    person: None,
                    recipient: party.map(|party| Recipient::Organization { party: Some(party), uuid }),
                }
            }
            Subject::SystemUser { id, .. } => AskingParty {
                uuid: Some(*id),
                recipient: Some(Recipient::SystemUser(*id)),
                ..AskingParty::default()
            },
            Subject::ServiceOwner { .. } => AskingParty::default(),
        })
    }

    /// Roles that an external register told too long ago count for nothing.
    fn check_age(&self, roles: &HeldRoles) -> Result<(), DenialReason> {
        let Some(told) = roles.told() else { return Ok(()) };
        let age = (self.clock.now() - told).to_std().unwrap_or_default();
        if age > self.max_role_age {
            return Err(DenialReason::RolesTooOld { age, max: self.max_role_age });
        }
        Ok(())
    }

    pub(super) async fn policy(&self, resource: &ResourceId) -> Result<Arc<ServicePolicy>, DenialReason> {
        match self.point.policies.policy(resource).await {
            Ok(Some(policy)) => Ok(policy),
            Ok(None) => Err(DenialReason::PolicyMissing),
            Err(error) => {
                tracing::warn!(code = error.code(), "a policy is unavailable");
                Err(DenialReason::PolicyUnavailable { code: error.code() })
            }
        }
    }
}

/// The role that somebody holds without anybody having given it: a person's, for themselves.
pub(crate) fn own_role_for(actor: &Actor, on_behalf_of: PartyId) -> Option<Role> {
    match actor.subject() {
        Subject::Person { party, .. } if *party == on_behalf_of => Some(Role::private_person()),
        Subject::SelfIdentified { party, .. } if *party == on_behalf_of => Some(Role::self_identified()),
        _ => None,
    }
}

pub(super) fn unavailable(error: RegisterError) -> DenialReason {
    tracing::warn!(code = error.code(), "a register is unavailable");
    DenialReason::RegisterUnavailable { code: error.code() }
}

/// The versions of rights that a permission rests on: those that the roles came from, and that of the delegation.
fn rights_of(roles: &HeldRoles, ruling: &Ruling) -> Vec<RightsVersion> {
    let of_delegation = ruling.delegation().into_iter().flat_map(|delegation| &delegation.rights);
    roles.rights().iter().chain(of_delegation).copied().collect()
}

fn refusal(policy: &ServicePolicy, request: &Request, ruling: &Ruling) -> DenialReason {
    let evaluation = ruling.evaluation();
    match ruling.admission() {
        Admission::Admitted(_) => {}
        Admission::NotOnAList => return DenialReason::NotOnAccessList,
        Admission::NotAnOrganization => return DenialReason::OrganizationsOnly,
    }
    match (evaluation.decision(), evaluation.decided_by()) {
        (Decision::Deny, Some(rule)) => {
            DenialReason::Forbidden { rule: rule.clone(), description: policy.description(&rule.rule) }
        }
        (Decision::Indeterminate(_), _) => DenialReason::Undecided {
            status: evaluation.status().code(),
            message: evaluation.status().message().to_owned(),
        },
        _ => DenialReason::NotGranted { would_help: remedies(policy, request) },
    }
}

/// What would have been permitted: every right that the policy names is tried on the request.
pub(super) fn remedies(policy: &ServicePolicy, request: &Request) -> Vec<Remedy> {
    let tried = policy.grants().iter().filter_map(|grant| {
        let mut with_grant = request.clone();
        grant.add_to(&mut with_grant, policy);
        let evaluation = policy.compiled().evaluate(&with_grant);
        let rule = evaluation.decided_by().filter(|_| evaluation.decision() == Decision::Permit)?.clone();
        let description = policy.description(&rule.rule);
        Some(Remedy { grant: grant.clone(), rule, description })
    });
    tried.collect()
}

impl Remedy {
    fn into_role(self) -> Option<Role> {
        match self.grant {
            Grant::Role(role) => Some(role),
            _ => None,
        }
    }
}
