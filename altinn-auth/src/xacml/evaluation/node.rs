//! Evaluates rules, policies and policy sets (XACML 3.0, 7.11 to 7.14).

use std::ops::ControlFlow;
use std::sync::Arc;

use super::super::combining::{Combiner, CombiningAlgorithm};
use super::super::compiled::{Body, Duty, DutyContent, Node, Rule, RuleName};
use super::super::decision::{Decision, Effect, Potential};
use super::super::status::Fault;
use super::outcome::Obligation;
use super::{Evaluator, Lengths, Report};

/// A decision, the rule that made it, and why it could not be reached.
pub(super) struct Verdict<'a> {
    pub(super) decision: Decision,
    pub(super) rule: Option<&'a RuleName>,
    pub(super) fault: Option<Fault>,
}

impl Verdict<'_> {
    fn of(decision: Decision) -> Self {
        Self { decision, rule: None, fault: None }
    }

    fn undecided(potential: Potential, fault: Fault) -> Self {
        Self { decision: Decision::Indeterminate(potential), rule: None, fault: Some(fault) }
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn node(&'a self, node: &'a Node, report: &mut Report<'a>) -> Verdict<'a> {
        let undecided_target = match self.target(&node.target) {
            Ok(true) => None,
            Ok(false) => return Verdict::of(Decision::NotApplicable),
            Err(fault) => Some(fault),
        };
        self.matched_node(node, undecided_target, report)
    }

    /// Evaluates a policy or policy set whose target matched or could not be decided.
    fn matched_node(
        &'a self,
        node: &'a Node,
        undecided_target: Option<Fault>,
        report: &mut Report<'a>,
    ) -> Verdict<'a> {
        let start = report.lengths();
        if self.request.return_policy_ids {
            report.policies.push(&node.name);
        }
        let mut verdict = match &node.body {
            Body::Rules(rules) => {
                let open = rules.iter().filter(|rule| !self.is_ruled_out(&rule.target));
                combine(node.algorithm, open, report, |rule, report| self.rule(rule, report))
            }
            Body::Policies(policies) if node.algorithm == CombiningAlgorithm::OnlyOneApplicable => {
                self.only_one(policies, report)
            }
            Body::Policies(policies) => {
                combine(node.algorithm, policies.iter(), report, |policy, report| self.node(policy, report))
            }
        };
        if let Some(fault) = undecided_target {
            let decision = verdict.decision.under_undecided_target();
            verdict = Verdict { decision, rule: None, fault: Some(fault) };
        }
        self.settle(verdict, &node.duties, start, report)
    }

    fn rule(&'a self, rule: &'a Rule, report: &mut Report<'a>) -> Verdict<'a> {
        let applies = match self.target(&rule.target) {
            Ok(true) => match &rule.condition {
                None => Ok(true),
                Some(condition) => self.expression(condition).and_then(|value| value.boolean()),
            },
            other => other,
        };
        match applies {
            Ok(false) => Verdict::of(Decision::NotApplicable),
            Err(fault) => Verdict::undecided(rule.effect.into(), fault),
            Ok(true) => {
                let verdict = Verdict { decision: rule.effect.into(), rule: Some(&rule.name), fault: None };
                self.oblige(verdict, rule.effect, &rule.duties, report)
            }
        }
    }

    /// Exactly one policy whose target matches decides (XACML 3.0, C.9).
    fn only_one(&'a self, policies: &'a [Arc<Node>], report: &mut Report<'a>) -> Verdict<'a> {
        let mut applicable = None;
        for policy in policies {
            match self.target(&policy.target) {
                Ok(false) => {}
                Ok(true) if applicable.is_none() => applicable = Some(policy),
                Ok(true) => {
                    let fault = Fault::processing("more than one policy applies");
                    return Verdict::undecided(Potential::DenyOrPermit, fault);
                }
                Err(fault) => return Verdict::undecided(Potential::DenyOrPermit, fault),
            }
        }
        match applicable {
            Some(policy) => self.matched_node(policy, None, report),
            None => Verdict::of(Decision::NotApplicable),
        }
    }

    /// Keeps of the report what goes with the decision, and adds the policy's own obligations.
    fn settle(
        &'a self,
        verdict: Verdict<'a>,
        duties: &'a [Duty],
        start: Lengths,
        report: &mut Report<'a>,
    ) -> Verdict<'a> {
        if verdict.decision == Decision::NotApplicable {
            report.policies.truncate(start.policies);
        }
        report.keep(start, verdict.decision.effect());
        match verdict.decision.effect() {
            Some(effect) => {
                let settled = self.oblige(verdict, effect, duties, report);
                if settled.decision.is_indeterminate() {
                    report.keep(start, None);
                }
                settled
            }
            None => verdict,
        }
    }

    /// Adds the obligations and advice that go with an effect; one that cannot be told leaves nothing decided.
    fn oblige(
        &'a self,
        verdict: Verdict<'a>,
        effect: Effect,
        duties: &'a [Duty],
        report: &mut Report<'a>,
    ) -> Verdict<'a> {
        if duties.is_empty() {
            return verdict;
        }
        let start = report.lengths();
        for duty in duties.iter().filter(|duty| duty.on == effect) {
            match self.duty(duty) {
                Ok(done) if duty.is_advice => report.advice.push(done),
                Ok(done) => report.obligations.push(done),
                Err(fault) => {
                    report.keep(start, None);
                    return Verdict::undecided(effect.into(), fault);
                }
            }
        }
        verdict
    }

    pub(super) fn duty(&'a self, duty: &'a Duty) -> Result<Obligation, Fault> {
        let (id, expressions) = match &duty.content {
            DutyContent::Fixed(obligation) => return Ok(obligation.clone()),
            DutyContent::Expressions { id, assignments } => (id, assignments),
        };
        let mut assignments = Vec::with_capacity(expressions.len());
        for assignment in expressions {
            let evaluated = self.expression(&assignment.expression)?;
            let values = evaluated.value().map(std::slice::from_ref).or_else(|_| evaluated.bag())?;
            assignments.extend(values.iter().map(|value| assignment.with(value.clone())));
        }
        Ok(Obligation { id: Arc::clone(id), assignments: assignments.into(), on: duty.on })
    }
}

/// Evaluates members until the combined decision is settled.
fn combine<'a, T>(
    algorithm: CombiningAlgorithm,
    members: impl Iterator<Item = T>,
    report: &mut Report<'a>,
    mut evaluate: impl FnMut(T, &mut Report<'a>) -> Verdict<'a>,
) -> Verdict<'a> {
    let mut combiner = Combiner::new(algorithm);
    let (mut permitting, mut denying, mut fault) = (None, None, None);
    let mut settled = None;
    for member in members {
        let verdict = evaluate(member, report);
        match verdict.decision {
            Decision::Permit => permitting = permitting.or(verdict.rule),
            Decision::Deny => denying = denying.or(verdict.rule),
            Decision::NotApplicable => continue,
            Decision::Indeterminate(_) => {}
        }
        fault = fault.or(verdict.fault);
        if let ControlFlow::Break(decision) = combiner.take(verdict.decision) {
            settled = Some(decision);
            break;
        }
    }
    match settled.unwrap_or_else(|| combiner.finish()) {
        Decision::Permit => Verdict { decision: Decision::Permit, rule: permitting, fault: None },
        Decision::Deny => Verdict { decision: Decision::Deny, rule: denying, fault: None },
        Decision::NotApplicable => Verdict::of(Decision::NotApplicable),
        decision => Verdict { decision, rule: None, fault },
    }
}
