//! Evaluates a compiled policy: a pure function of the policy and the request.

mod access_permitted;
mod attribute;
#[cfg(feature = "xpath")]
mod content;
mod expression;
mod matching;
mod node;
mod outcome;

use std::cell::{Cell, OnceCell};

use chrono::{DateTime, Utc};

pub(super) use access_permitted::{DecisionPoint, Run};
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
        let led_to = Cell::new(0);
        self.decide(request, &Run::new(self, surroundings, &led_to))
    }

    /// What the policy itself, apart from its rules, obliges to when it has this effect.
    pub(crate) fn own_obligations(
        &self,
        effect: Effect,
        request: &Request,
    ) -> Result<Vec<Obligation>, Status> {
        let led_to = Cell::new(0);
        let run = Run::new(self, &Surroundings::default(), &led_to);
        let evaluator = Evaluator::new(self, request, &run);
        let duties = self.root.duties.iter().filter(|duty| duty.on == effect && !duty.is_advice);
        duties.map(|duty| evaluator.duty(duty).map_err(Fault::into_status)).collect()
    }
}

impl DecisionPoint for CompiledPolicy {
    fn decide(&self, request: &Request, run: &Run<'_>) -> Evaluation {
        Evaluator::new(self, request, run).evaluate()
    }
}

/// One evaluation.
pub(super) struct Evaluator<'a> {
    policy: &'a CompiledPolicy,
    request: &'a Request,
    run: &'a Run<'a>,
    /// Which comparisons with texts hold for the request.
    facts: Facts,
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
    pub(super) fn new(policy: &'a CompiledPolicy, request: &'a Request, run: &'a Run<'a>) -> Self {
        let source = run.source();
        let needs_values = policy.needs_values || source.is_some();
        let count = if needs_values { policy.attributes.len() } else { 0 };
        Self {
            policy,
            request,
            run,
            facts: policy.facts.of(request),
            source,
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
