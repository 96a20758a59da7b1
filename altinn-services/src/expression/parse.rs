//! Reads expressions from JSON, within limits.

use std::fmt;

use serde_json::Value;
use thiserror::Error;

use super::function::{Arity, Function};
use super::tree::{Expression, Node};
use crate::definition::{Position, blank_comments_and_trailing_commas, json_fault};
use crate::form::place;

/// How large the text of an expression may be, in bytes.
pub const MAX_EXPRESSION_BYTES: usize = 256 * 1024;
/// How deep functions may be nested.
pub const MAX_EXPRESSION_DEPTH: usize = 64;
/// How many functions and values an expression may hold.
pub const MAX_EXPRESSION_NODES: usize = 10_000;

/// Why a text is no expression, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}{}", Place(self))]
pub struct ParseError {
    problem: ParseProblem,
    path: String,
    position: Option<Position>,
}

/// What is wrong with an expression. The words are those of Altinn's own reader.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseProblem {
    /// The text is no JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// The text is larger than [`MAX_EXPRESSION_BYTES`].
    #[error("an expression is at most {MAX_EXPRESSION_BYTES} bytes")]
    TooLarge,
    /// Functions are nested deeper than [`MAX_EXPRESSION_DEPTH`].
    #[error("functions are nested deeper than {MAX_EXPRESSION_DEPTH}")]
    TooDeep,
    /// There are more functions and values than [`MAX_EXPRESSION_NODES`].
    #[error("an expression holds at most {MAX_EXPRESSION_NODES} functions and values")]
    TooMany,
    /// An object stands where a value or a function is expected.
    #[error("Invalid type \"object\"")]
    Object,
    /// A list is empty.
    #[error("Missing function name in expression")]
    MissingFunction,
    /// A list does not begin with a name.
    #[error("Function name in expression should be string")]
    FunctionNotText,
    /// There is no such function.
    #[error("Function \"{0}\" not implemented")]
    UnknownFunction(String),
    /// A function has too few or too many arguments.
    #[error("{}", arguments_message(*.function, *.got))]
    Arguments {
        /// The function.
        function: Function,
        /// How many arguments it has.
        got: usize,
    },
    /// The third argument of `if` is not the word `else`.
    #[error("Expected third argument to be \"else\"")]
    Else,
    /// The operator of `compare` is computed, and not given by name.
    #[error("Invalid operator (it cannot be an expression or null)")]
    OperatorNotText,
    /// There is no such operator.
    #[error("Invalid operator \"{0}\"")]
    UnknownOperator(String),
    /// The second argument of a `compare` with four is not the word `not`.
    #[error("Second argument must be \"not\" when providing 4 arguments in total")]
    Not,
    /// Keys and values do not come in pairs.
    #[error("The object function must have an even number of arguments")]
    OddArguments,
}

impl ParseError {
    /// What is wrong.
    pub fn problem(&self) -> &ParseProblem {
        &self.problem
    }

    /// Where in the expression, as a JSON pointer (RFC 6901).
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Where in the text, when the expression came as text.
    pub fn position(&self) -> Option<Position> {
        self.position
    }

    /// The stable code of this kind of error.
    pub fn code(&self) -> &'static str {
        match self.problem {
            ParseProblem::NotJson(_) => "EXPRESSION-NOT-JSON",
            ParseProblem::TooLarge => "EXPRESSION-TOO-LARGE",
            ParseProblem::TooDeep => "EXPRESSION-TOO-DEEP",
            ParseProblem::TooMany => "EXPRESSION-TOO-MANY",
            ParseProblem::Object => "EXPRESSION-NOT-A-FUNCTION",
            ParseProblem::MissingFunction | ParseProblem::FunctionNotText => "EXPRESSION-NO-FUNCTION",
            ParseProblem::UnknownFunction(_) => "EXPRESSION-UNKNOWN-FUNCTION",
            ParseProblem::Arguments { .. } | ParseProblem::OddArguments => "EXPRESSION-ARGUMENTS",
            ParseProblem::Else | ParseProblem::Not => "EXPRESSION-WORD",
            ParseProblem::OperatorNotText | ParseProblem::UnknownOperator(_) => "EXPRESSION-OPERATOR",
        }
    }
}

/// Where a fault is, behind what is wrong.
struct Place<'a>(&'a ParseError);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.position, self.0.path.as_str()) {
            (Some(at), _) => write!(f, " at {at}"),
            (None, "") => Ok(()),
            (None, path) => write!(f, " at `{path}`"),
        }
    }
}

