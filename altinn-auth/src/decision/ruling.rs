//! The decision itself: a pure function of the policy, the request and what was found out.

use super::delegation::{Delegated, Delegation};
use super::enrichment;
use super::facts::{Admission, Facts, Question};
use super::policy_source::ServicePolicy;
use crate::register::ListVersion;
use crate::xacml::{
    Decision, Effect, Evaluation, Obligation, Request, ResponseResult, RuleName, Status, StatusCode, Value,
};

/// What a policy decision point answers: the decision, what goes with it, and what it rests on.
#[derive(Debug, Clone)]
pub struct Ruling {
    evaluation: Evaluation,
    obligations: Vec<Obligation>,
    delegation: Option<Delegation>,
    admission: Admission,
}

/// What has to be found out before a decision can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// No role permits it: perhaps a delegation does.
    Delegations,
    /// It would be permitted, if the service owner's access lists let the party in.
    Admission,
}

/// A decision, or what it needs first.
pub(super) enum Step {
    Ruled(Box<Ruling>),
    Needs(Need),
}

impl Ruling {
    /// The decision. Only [`Decision::Permit`] gives access, and only when every obligation is met.
    pub fn decision(&self) -> Decision {
        if self.is_admitted() { self.evaluation.decision() } else { Decision::Deny }
    }

    /// The status: well, or why it could not be decided.
    pub fn status(&self) -> StatusCode {
        if self.is_admitted() { self.evaluation.status().code() } else { StatusCode::Ok }
    }

    /// What must be done; whoever does not understand one must refuse.
    pub fn obligations(&self) -> &[Obligation] {
        if self.is_admitted() { &self.obligations } else { &[] }
    }

    /// The request's attributes that are to stand in the answer: category, id and value.
    pub fn included(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        let admitted = self.evaluation.included().iter().filter(|_| self.is_admitted());
        admitted.map(|one| (one.category.as_str(), one.id.as_str(), &one.value))
    }

    /// The rule that has the effect of the decision; none when no rule made it.
    pub fn decided_by(&self) -> Option<&RuleName> {
        self.evaluation.decided_by()
    }

    /// The delegation that permits it, when no role does.
    pub fn delegation(&self) -> Option<&Delegation> {
        self.delegation.as_ref()
    }

    /// Whether it would be permitted, if the party were on one of the service owner's access lists.
    pub fn lacks_access_list(&self) -> bool {
        !self.is_admitted()
    }

    pub(super) fn admission(&self) -> &Admission {
        &self.admission
    }

    /// The access list that let the party in.
    pub(super) fn list(&self) -> Option<&ListVersion> {
        match &self.admission {
            Admission::Admitted(list) => list.as_ref(),
            _ => None,
        }
    }

    fn is_admitted(&self) -> bool {
        matches!(self.admission, Admission::Admitted(_))
    }

    pub(super) fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }
}

impl From<&Ruling> for ResponseResult {
    fn from(ruling: &Ruling) -> Self {
        if !ruling.is_admitted() {
            return Self::new(Decision::Deny, Status::of(StatusCode::Ok));
        }
        Self { obligations: ruling.obligations.clone(), ..Self::from(&ruling.evaluation) }
    }
}

/// Decides an enriched request.
pub(super) fn rule(policy: &ServicePolicy, question: &Question, request: &Request, facts: &Facts) -> Step {
    let by_policy = policy.compiled().evaluate(request);
    let by_delegation = if by_policy.decision() == Decision::NotApplicable {
        match &facts.delegations {
            None => return Step::Needs(Need::Delegations),
            Some(delegations) => delegated(policy, question, request, delegations),
        }
    } else {
        None
    };
    let ruling = by_delegation.unwrap_or_else(|| Ruling {
        obligations: by_policy.obligations().to_vec(),
        evaluation: by_policy,
        delegation: None,
        admission: Admission::Admitted(None),
    });
    if ruling.evaluation.decision() != Decision::Permit || question.is_app {
        return Step::Ruled(Box::new(ruling));
    }
    match facts.admission.clone() {
        None => Step::Needs(Need::Admission),
        Some(admission) => Step::Ruled(Box::new(Ruling { admission, ..ruling })),
    }
}

/// The first delegation that permits it. One whose policy obliges to nothing has the obligations of the resource's.
fn delegated(
    policy: &ServicePolicy,
    question: &Question,
    request: &Request,
    delegations: &[Delegation],
) -> Option<Ruling> {
    let counting: Vec<&Delegation> =
        delegations.iter().filter(|delegation| question.counts(delegation)).collect();
    let mut request = request.clone();
    enrichment::add_recipients(&mut request, question, &counting);
    counting.into_iter().find_map(|delegation| {
        let evaluation = permission(policy, delegation, &question.action, &request)?;
        let obligations = match &delegation.what {
            Delegated::Policy(own) if own.has_obligations() => evaluation.obligations().to_vec(),
            _ => policy.compiled().own_obligations(Effect::Permit, &request).ok()?,
        };
        let delegation = Some(delegation.clone());
        Some(Ruling { evaluation, obligations, delegation, admission: Admission::Admitted(None) })
    })
}

/// The permission that a delegation gives to a request that names its recipient. A right counts as long as the policy
/// of the resource knows it.
pub(super) fn permission(
    policy: &ServicePolicy,
    delegation: &Delegation,
    action: &str,
    request: &Request,
) -> Option<Evaluation> {
    match &delegation.what {
        Delegated::Policy(own) => {
            let evaluation = own.compiled().evaluate(request);
            (evaluation.decision() == Decision::Permit).then_some(evaluation)
        }
        Delegated::Right(right) => (right.covers(action, request) && policy.knows(right))
            .then(|| Evaluation::combined(Decision::Permit, std::iter::empty(), request)),
    }
}
