//! Expressions, read once into a tree.

use serde_json::Value;

use super::function::Function;
use super::parse::{self, ParseError};
use super::path::FieldPath;

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
    /// `dataModel` of a field that is given outright.
    Field(FieldLookup),
}

/// A field of a data model, its path read once.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FieldLookup {
    pub(super) text: String,
    pub(super) path: FieldPath<'static>,
    pub(super) data_type: Option<String>,
}

impl Node {
    /// A call, its path read where it names a field outright.
    pub(super) fn call(function: Function, arguments: Vec<Self>) -> Self {
        match FieldLookup::of(function, &arguments) {
            Some(field) => Self::Field(field),
            None => Self::Call { function, arguments },
        }
    }

    fn literal_text(&self) -> Option<&str> {
        match self {
            Self::Literal(value) => value.as_str(),
            _ => None,
        }
    }
}

impl FieldLookup {
    fn of(function: Function, arguments: &[Node]) -> Option<Self> {
        if function != Function::DataModel {
            return None;
        }
        let (text, data_type) = match arguments {
            [text] => (text.literal_text()?, None),
            [text, data_type] => (text.literal_text()?, Some(data_type.literal_text()?.to_owned())),
            _ => return None,
        };
        Some(Self { path: FieldPath::compiled(text), text: text.to_owned(), data_type })
    }
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
        self.walk(|node| match node {
            Node::Literal(_) => {}
            Node::Field(_) => found.push(Function::DataModel),
            Node::Call { function, .. } => found.push(*function),
        });
        found
    }

    /// The fields of the data model that the expression names outright, with the data type where it names one.
    pub fn fields(&self) -> Vec<(&str, Option<&str>)> {
        let mut found = Vec::new();
        self.walk(|node| match node {
            Node::Field(field) => found.push((field.text.as_str(), field.data_type.as_deref())),
            Node::Call { function: Function::DataModel, arguments } => {
                found.extend(arguments.first().and_then(Node::literal_text).map(|field| (field, None)));
            }
            _ => {}
        });
        found
    }

    fn walk<'e>(&'e self, mut visit: impl FnMut(&'e Node)) {
        let mut open = vec![&self.root];
        while let Some(node) = open.pop() {
            visit(node);
            if let Node::Call { arguments, .. } = node {
                open.extend(arguments);
            }
        }
    }
}
