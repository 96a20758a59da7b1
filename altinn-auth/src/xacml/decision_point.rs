//! Many policies, of which those that apply to a request decide it.

use std::ops::ControlFlow;

use super::combining::{Combiner, CombiningAlgorithm};
use super::evaluation::{Evaluation, Surroundings};
use super::status::Fault;
use super::{CompiledPolicy, Decision, Request};

/// A policy decision point (PDP): any number of policies that stand side by side.
///
/// Every policy that applies to a request (its decision is not [`Decision::NotApplicable`]) is combined with the
/// others by one algorithm; with [`CombiningAlgorithm::OnlyOneApplicable`] two that apply make the decision
/// Indeterminate.
///
/// ```
/// use altinn_auth::xacml::{CombiningAlgorithm, CompiledPolicy, Decision, DecisionPoint, PolicyDocument, Request};
///
/// # let xml = include_str!("../../tests/policies/bakery_licence.xml");
/// let policy = CompiledPolicy::compile(&PolicyDocument::read(xml)?)?;
/// let point = DecisionPoint::new(CombiningAlgorithm::OnlyOneApplicable, vec![policy]);
/// assert_eq!(point.evaluate(&Request::new()).decision(), Decision::NotApplicable);
/// # Ok::<(), altinn_auth::xacml::XacmlError>(())
/// ```
#[derive(Debug)]
pub struct DecisionPoint {
    algorithm: CombiningAlgorithm,
    policies: Vec<CompiledPolicy>,
}

impl DecisionPoint {
    /// A decision point for these policies, which are combined in this order.
    pub fn new(algorithm: CombiningAlgorithm, policies: Vec<CompiledPolicy>) -> Self {
        Self { algorithm, policies }
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
        let mut combiner = Combiner::new(self.algorithm);
        let mut applied: Vec<Evaluation> = Vec::new();
        let mut settled = None;
        for policy in &self.policies {
            let evaluation = policy.evaluate_in(request, surroundings);
            let decision = evaluation.decision();
            if decision == Decision::NotApplicable {
                continue;
            }
            applied.push(evaluation);
            if self.algorithm == CombiningAlgorithm::OnlyOneApplicable {
                if applied.len() > 1 {
                    return Evaluation::undecided(Fault::processing("more than one policy applies"), request);
                }
                settled = Some(decision);
            } else if let ControlFlow::Break(decision) = combiner.take(decision) {
                settled = Some(decision);
                break;
            }
        }
        Evaluation::combined(settled.unwrap_or_else(|| combiner.finish()), applied, request)
    }
}
