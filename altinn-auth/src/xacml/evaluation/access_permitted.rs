//! A decision within a decision: the function `access-permitted` (XACML 3.0, A.3.16).

use std::cell::Cell;

use super::super::function::Operand;
use super::super::status::Fault;
use super::super::{Decision, Request};
use super::{AttributeSource, Evaluation, Evaluator, Surroundings};

/// The most decisions that one decision may lead to, which ends every loop.
const MAX_DECISIONS: u32 = 100;
/// How deep decisions may lead to one another.
const MAX_NESTED: u32 = 8;

/// All policies that decide together: one, or an index of them.
pub(in crate::xacml) trait DecisionPoint {
    fn decide(&self, request: &Request, run: &Run<'_>) -> Evaluation;
}

/// What an evaluation belongs to: the decision that was asked for, or one that it has led to.
#[derive(Clone, Copy)]
pub(in crate::xacml) struct Run<'a> {
    pub(super) surroundings: Surroundings<'a>,
    all: &'a dyn DecisionPoint,
    /// How many decisions the first one has led to.
    led_to: &'a Cell<u32>,
    nested: u32,
}

impl<'a> Run<'a> {
    /// The run of a decision that was asked for.
    pub(in crate::xacml) fn new(
        all: &'a dyn DecisionPoint,
        surroundings: &Surroundings<'a>,
        led_to: &'a Cell<u32>,
    ) -> Self {
        Self { surroundings: *surroundings, all, led_to, nested: 0 }
    }

    /// Where attributes come from that the request lacks.
    pub(in crate::xacml) fn source(&self) -> Option<&'a dyn AttributeSource> {
        self.surroundings.attributes
    }
}

impl Evaluator<'_> {
    /// Whether all policies together permit the same request with another content of one category.
    pub(super) fn access_permitted(&self, operands: &[Operand<'_>]) -> Result<bool, Fault> {
        let [category, content] = operands else { return Err(Fault::processing("expected two values")) };
        let (category, content) = (category.value()?.as_text(), content.value()?.as_text());
        let (Some(category), Some(content)) = (category, content) else {
            return Err(Fault::processing("expected a category and its content"));
        };
        let run = Run { nested: self.run.nested + 1, ..*self.run };
        let led_to = run.led_to.get().saturating_add(1);
        run.led_to.set(if run.nested > MAX_NESTED { u32::MAX } else { led_to });
        let too_many = || run.led_to.get() > MAX_DECISIONS;
        if too_many() {
            return Err(led_too_far());
        }
        let request = self
            .request
            .with_category(category, content)
            .map_err(|_| Fault::syntax("the content of a category is not that of an `Attributes` element"))?;
        let decision = run.all.decide(&request, &run).decision();
        // The bound ends the first call too, whatever the decisions within made of it.
        if too_many() { Err(led_too_far()) } else { Ok(decision == Decision::Permit) }
    }
}

fn led_too_far() -> Fault {
    Fault::processing("`access-permitted` leads to too many decisions")
}