/// How Altinn words a wrong number of arguments; its arithmetic puts a word before.
fn arguments_message(function: Function, got: usize) -> String {
    let expected: Arity = function.arity();
    match function {
        Function::If => format!("Expected either 2 arguments (if) or 4 (if + else), got {got}"),
        Function::Plus | Function::Minus | Function::Multiply | Function::Divide => {
            format!("Invalid number of arguments. Expected {expected} argument(s), got {got}")
        }
        _ => format!("Expected {expected} argument(s), got {got}"),
    }
}

pub(super) fn from_text(text: &str) -> Result<Expression, ParseError> {
    if text.len() > MAX_EXPRESSION_BYTES {
        let problem = ParseProblem::TooLarge;
        return Err(ParseError { problem, path: String::new(), position: None });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let strict = blank_comments_and_trailing_commas(text);
    let json: Value = serde_json::from_str(&strict).map_err(|error| {
        let fault = json_fault(text, &error);
        let problem = ParseProblem::NotJson(fault.problem);
        ParseError { problem, path: String::new(), position: Some(fault.at) }
    })?;
    from_json(&json).map_err(|mut error| {
        error.position = place::of(&strict, &error.path);
        error
    })
}

pub(super) fn from_json(json: &Value) -> Result<Expression, ParseError> {
    let mut reader = Reader { path: Vec::new(), nodes: 0 };
    match reader.node(json) {
        Ok(root) => Ok(Expression { root }),
        Err(problem) => {
            let path = reader.path.iter().map(|index| format!("/{index}")).collect();
            Err(ParseError { problem, path, position: None })
        }
    }
}

/// Where reading stands. When it fails, `path` is where.
struct Reader {
    path: Vec<usize>,
    nodes: usize,
}

impl Reader {
    fn node(&mut self, json: &Value) -> Result<Node, ParseProblem> {
        self.nodes += 1;
        if self.nodes > MAX_EXPRESSION_NODES {
            return Err(ParseProblem::TooMany);
        }
        if self.path.len() >= MAX_EXPRESSION_DEPTH {
            return Err(ParseProblem::TooDeep);
        }
        match json {
            Value::Array(items) => self.call(items),
            Value::Object(_) => Err(ParseProblem::Object),
            plain => Ok(Node::Literal(plain.clone())),
        }
    }

    fn call(&mut self, items: &[Value]) -> Result<Node, ParseProblem> {
        let (name, rest) = items.split_first().ok_or(ParseProblem::MissingFunction)?;
        let Value::String(name) = name else { return Err(ParseProblem::FunctionNotText) };
        let unknown = || ParseProblem::UnknownFunction(name.chars().take(100).collect());
        let function = Function::named(name).ok_or_else(unknown)?;
        let mut arguments = Vec::with_capacity(rest.len());
        for (index, argument) in rest.iter().enumerate() {
            self.path.push(index + 1);
            arguments.push(self.node(argument)?);
            self.path.pop();
        }
        check_arguments(function, rest)?;
        Ok(Node::call(function, arguments))
    }
}

/// Whether a function's arguments are as many as it takes, and the words among them in their places.
fn check_arguments(function: Function, arguments: &[Value]) -> Result<(), ParseProblem> {
    let got = arguments.len();
    if !function.arity().allows(got) {
        return Err(ParseProblem::Arguments { function, got });
    }
    match function {
        Function::If if got > 2 && arguments.get(2) != Some(&Value::from("else")) => Err(ParseProblem::Else),
        Function::If if got == 3 => Err(ParseProblem::Arguments { function, got }),
        Function::Object if !got.is_multiple_of(2) => Err(ParseProblem::OddArguments),
        Function::Compare => check_operator(arguments),
        _ => Ok(()),
    }
}

/// `compare` takes its operator by name, with the word `not` before it or without.
fn check_operator(arguments: &[Value]) -> Result<(), ParseProblem> {
    let operator = if arguments.len() == 4 {
        if arguments.get(1) != Some(&Value::from("not")) {
            return Err(ParseProblem::Not);
        }
        arguments.get(2)
    } else {
        arguments.get(1)
    };
    match operator {
        Some(Value::String(name)) if super::compare::Operator::named(name).is_some() => Ok(()),
        Some(Value::String(name)) => Err(ParseProblem::UnknownOperator(name.chars().take(100).collect())),
        Some(Value::Null | Value::Array(_)) | None => Err(ParseProblem::OperatorNotText),
        Some(other) => Err(ParseProblem::UnknownOperator(other.to_string().chars().take(100).collect())),
    }
}
