//! The authorizer.

use std::sync::Arc;

use altinn_core::{Actor, PartyId, PartyIdentifier, ServiceId, Subject};

use super::access::{Access, Reasons};
use super::denial::{AccessError, Denial, DenialReason, Remedy};
use super::enrichment::{own_role, request_of, resource_of};
use super::grant::Grant;
use super::policy_source::{PolicySource, ServicePolicy};
use super::{AccessRequest, level};
use crate::register::{HeldRoles, PartyRegister, RegisterError, Role, RoleRegister};
use crate::xacml::{Decision, Evaluation, Request};

/// Decides who may do what. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Authorizer {
    policies: Arc<dyn PolicySource>,
    roles: Arc<dyn RoleRegister>,
    parties: Arc<dyn PartyRegister>,
}

impl Authorizer {
    /// An authorizer over policies, roles and parties.
    pub fn new(
        policies: Arc<dyn PolicySource>,
        roles: Arc<dyn RoleRegister>,
        parties: Arc<dyn PartyRegister>,
    ) -> Self {
        Self { policies, roles, parties }
    }

    /// Decides whether somebody may do something.
    ///
    /// Roles are read anew for every decision, so that a revoked one is seen by the next.
    ///
    /// # Errors
    /// [`AccessError::Denied`] for everything but a permission at a sufficient level: no rule permits it, the policy
    /// or the register cannot be had, or the policy asks for what is not known.
    #[tracing::instrument(level = "debug", skip_all, fields(altinn.service = %access.service, altinn.action = access.action))]
    pub async fn decide(&self, actor: &Actor, access: &AccessRequest) -> Result<Access, AccessError> {
        self.evaluate(actor, access).await.map_err(|reason| {
            tracing::debug!(code = reason.code(), "denied");
            Denial::new(access.clone(), reason).into()
        })
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
        let policy = self.policy(service).await.map_err(|reason| Denial::new(access.clone(), reason))?;
        let remedies = remedies(&policy, &resource_of(&access));
        Ok(remedies.into_iter().filter_map(Remedy::into_role).collect())
    }

    /// Whether somebody is a party, or holds any role for it: then they may know why something is refused.
    ///
    /// # Errors
    /// [`RegisterError`] when the register cannot tell.
    pub async fn represents(&self, actor: &Actor, party: PartyId) -> Result<bool, RegisterError> {
        Ok(actor.party() == Some(party) || !self.held_roles(actor, party).await?.roles().is_empty())
    }

    async fn evaluate(&self, actor: &Actor, access: &AccessRequest) -> Result<Access, DenialReason> {
        let policy = self.policy(&access.service).await?;
        let held = self.held_roles(actor, access.party).await.map_err(|error| {
            tracing::warn!(code = error.code(), "the register of roles is unavailable");
            DenialReason::RegisterUnavailable { code: error.code() }
        })?;
        let mut roles = held.roles().to_vec();
        roles.extend(own_role(actor, access));
        let request = request_of(actor, access, &roles);
        let evaluation = policy.compiled().evaluate(&request);
        if evaluation.decision() != Decision::Permit {
            return Err(refusal(&policy, &request, &evaluation));
        }
        level::check(actor, evaluation.obligations())?;
        let rule = evaluation.decided_by().cloned();
        let description = rule.as_ref().and_then(|rule| policy.description(&rule.rule));
        let reasons = Reasons { rule, description, roles };
        Ok(Access::new(actor.clone(), access.clone(), reasons, held.rights()))
    }

    async fn policy(&self, service: &ServiceId) -> Result<Arc<ServicePolicy>, DenialReason> {
        match self.policies.policy(service).await {
            Ok(Some(policy)) => Ok(policy),
            Ok(None) => Err(DenialReason::PolicyMissing),
            Err(error) => {
                tracing::warn!(code = error.code(), "a policy is unavailable");
                Err(DenialReason::PolicyUnavailable { code: error.code() })
            }
        }
    }

    /// The roles that the caller has been given for the party; a caller that is no party holds none.
    async fn held_roles(&self, actor: &Actor, party: PartyId) -> Result<HeldRoles, RegisterError> {
        let holder = match actor.subject() {
            Subject::Organization { number, party: None } => {
                let identifier = PartyIdentifier::from(*number);
                self.parties.party_by_identifier(&identifier).await?.map(|party| party.id)
            }
            subject => subject.party(),
        };
        match holder {
            Some(holder) => self.roles.roles(holder, party).await,
            None => Ok(HeldRoles::default()),
        }
    }
}

fn refusal(policy: &ServicePolicy, request: &Request, evaluation: &Evaluation) -> DenialReason {
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
fn remedies(policy: &ServicePolicy, request: &Request) -> Vec<Remedy> {
    let tried = policy.grants().iter().filter_map(|grant| {
        let mut with_grant = request.clone();
        grant.add_to(&mut with_grant);
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
