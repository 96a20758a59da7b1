//! Evaluates expressions.

use std::borrow::Cow;

use super::super::compiled::Expr;
use super::super::function::{HigherOrder, Logical, Operand, Operation, pattern_matches};
use super::super::status::Fault;
use super::super::{Function, Value};
use super::Evaluator;

impl<'a> Evaluator<'a> {
    pub(super) fn expression(&'a self, expression: &'a Expr) -> Result<Operand<'a>, Fault> {
        match expression {
            Expr::Value(value) => Ok(Operand::Value(Cow::Borrowed(value))),
            Expr::Attribute(attribute) => {
                self.attribute(*attribute).map(|values| Operand::Bag(Cow::Borrowed(values)))
            }
            Expr::Matches(pattern, text) => {
                let text = self.expression(text)?;
                Ok(Value::Boolean(pattern_matches(pattern, text.value()?)).into())
            }
            Expr::Variable(number) => self.variable(*number),
            Expr::Apply(function, arguments) => self.apply(function, arguments),
            Expr::Function(_) => Err(Fault::processing("a function stands where a value is needed")),
        }
    }

    fn variable(&'a self, number: u32) -> Result<Operand<'a>, Fault> {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        match (self.variables.get(index), self.policy.variables.get(index)) {
            (Some(cell), Some(definition)) => cell.get_or_init(|| self.expression(definition)).clone(),
            _ => Err(Fault::processing("a variable is not defined")),
        }
    }

    fn apply(&'a self, function: &'a Function, arguments: &'a [Expr]) -> Result<Operand<'a>, Fault> {
        let truth = |argument: &'a Expr| self.expression(argument)?.boolean();
        match (function.operation(), arguments) {
            (Operation::Logical(Logical::NOf), [needed, rest @ ..]) => {
                let needed = self.expression(needed)?;
                let needed =
                    needed.value()?.as_integer().ok_or_else(|| Fault::processing("expected a number"))?;
                Logical::n_of(needed, rest.len(), rest.iter().map(truth)).map(Into::into)
            }
            (Operation::Logical(logical), arguments) => {
                logical.compute(arguments.iter().map(truth)).map(Into::into)
            }
            (Operation::HigherOrder(kind), [Expr::Function(applied), rest @ ..]) => {
                self.higher_order(kind, applied, rest)
            }
            (_, [only]) => self.call(function, &[self.expression(only)?]),
            (_, [first, second]) => self.call(function, &[self.expression(first)?, self.expression(second)?]),
            (_, arguments) => {
                let operands = arguments
                    .iter()
                    .map(|argument| self.expression(argument))
                    .collect::<Result<Vec<_>, _>>()?;
                self.call(function, &operands)
            }
        }
    }

    fn higher_order(
        &'a self,
        kind: HigherOrder,
        applied: &'a Function,
        arguments: &'a [Expr],
    ) -> Result<Operand<'a>, Fault> {
        let operands =
            arguments.iter().map(|argument| self.expression(argument)).collect::<Result<Vec<_>, _>>()?;
        kind.compute(&operands, &|operands| self.call(applied, operands))
    }

    /// Computes a function over evaluated arguments; some look at the request, or at all policies.
    pub(super) fn call(
        &self,
        function: &Function,
        operands: &[Operand<'_>],
    ) -> Result<Operand<'static>, Fault> {
        match function.operation() {
            Operation::AccessPermitted => self.access_permitted(operands).map(|is| Value::Boolean(is).into()),
            #[cfg(feature = "xpath")]
            Operation::XPath(kind) => self.path_function(kind, function, operands),
            _ => function.call(operands),
        }
    }
}
