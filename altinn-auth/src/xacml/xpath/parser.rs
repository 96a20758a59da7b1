//! From tokens to a tree (XPath 1.0, 2 and 3).

use super::axis::Axis;
use super::function::Function;
use super::lexer::{Token, tokens};
use super::{MAX_NESTING, MAX_PATH, PathError};
use crate::xacml::XPathExpression;

/// An expression of a path.
#[derive(Debug)]
pub(super) enum PathExpr {
    Number(f64),
    Literal(String),
    Call(Function, Vec<PathExpr>),
    Negate(Box<PathExpr>),
    Binary(Binary, Box<PathExpr>, Box<PathExpr>),
    /// Steps from the root, from the context node, or from what an expression gives.
    Steps(Start, Vec<Step>),
}

#[derive(Debug)]
pub(super) enum Start {
    Root,
    Here,
    /// An expression's nodes, filtered by predicates.
    Nodes(Box<PathExpr>, Vec<PathExpr>),
}

#[derive(Debug)]
pub(super) struct Step {
    pub(super) axis: Axis,
    pub(super) test: NodeTest,
    pub(super) predicates: Vec<PathExpr>,
}

/// Which nodes of an axis a step takes.
#[derive(Debug)]
pub(super) enum NodeTest {
    AnyName,
    AnyNameOf(String),
    Name(Option<String>, String),
    Text,
    Comment,
    ProcessingInstruction(Option<String>),
    Node,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Union,
}

/// The operators by how tightly they bind, the loosest first.
const LEVELS: [&[(&str, Binary)]; 7] = [
    &[("or", Binary::Or)],
    &[("and", Binary::And)],
    &[("=", Binary::Equal), ("!=", Binary::NotEqual)],
    &[
        ("<", Binary::Less),
        ("<=", Binary::LessOrEqual),
        (">", Binary::Greater),
        (">=", Binary::GreaterOrEqual),
    ],
    &[("+", Binary::Add), ("-", Binary::Subtract)],
    &[("*", Binary::Multiply), ("div", Binary::Divide), ("mod", Binary::Modulo)],
    &[("|", Binary::Union)],
];

/// The level of `|`: a minus sign stands before it.
const UNION: usize = 6;

type Parsed<T> = Result<T, PathError>;

pub(super) fn parse(expression: &XPathExpression) -> Parsed<PathExpr> {
    if expression.path().len() > MAX_PATH {
        return Err(PathError::TooLarge);
    }
    let tokens = tokens(expression.path())?;
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), expression, depth: 0 };
    let parsed = parser.expression()?;
    if parser.tokens.next().is_some() { Err(PathError::Syntax) } else { Ok(parsed) }
}

struct Parser<'e> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    expression: &'e XPathExpression,
    depth: usize,
}

