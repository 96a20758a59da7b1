//! Evaluates a compiled policy: a pure function of the policy and the request.

mod attribute;
#[cfg(feature = "xpath")]
mod content;
mod expression;
mod matching;
mod node;
mod outcome;

use std::cell::OnceCell;

use chrono::{DateTime, Utc};

pub use outcome::{Assignment, Evaluation, Obligation};

use super::compiled::{CompiledPolicy, Facts, PolicyName};
use super::function::Operand;
use super::status::{Fault, Status};
use super::{DataType, Effect, Request, Value};

/// Supplies attributes that a request lacks, when they are asked for.
pub trait AttributeSource {
    /// The values of an attribute; none when it is not known.
    ///
    /// # Errors
    /// In words, when the attribute cannot be told; the decision is then Indeterminate.
    fn values(&self, category: &str, id: &str, data_type: DataType) -> Result<Vec<Value>, String>;
}

/// What an evaluation may look at besides the request.
#[derive(Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// The time of the decision; without it, `current-time` and its like are known only from the request.
    pub now: Option<DateTime<Utc>>,
    /// Where attributes come from that the request lacks.
    pub attributes: Option<&'a dyn AttributeSource>,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Surroundings").field("now", &self.now).finish_non_exhaustive()
    }
}

impl CompiledPolicy {
    /// Decides a request.
    pub fn evaluate(&self, request: &Request) -> Evaluation {
        self.evaluate_in(request, &Surroundings::default())
    }

    /// Decides a request that does not say everything itself.
    pub fn evaluate_in(&self, request: &Request, surroundings: &Surroundings<'_>) -> Evaluation {
        Evaluator::new(self, request, surroundings).evaluate()
    }

    /// What the policy itself, apart from its rules, obliges to when it has this effect.
    pub(crate) fn own_obligations(
        &self,
        effect: Effect,
        request: &Request,
    ) -> Result<Vec<Obligation>, Status> {
        let surroundings = Surroundings::default();
        let evaluator = Evaluator::new(self, request, &surroundings);
        let duties = self.root.duties.iter().filter(|duty| duty.on == effect && !duty.is_advice);
        duties.map(|duty| evaluator.duty(duty).map_err(Fault::into_status)).collect()
    }
}

/// One evaluation.
pub(super) struct Evaluator<'a> {
    policy: &'a CompiledPolicy,
    request: &'a Request,
    /// Which comparisons with texts hold for the request.
    facts: Facts,
    now: Option<DateTime<Utc>>,
    source: Option<&'a dyn AttributeSource>,
    /// The values of attributes, once they were needed; empty when all that is asked of them are comparisons.
    values: Vec<OnceCell<Result<Vec<Value>, Fault>>>,
    /// What variables came to, once they were needed.
    variables: Vec<OnceCell<Result<Operand<'a>, Fault>>>,
    #[cfg(feature = "xpath")]
    contents: content::Contents<'a>,
}

/// What has to be reported besides the decision.
#[derive(Default)]
pub(super) struct Report<'a> {
    obligations: Vec<Obligation>,
    advice: Vec<Obligation>,
    policies: Vec<&'a PolicyName>,
}

/// How long the lists of a report are.
#[derive(Clone, Copy)]
pub(super) struct Lengths {
    obligations: usize,
    advice: usize,
    policies: usize,
}

impl Report<'_> {
    fn lengths(&self) -> Lengths {
        Lengths {
            obligations: self.obligations.len(),
            advice: self.advice.len(),
            policies: self.policies.len(),
        }
    }

    /// Keeps of the obligations and advice since then those that go with an effect.
    fn keep(&mut self, since: Lengths, effect: Option<Effect>) {
        for (duties, start) in [(&mut self.obligations, since.obligations), (&mut self.advice, since.advice)]
        {
            if duties.len() > start {
                let mut position = 0;
                duties.retain(|duty| {
                    position += 1;
                    position <= start || Some(duty.on) == effect
                });
            }
        }
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(
        policy: &'a CompiledPolicy,
        request: &'a Request,
        surroundings: &Surroundings<'a>,
    ) -> Self {
        let needs_values = policy.needs_values || surroundings.attributes.is_some();
        let count = if needs_values { policy.attributes.len() } else { 0 };
        Self {
            policy,
            request,
            facts: policy.facts.of(request),
            now: surroundings.now,
            source: surroundings.attributes,
            values: std::iter::repeat_with(OnceCell::new).take(count).collect(),
            variables: std::iter::repeat_with(OnceCell::new).take(policy.variables.len()).collect(),
            #[cfg(feature = "xpath")]
            contents: content::Contents::of(request),
        }
    }

    fn evaluate(&'a self) -> Evaluation {
        let mut report = Report::default();
        let verdict = self.node(&self.policy.root, &mut report);
        Evaluation::new(verdict, report, self.request)
    }
}
