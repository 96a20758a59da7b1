//! Expressions, read once into a tree.

use serde_json::Value;

use super::function::Function;
use super::parse::{self, ParseError};

/// An expression: a value, or a function called with expressions.
///
/// It is read once, with its functions and the number of their arguments checked, and evaluated many times by an
/// [`Evaluator`](super::Evaluator).
///
/// ```
/// use altinn_services::expression::{Context, Expression};
///
/// let adult = Expression::parse(r#"["greaterThanEq", ["dataModel", "person.age"], 18]"#)?;
/// let form = serde_json::json!({"person": {"age": 17}});
/// let context = Context::default().with_model("form", &form);
/// assert_eq!(adult.evaluate(&context)?, false);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    pub(super) root: Node,
}

/// A place in the tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Null, true or false, a number or a text.
    Literal(Value),
    /// A function with its arguments.
    Call { function: Function, arguments: Vec<Node> },
}

impl Expression {
    /// Reads an expression from JSON text; comments and trailing commas are allowed, as in Altinn's own reader.
    ///
    /// # Errors
    ///
    /// Says what is wrong and where.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parse::from_text(text)
    }

    /// Reads an expression that stands in a JSON document.
    ///
    /// # Errors
    ///
    /// Says what is wrong, and where in the expression.
    pub fn from_json(json: &Value) -> Result<Self, ParseError> {
        parse::from_json(json)
    }

    /// An expression that is a plain value.
    pub fn literal(value: bool) -> Self {
        Self { root: Node::Literal(Value::Bool(value)) }
    }

    /// Every function that the expression calls.
    pub fn functions(&self) -> Vec<Function> {
        let mut found = Vec::new();
        let mut open = vec![&self.root];
        while let Some(node) = open.pop() {
            if let Node::Call { function, arguments } = node {
                found.push(*function);
                open.extend(arguments);
            }
        }
        found
    }

    /// The fields of the data model that the expression names outright, with the data type where it names one.
    pub fn fields(&self) -> Vec<(&str, Option<&str>)> {
        let mut found = Vec::new();
        let mut open = vec![&self.root];
        while let Some(node) = open.pop() {
            let Node::Call { function, arguments } = node else { continue };
            if let (Function::DataModel, Some(Node::Literal(Value::String(field)))) =
                (function, arguments.first())
            {
                let data_type = match arguments.get(1) {
                    Some(Node::Literal(Value::String(name))) => Some(name.as_str()),
                    _ => None,
                };
                found.push((field.as_str(), data_type));
            }
            open.extend(arguments);
        }
        found
    }
}