impl Parser<'_> {
    fn expression(&mut self) -> Parsed<PathExpr> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(PathError::TooLarge);
        }
        let parsed = self.binary(0);
        self.depth -= 1;
        parsed
    }

    fn binary(&mut self, level: usize) -> Parsed<PathExpr> {
        let Some(operators) = LEVELS.get(level) else { return self.path() };
        if level == UNION && self.takes("-") {
            self.depth += 1;
            if self.depth > MAX_NESTING {
                return Err(PathError::TooLarge);
            }
            let negated = self.binary(level)?;
            self.depth -= 1;
            return Ok(PathExpr::Negate(Box::new(negated)));
        }
        let mut left = self.binary(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.binary(level + 1)?;
            left = PathExpr::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operator(&mut self, operators: &[(&str, Binary)]) -> Option<Binary> {
        let (Token::Symbol(found) | Token::Operator(found)) = self.tokens.peek()? else { return None };
        let (_, operator) = operators.iter().find(|(name, _)| name == found)?;
        self.tokens.next();
        Some(*operator)
    }

    fn takes(&mut self, symbol: &'static str) -> bool {
        self.tokens.next_if_eq(&Token::Symbol(symbol)).is_some()
    }

    fn expect(&mut self, symbol: &'static str) -> Parsed<()> {
        if self.takes(symbol) { Ok(()) } else { Err(PathError::Syntax) }
    }

    fn path(&mut self) -> Parsed<PathExpr> {
        if self.takes("//") {
            let mut steps = vec![Step::any(Axis::DescendantOrSelf)];
            self.relative(&mut steps)?;
            return Ok(PathExpr::Steps(Start::Root, steps));
        }
        if self.takes("/") {
            let mut steps = Vec::new();
            if self.tokens.peek().is_some_and(starts_step) {
                self.relative(&mut steps)?;
            }
            return Ok(PathExpr::Steps(Start::Root, steps));
        }
        match self.primary()? {
            None => {
                let mut steps = Vec::new();
                self.relative(&mut steps)?;
                Ok(PathExpr::Steps(Start::Here, steps))
            }
            Some(primary) => self.filtered(primary),
        }
    }

    /// Predicates and steps after an expression that is no path.
    fn filtered(&mut self, primary: PathExpr) -> Parsed<PathExpr> {
        let predicates = self.predicates()?;
        let mut steps = Vec::new();
        if self.takes("//") {
            steps.push(Step::any(Axis::DescendantOrSelf));
            self.relative(&mut steps)?;
        } else if self.takes("/") {
            self.relative(&mut steps)?;
        }
        if predicates.is_empty() && steps.is_empty() {
            return Ok(primary);
        }
        Ok(PathExpr::Steps(Start::Nodes(Box::new(primary), predicates), steps))
    }

    fn primary(&mut self) -> Parsed<Option<PathExpr>> {
        match self.tokens.peek() {
            Some(Token::Literal(_) | Token::Number(_)) => {}
            Some(Token::Symbol("(")) => {}
            Some(Token::Name(None, name)) if !is_node_type(name) => {
                let Some(function) = Function::named(name) else { return Ok(None) };
                let mut ahead = self.tokens.clone();
                ahead.next();
                if ahead.next() != Some(Token::Symbol("(")) {
                    return Ok(None);
                }
                self.tokens.next();
                self.tokens.next();
                return self.call(function).map(Some);
            }
            _ => return Ok(None),
        }
        match self.tokens.next() {
            Some(Token::Literal(text)) => Ok(Some(PathExpr::Literal(text))),
            Some(Token::Number(number)) => Ok(Some(PathExpr::Number(number))),
            _ => {
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(Some(inner))
            }
        }
    }

    fn call(&mut self, function: Function) -> Parsed<PathExpr> {
        let mut arguments = Vec::new();
        if !self.takes(")") {
            loop {
                arguments.push(self.expression()?);
                if self.takes(")") {
                    break;
                }
                self.expect(",")?;
            }
        }
        if function.takes(arguments.len()) {
            Ok(PathExpr::Call(function, arguments))
        } else {
            Err(PathError::Syntax)
        }
    }

    fn relative(&mut self, steps: &mut Vec<Step>) -> Parsed<()> {
        loop {
            let step = self.step()?;
            steps.push(step);
            if self.takes("//") {
                steps.push(Step::any(Axis::DescendantOrSelf));
            } else if !self.takes("/") {
                return Ok(());
            }
        }
    }

    fn step(&mut self) -> Parsed<Step> {
        if self.takes(".") {
            return Ok(Step::any(Axis::Itself));
        }
        if self.takes("..") {
            return Ok(Step::any(Axis::Parent));
        }
        let axis = if self.takes("@") { Axis::Attribute } else { self.named_axis()?.unwrap_or(Axis::Child) };
        let test = self.node_test()?;
        let predicates = self.predicates()?;
        Ok(Step { axis, test, predicates })
    }

    fn named_axis(&mut self) -> Parsed<Option<Axis>> {
        let Some(Token::Name(None, name)) = self.tokens.peek() else { return Ok(None) };
        let axis = Axis::named(name);
        let mut ahead = self.tokens.clone();
        ahead.next();
        if ahead.next() != Some(Token::Symbol("::")) {
            return Ok(None);
        }
        self.tokens.next();
        self.tokens.next();
        axis.map(Some).ok_or(PathError::Syntax)
    }

    fn node_test(&mut self) -> Parsed<NodeTest> {
        match self.tokens.next() {
            Some(Token::AnyName) => Ok(NodeTest::AnyName),
            Some(Token::AnyNameOf(prefix)) => Ok(NodeTest::AnyNameOf(self.namespace(&prefix)?)),
            Some(Token::Name(None, name)) if is_node_type(&name) && self.takes("(") => {
                let test = match name.as_str() {
                    "text" => NodeTest::Text,
                    "comment" => NodeTest::Comment,
                    "node" => NodeTest::Node,
                    _ => {
                        let is_literal = |token: &Token| matches!(token, Token::Literal(_));
                        let target = self.tokens.next_if(is_literal).and_then(|token| match token {
                            Token::Literal(target) => Some(target),
                            _ => None,
                        });
                        NodeTest::ProcessingInstruction(target)
                    }
                };
                self.expect(")")?;
                Ok(test)
            }
            Some(Token::Name(prefix, name)) => {
                let namespace = prefix.map(|prefix| self.namespace(&prefix)).transpose()?;
                Ok(NodeTest::Name(namespace, name))
            }
            _ => Err(PathError::Syntax),
        }
    }

    fn namespace(&self, prefix: &str) -> Parsed<String> {
        let found = self.expression.namespaces().find(|(known, _)| *known == prefix);
        found.map(|(_, uri)| uri.to_owned()).ok_or_else(|| PathError::UnknownPrefix(prefix.to_owned()))
    }

    fn predicates(&mut self) -> Parsed<Vec<PathExpr>> {
        let mut predicates = Vec::new();
        while self.takes("[") {
            predicates.push(self.expression()?);
            self.expect("]")?;
        }
        Ok(predicates)
    }
}

impl Step {
    fn any(axis: Axis) -> Self {
        Self { axis, test: NodeTest::Node, predicates: Vec::new() }
    }
}

fn is_node_type(name: &str) -> bool {
    matches!(name, "text" | "comment" | "node" | "processing-instruction")
}

fn starts_step(token: &Token) -> bool {
    match token {
        Token::AnyName | Token::AnyNameOf(_) | Token::Name(..) => true,
        Token::Symbol(symbol) => matches!(*symbol, "." | ".." | "@"),
        _ => false,
    }
}
