//! What an evaluation gives.

use std::sync::Arc;

use super::super::compiled::{PolicyName, RuleName};
use super::super::request::Request;
use super::super::response::IncludedAttribute;
use super::super::status::{self, Fault, Status};
use super::super::{Decision, Effect, Potential, Value};
use super::Report;
use super::node::Verdict;

/// A decision, with what must be done with it and how it came about.
#[derive(Clone)]
pub struct Evaluation {
    decision: Decision,
    /// Why it could not be reached.
    fault: Option<Fault>,
    obligations: Vec<Obligation>,
    advice: Vec<Obligation>,
    decided_by: Option<RuleName>,
    policies: Vec<PolicyName>,
    included: Vec<IncludedAttribute>,
}

/// An obligation or advice of the policies that decided. Cheap to clone: its values are shared.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Obligation {
    /// Its id.
    pub id: Arc<str>,
    /// Its named values.
    pub assignments: Arc<[Assignment]>,
    /// The effect with which it goes.
    pub(crate) on: Effect,
}

impl PartialEq for Obligation {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.assignments == other.assignments
    }
}

/// A named value of an obligation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Assignment {
    /// Its attribute id.
    pub id: Arc<str>,
    /// Its category.
    pub category: Option<Arc<str>>,
    /// Who vouches for it.
    pub issuer: Option<Arc<str>>,
    /// The value.
    pub value: Value,
}

impl Evaluation {
    pub(super) fn new(verdict: Verdict<'_>, report: Report<'_>, request: &Request) -> Self {
        Self {
            decision: verdict.decision,
            fault: verdict.fault,
            obligations: report.obligations,
            advice: report.advice,
            decided_by: verdict.rule.cloned(),
            policies: report.policies.into_iter().cloned().collect(),
            included: included(request),
        }
    }

    /// No decision, for this reason.
    pub(crate) fn undecided(fault: Fault, request: &Request) -> Self {
        let decision = Decision::Indeterminate(Potential::DenyOrPermit);
        Self { fault: Some(fault), ..Self::of(decision, request) }
    }

    /// What the policies that applied came to together.
    pub(crate) fn combined(
        decision: Decision,
        applied: impl Iterator<Item = Self>,
        request: &Request,
    ) -> Self {
        let mut whole = Self::of(decision, request);
        for one in applied {
            whole.policies.extend(one.policies);
            if one.decision.effect().is_some() && one.decision == decision {
                whole.obligations.extend(one.obligations);
                whole.advice.extend(one.advice);
                whole.decided_by = whole.decided_by.or(one.decided_by);
            } else if decision.is_indeterminate() {
                whole.fault = whole.fault.or(one.fault);
            }
        }
        whole
    }

    fn of(decision: Decision, request: &Request) -> Self {
        Self {
            decision,
            fault: None,
            obligations: Vec::new(),
            advice: Vec::new(),
            decided_by: None,
            policies: Vec::new(),
            included: included(request),
        }
    }

    /// The decision. Only [`Decision::Permit`] gives access, and only when every obligation is met.
    pub fn decision(&self) -> Decision {
        self.decision
    }

    /// The effect, when there is one.
    pub fn effect(&self) -> Option<Effect> {
        self.decision.effect()
    }

    /// Well, or why it could not be decided.
    pub fn status(&self) -> &Status {
        self.fault.as_ref().map_or(&status::OK, Fault::status)
    }

    /// What must be done; a caller that does not understand one must refuse.
    pub fn obligations(&self) -> &[Obligation] {
        &self.obligations
    }

    /// What may be done.
    pub fn advice(&self) -> &[Obligation] {
        &self.advice
    }

    /// The first rule that has the effect of the decision; none when no rule made it.
    pub fn decided_by(&self) -> Option<&RuleName> {
        self.decided_by.as_ref()
    }

    /// The request's attributes that are to stand in the answer (`IncludeInResult`).
    pub fn included(&self) -> &[IncludedAttribute] {
        &self.included
    }

    /// The policies and policy sets that applied, when the request wants them.
    pub fn policies(&self) -> &[PolicyName] {
        &self.policies
    }
}

/// What the request wants to see again.
fn included(request: &Request) -> Vec<IncludedAttribute> {
    if !request.includes {
        return Vec::new();
    }
    let included = request.attributes.iter().filter(|attribute| attribute.name.is_included());
    included.map(IncludedAttribute::from).collect()
}

impl std::fmt::Debug for Evaluation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Evaluation")
            .field("decision", &self.decision)
            .field("status", self.status())
            .field("decided_by", &self.decided_by)
            .field("obligations", &self.obligations.len())
            .finish_non_exhaustive()
    }
}
