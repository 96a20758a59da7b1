//! Many policies side by side, found by what their targets ask for.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::combining::{Combiner, CombiningAlgorithm};
use super::compiled::Asked;
use super::evaluation::{AttributeSource, DecisionPoint, Evaluation, Run, Surroundings};
use super::fingerprint::{ByFingerprint, Fingerprint};
use super::status::Fault;
use super::{CompiledPolicy, DataType, Decision, Request, Value};

/// Any number of policies, one of which may apply to a request: a policy decision point (PDP) for many resources.
///
/// Every policy that applies to a request (its decision is not [`Decision::NotApplicable`]) is combined with the
/// others by one algorithm; with [`CombiningAlgorithm::OnlyOneApplicable`] two that apply make the decision
/// Indeterminate. Policies whose targets ask for a text that the request does not have are not even looked at, so a
/// decision costs the same whatever number of other resources there is.
///
/// ```
/// use altinn_auth::xacml::{CombiningAlgorithm, CompiledPolicy, Decision, PolicyDocument, PolicyIndex, Request};
///
/// # let xml = include_str!("../../tests/policies/bakery_licence.xml");
/// let policy = CompiledPolicy::compile(&PolicyDocument::read(xml)?)?;
/// let index = PolicyIndex::new(CombiningAlgorithm::OnlyOneApplicable, vec![policy]);
/// assert_eq!(index.evaluate(&Request::new()).decision(), Decision::NotApplicable);
/// # Ok::<(), altinn_auth::xacml::XacmlError>(())
/// ```
#[derive(Debug)]
pub struct PolicyIndex {
    algorithm: CombiningAlgorithm,
    policies: Vec<CompiledPolicy>,
    /// The attributes that policies are found by: category and id.
    names: BTreeSet<(Arc<str>, Arc<str>)>,
    /// The policies by an attribute and a text that they ask for.
    by_text: ByFingerprint,
    /// The policies that may apply to any request.
    always: Vec<u32>,
}

impl PolicyIndex {
    /// An index of these policies, which are combined in this order.
    pub fn new(algorithm: CombiningAlgorithm, policies: Vec<CompiledPolicy>) -> Self {
        let mut index = Self {
            algorithm,
            policies,
            names: BTreeSet::new(),
            by_text: ByFingerprint::default(),
            always: Vec::new(),
        };
        index.build();
        index
    }

    /// The policies.
    pub fn policies(&self) -> &[CompiledPolicy] {
        &self.policies
    }

    /// Decides a request.
    pub fn evaluate(&self, request: &Request) -> Evaluation {
        self.evaluate_in(request, &Surroundings::default())
    }

    /// Decides a request that does not say everything itself.
    pub fn evaluate_in(&self, request: &Request, surroundings: &Surroundings<'_>) -> Evaluation {
        let led_to = Cell::new(0);
        self.decide(request, &Run::new(self, surroundings, &led_to))
    }

    /// What several policies come to.
    fn combined(&self, candidates: &Candidates, request: &Request, run: &Run<'_>) -> Evaluation {
        let mut combiner = Combiner::new(self.algorithm);
        let mut applied: Option<Evaluation> = None;
        let mut others = Vec::new();
        let mut settled = None;
        for number in candidates.iter() {
            let Some(policy) = self.policy(number) else { continue };
            let evaluation = policy.decide(request, run);
            let decision = evaluation.decision();
            if decision == Decision::NotApplicable {
                continue;
            }
            let is_second = applied.is_some();
            if is_second {
                others.push(evaluation);
            } else {
                applied = Some(evaluation);
            }
            if self.algorithm == CombiningAlgorithm::OnlyOneApplicable {
                if is_second {
                    return Evaluation::undecided(Fault::processing("more than one policy applies"), request);
                }
                settled = Some(decision);
            } else if let ControlFlow::Break(decision) = combiner.take(decision) {
                settled = Some(decision);
                break;
            }
        }
        let decision = settled.unwrap_or_else(|| combiner.finish());
        match applied {
            Some(only) if others.is_empty() && only.decision() == decision => only,
            applied => Evaluation::combined(decision, applied.into_iter().chain(others), request),
        }
    }

    /// The policies that may apply, in order.
    fn candidates(&self, request: &Request, source: Option<&dyn AttributeSource>) -> Candidates {
        let mut found = Candidates { first: None, more: self.always.clone() };
        for attribute in &request.attributes {
            found.add(self.by_text.get(attribute.fingerprint));
        }
        if let Some(source) = source {
            for (category, id) in &self.names {
                for data_type in [DataType::String, DataType::AnyUri] {
                    let Ok(supplied) = source.values(category, id, data_type) else {
                        return Candidates { first: None, more: self.all() };
                    };
                    for text in supplied.iter().filter_map(Value::as_text) {
                        found.add(self.by_text.get(Fingerprint::of(category, id, text)));
                    }
                }
            }
        }
        found.sort();
        found
    }

    fn all(&self) -> Vec<u32> {
        (0..).zip(&self.policies).map(|(number, _)| number).collect()
    }

    fn policy(&self, number: u32) -> Option<&CompiledPolicy> {
        usize::try_from(number).ok().and_then(|index| self.policies.get(index))
    }

    /// Files every policy under the rarest texts of which a request must have one for the policy to apply.
    fn build(&mut self) {
        let mut counts: BTreeMap<Asked<'_>, usize> = BTreeMap::new();
        for policy in &self.policies {
            for asked in policy.asked().collect::<BTreeSet<_>>() {
                *counts.entry(asked).or_default() += 1;
            }
        }
        let cost = |asked: &Asked<'_>| counts.get(asked).copied().unwrap_or(usize::MAX);
        for (number, policy) in (0..).zip(&self.policies) {
            let Some(needed) = policy.needs_one_of(&cost) else {
                self.always.push(number);
                continue;
            };
            for asked in needed {
                self.by_text.insert(Fingerprint::of(asked.category, asked.id, asked.text), number);
                self.names.insert((Arc::clone(asked.category), Arc::clone(asked.id)));
            }
        }
    }
}

impl DecisionPoint for PolicyIndex {
    fn decide(&self, request: &Request, run: &Run<'_>) -> Evaluation {
        let candidates = self.candidates(request, run.source());
        if let Some(policy) = candidates.only().and_then(|number| self.policy(number)) {
            let evaluation = policy.decide(request, run);
            if self.algorithm.leaves_alone(evaluation.decision()) {
                return evaluation;
            }
        }
        self.combined(&candidates, request, run)
    }
}

/// Numbers of policies; mostly there is one, which takes no memory.
struct Candidates {
    first: Option<u32>,
    more: Vec<u32>,
}

impl Candidates {
    fn add(&mut self, numbers: &[u32]) {
        for number in numbers {
            match self.first {
                None => self.first = Some(*number),
                Some(first) if first == *number => {}
                Some(_) => self.more.push(*number),
            }
        }
    }

    /// Puts them in order, each once.
    fn sort(&mut self) {
        if !self.more.is_empty() {
            self.more.extend(self.first.take());
            self.more.sort_unstable();
            self.more.dedup();
        }
    }

    /// The one that there is, if it is the only one.
    fn only(&self) -> Option<u32> {
        self.first.filter(|_| self.more.is_empty())
    }

    fn iter(&self) -> impl Iterator<Item = u32> {
        self.first.into_iter().chain(self.more.iter().copied())
    }
}
