//! All rights that somebody has to a resource, and where each comes from.

use altinn_core::{InstanceId, PartyId, ResourceId, ServiceId};
use uuid::Uuid;

use super::asked::RequestFault;
use super::decision_point::DecisionPoint;
use super::delegation::{Delegated, Delegation, Recipient};
use super::facts::{Admission, AskingParty, Facts, Question};
use super::gather::unavailable;
use super::policy_source::ServicePolicy;
use super::right::{PolicyRight, Right};
use super::ruling::permission;
use super::{attribute, enrichment};
use crate::register::{HeldRole, Role, UserId};
use crate::xacml::{Decision, Effect, Evaluation, Obligation, Request, RuleName, name};

/// Whose rights are asked for, to what, on whose behalf.
#[derive(Debug, Clone)]
pub struct RightsQuery {
    /// The resource; an app's is `app_<org>_<app>`.
    pub resource: ResourceId,
    /// The party on whose behalf the rights are used.
    pub party: PartyId,
    /// The instance; none for the whole resource.
    pub instance: Option<InstanceId>,
    /// Who has them.
    pub holder: RightsHolder,
    /// Which of the holder's roles count.
    pub count: RightsCount,
}

/// Who has rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightsHolder {
    /// A user, by number.
    User(UserId),
    /// A person or an organization, by party.
    Party(PartyId),
    /// A system user.
    SystemUser(Uuid),
}

/// Which roles count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RightsCount {
    /// Those that the holder has: what the holder may do.
    Held,
    /// Those that the holder may act by when giving rights away: what the holder may delegate.
    Delegable,
}

/// A right that a policy knows, and whether somebody has it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HeldRight {
    /// The right.
    pub right: Right,
    /// The attributes of the resource (id, value) as the policy has them, by id.
    pub attributes: Vec<(String, String)>,
    /// Its key as Altinn writes it.
    pub key: String,
    /// Whether the holder has it, as far as the policy, delegations and access lists say.
    pub permitted: bool,
    /// Whether the service owner's access lists keep the party out, who would have it otherwise.
    pub kept_out: bool,
    /// The rules and delegations that give it, or would give it to somebody else.
    pub sources: Vec<RightSource>,
    pub(super) obligations: Vec<Obligation>,
}

/// A rule or a delegation that gives a right.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RightSource {
    /// The rule, with its policy; none for a delegation that has no policy of its own.
    pub rule: Option<RuleName>,
    /// The version of the policy.
    pub version: String,
    /// Whether it gives the right to the holder.
    pub permitted: bool,
    /// What the holder has of that which counts here (attribute, value): roles and packages, or who was delegated to.
    pub holder_subjects: Vec<(String, String)>,
    /// To whom the rule gives it: whoever has all attributes of any one of these.
    pub policy_subjects: Vec<Vec<(String, String)>>,
    /// The delegation; none for a rule of the resource's policy.
    pub delegation: Option<Delegation>,
}

impl DecisionPoint {
    /// The rights that a resource's policy knows, and which of them somebody has.
    ///
    /// # Errors
    /// [`RequestFault`] when the resource has no policy, or a register cannot tell.
    pub async fn rights(&self, query: &RightsQuery) -> Result<Vec<HeldRight>, RequestFault> {
        let subject = self.gatherer.holder(query.holder).await?;
        let mut request = Request::new();
        if let Some(Recipient::User(user)) = &subject.recipient {
            request.add(name::ACCESS_SUBJECT, attribute::USER, user.to_string());
        }
        if let Some(Recipient::SystemUser(id)) = &subject.recipient {
            request.add(name::ACCESS_SUBJECT, attribute::SYSTEM_USER, id.to_string());
        }
        self.rights_of(query, subject, None, request).await
    }

    /// The same, of somebody who is known already, by the names that a request has for them.
    pub(super) async fn rights_of(
        &self,
        query: &RightsQuery,
        subject: AskingParty,
        own: Option<Role>,
        mut request: Request,
    ) -> Result<Vec<HeldRight>, RequestFault> {
        let mut question = question(query, subject);
        let policy = self.policy(&query.resource).await?;
        question.is_app &= !policy.is_guarded_by_access_lists();
        let mut facts = self.gatherer.facts(&question, &policy).await.map_err(unavailable)?;
        if query.count == RightsCount::Delegable {
            let holder = question.subject.holder;
            facts.roles = self.gatherer.delegable_roles(holder, query.party).await.map_err(unavailable)?;
        }
        facts.roles.add(own.map(|role| HeldRole { role, through: None }));
        let delegations = self.gatherer.delegations(&question).await.map_err(unavailable)?;
        add_resource(&mut request, query);
        enrichment::add_rights(&mut request, &policy, &facts);
        let counting: Vec<&Delegation> = delegations.iter().filter(|one| question.counts(one)).collect();
        let mut as_recipient = request.clone();
        enrichment::add_recipients(&mut as_recipient, &question, &counting);
        let mut rights = Vec::new();
        for known in policy.rights() {
            let asked = Asked { policy: &policy, known, request: &request, as_recipient: &as_recipient };
            let mut held = asked.held(query, &facts, &counting);
            question.action.clone_from(&known.action);
            if held.permitted && !question.is_app {
                let admission = self.gatherer.admission(&question).await.map_err(unavailable)?;
                held.kept_out = !matches!(admission, Admission::Admitted(_));
                held.permitted = !held.kept_out;
            }
            rights.push(held);
        }
        Ok(rights)
    }
}

