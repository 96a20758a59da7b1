//! Conditions of a gateway's flows.

use serde_json::Value;

use crate::expression::{Context, Evaluator, Expression, Failure, ParseError, Scope};

/// A condition of a sequence flow: an expression that is true or false.
///
/// ```
/// use altinn_services::expression::Context;
/// use altinn_services::process::Condition;
///
/// let condition = Condition::parse(r#"["equals", ["gatewayAction"], "reject"]"#)?;
/// assert_eq!(condition.holds(&Context::default().with_gateway_action("reject")), Ok(true));
/// assert_eq!(condition.holds(&Context::default()), Ok(false));
/// # Ok::<(), altinn_services::expression::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    expression: Expression,
    source: Value,
}

impl Condition {
    /// Reads a condition; comments and trailing commas are allowed, as in Altinn's own reader.
    ///
    /// # Errors
    ///
    /// Says what is wrong when the text is no expression.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let expression = Expression::parse(text.trim())?;
        let strict = crate::definition::blank_comments_and_trailing_commas(text);
        // What is an expression is JSON.
        let source = serde_json::from_str(strict.trim()).unwrap_or_default();
        Ok(Self { expression, source })
    }

    /// Whether the condition holds: its value is true.
    ///
    /// # Errors
    ///
    /// When the expression has no value in this context.
    pub fn holds(&self, context: &Context<'_>) -> Result<bool, Failure> {
        self.holds_for(context, None)
    }

    /// Whether the condition holds, where fields are those of a data type (`connectedDataTypeId`) if one is named.
    ///
    /// # Errors
    ///
    /// As [`holds`](Self::holds).
    pub fn holds_for(&self, context: &Context<'_>, data_type: Option<&str>) -> Result<bool, Failure> {
        self.holds_by(&Evaluator::new(context), data_type)
    }

    /// Whether the condition holds, as [`holds_for`](Self::holds_for), with what the evaluator has found out before.
    pub(crate) fn holds_by(
        &self,
        evaluator: &Evaluator<'_>,
        data_type: Option<&str>,
    ) -> Result<bool, Failure> {
        let scope = Scope { data_type, ..Scope::default() };
        evaluator.is_true(&self.expression, &scope)
    }

    /// The condition as the drawing writes it, as JSON.
    pub fn source(&self) -> &Value {
        &self.source
    }

    /// The expression.
    pub fn expression(&self) -> &Expression {
        &self.expression
    }
}