fn question(query: &RightsQuery, subject: AskingParty) -> Question {
    let names = query
        .instance
        .map(|instance| vec![instance.guid.to_string(), format!("{}:{instance}", attribute::INSTANCE)]);
    Question {
        resource: query.resource.clone(),
        is_app: app_of(&query.resource).is_some(),
        action: String::new(),
        party: Some(query.party),
        party_uuid: None,
        instance_names: names.unwrap_or_default(),
        is_for_nobody: false,
        subject,
    }
}

/// The app that a resource is.
pub(crate) fn app_of(resource: &ResourceId) -> Option<ServiceId> {
    let (org, app) = resource.as_str().strip_prefix("app_")?.split_once('_')?;
    ServiceId::new(org, app).ok()
}

fn add_resource(request: &mut Request, query: &RightsQuery) {
    let mut add = |id: &'static str, value: &str| request.add(name::RESOURCE, id, value);
    if let Some(service) = app_of(&query.resource) {
        add(attribute::ORG, service.org());
        add(attribute::APP, service.name());
    }
    add(attribute::RESOURCE, query.resource.as_str());
    add(attribute::PARTY, &query.party.to_string());
    if let Some(instance) = &query.instance {
        add(attribute::INSTANCE, &instance.to_string());
        add(attribute::RESOURCE_INSTANCE, &instance.guid.to_string());
    }
}

/// A right that is asked for.
struct Asked<'a> {
    policy: &'a ServicePolicy,
    known: &'a PolicyRight,
    request: &'a Request,
    /// The request with the names that delegations know its subject by.
    as_recipient: &'a Request,
}

impl Asked<'_> {
    fn held(&self, query: &RightsQuery, facts: &Facts, delegations: &[&Delegation]) -> HeldRight {
        let request = self.narrowed(self.request);
        let evaluation = self.policy.compiled().evaluate(&request);
        let mut sources = self.rules(&request, facts, evaluation.decision());
        let as_recipient = self.narrowed(self.as_recipient);
        for delegation in delegations {
            sources.extend(self.of_delegation(delegation, &as_recipient));
        }
        let delegated = sources.iter().any(|source| source.permitted && source.delegation.is_some());
        let permitted = match evaluation.decision() {
            Decision::Permit => true,
            Decision::NotApplicable => delegated,
            _ => false,
        };
        HeldRight {
            right: self.known.of(&query.resource),
            attributes: self.known.attributes.clone(),
            key: self.known.key(),
            permitted,
            kept_out: false,
            sources,
            obligations: self.obligations(&evaluation, &request),
        }
    }

    fn narrowed(&self, request: &Request) -> Request {
        let mut request = request.clone().with_action(&self.known.action);
        for (id, value) in &self.known.within {
            request.add(name::RESOURCE, id.clone(), value.as_str());
        }
        request
    }

    fn obligations(&self, evaluation: &Evaluation, request: &Request) -> Vec<Obligation> {
        match evaluation.decision() {
            Decision::Permit => evaluation.obligations().to_vec(),
            _ => self.policy.compiled().own_obligations(Effect::Permit, request).unwrap_or_default(),
        }
    }

    fn rules(&self, request: &Request, facts: &Facts, decision: Decision) -> Vec<RightSource> {
        let roles = facts.roles.roles().map(|role| (attribute::ROLE_CODE.to_owned(), role.code().to_owned()));
        let packages = facts.access_packages.iter();
        let packages = packages.map(|package| (attribute::ACCESS_PACKAGE.to_owned(), package.clone()));
        let mut holder_subjects: Vec<_> = roles.chain(packages).collect();
        holder_subjects.dedup();
        let source = |rule: &super::right::RightRule| RightSource {
            rule: Some(rule.rule.clone()),
            version: rule.version.to_string(),
            permitted: decision == Decision::Permit
                && (rule.subjects.is_empty() || rule.subjects.iter().any(|group| is_met(group, request))),
            holder_subjects: holder_subjects.clone(),
            policy_subjects: rule.subjects.clone(),
            delegation: None,
        };
        self.known.rules.iter().map(source).collect()
    }

    /// What a delegation says of the right; nothing when it is of another.
    fn of_delegation(&self, delegation: &Delegation, request: &Request) -> Vec<RightSource> {
        let permitted = permission(self.policy, delegation, &self.known.action, request).is_some();
        let source = |rule, version, subjects: Vec<Vec<(String, String)>>| RightSource {
            rule,
            version,
            permitted,
            holder_subjects: subjects
                .iter()
                .filter(|group| is_met(group, request))
                .flatten()
                .cloned()
                .collect(),
            policy_subjects: subjects,
            delegation: Some(delegation.clone()),
        };
        match &delegation.what {
            Delegated::Right(_) if permitted => vec![source(None, String::new(), Vec::new())],
            Delegated::Right(_) => Vec::new(),
            Delegated::Policy(own) => {
                let same = |right: &&PolicyRight| {
                    right.action == self.known.action && right.within == self.known.within
                };
                let rules = own.rights().iter().filter(same).flat_map(|right| &right.rules);
                rules
                    .map(|one| source(Some(one.rule.clone()), one.version.to_string(), one.subjects.clone()))
                    .collect()
            }
        }
    }
}

/// Whether the subject of a request has all of these attributes; in any case, as Altinn compares them.
fn is_met(group: &[(String, String)], request: &Request) -> bool {
    group.iter().all(|(id, wanted)| {
        let mut values = request.values(name::ACCESS_SUBJECT, id);
        values.any(|value| value.to_string().eq_ignore_ascii_case(wanted))
    })
}
