//! Evaluates the tree of a path over a content.

use std::cell::Cell;
use std::cmp::Ordering;

use roxmltree::Node;

use super::node::PathNode;
use super::parser::{Binary, PathExpr, Start, Step};
use super::{MAX_VISITS, PathError, number};

/// What an expression of a path gives.
#[derive(Debug, Clone)]
pub(super) enum PathValue<'a, 'i> {
    /// Nodes in document order.
    Nodes(Vec<PathNode<'a, 'i>>),
    Text(String),
    Number(f64),
    Boolean(bool),
}

/// Where an expression is evaluated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a, 'i> {
    pub(super) node: PathNode<'a, 'i>,
    pub(super) position: usize,
    pub(super) size: usize,
}

impl<'a, 'i> Context<'a, 'i> {
    pub(super) fn of(node: PathNode<'a, 'i>) -> Self {
        Self { node, position: 1, size: 1 }
    }
}

/// One evaluation of one path.
pub(super) struct Engine<'a, 'i> {
    root: Node<'a, 'i>,
    visits: Cell<usize>,
}

type Evaluated<T> = Result<T, PathError>;

impl<'a, 'i> Engine<'a, 'i> {
    pub(super) fn new(root: Node<'a, 'i>) -> Self {
        Self { root, visits: Cell::new(0) }
    }

    pub(super) fn evaluate(
        &self,
        expression: &PathExpr,
        context: &Context<'a, 'i>,
    ) -> Evaluated<PathValue<'a, 'i>> {
        Ok(match expression {
            PathExpr::Number(number) => PathValue::Number(*number),
            PathExpr::Literal(text) => PathValue::Text(text.clone()),
            PathExpr::Negate(inner) => PathValue::Number(-self.evaluate(inner, context)?.number()),
            PathExpr::Call(function, arguments) => {
                let arguments = arguments.iter().map(|argument| self.evaluate(argument, context));
                function.call(&arguments.collect::<Evaluated<Vec<_>>>()?, context)?
            }
            PathExpr::Binary(operator, left, right) => self.binary(*operator, left, right, context)?,
            PathExpr::Steps(start, steps) => PathValue::Nodes(self.steps(start, steps, context)?),
        })
    }

    fn binary(
        &self,
        operator: Binary,
        left: &PathExpr,
        right: &PathExpr,
        context: &Context<'a, 'i>,
    ) -> Evaluated<PathValue<'a, 'i>> {
        let left = self.evaluate(left, context)?;
        match operator {
            Binary::Or if left.boolean() => return Ok(PathValue::Boolean(true)),
            Binary::And if !left.boolean() => return Ok(PathValue::Boolean(false)),
            _ => {}
        }
        let right = self.evaluate(right, context)?;
        Ok(match operator {
            Binary::Or | Binary::And => PathValue::Boolean(right.boolean()),
            Binary::Union => PathValue::Nodes(in_order([left.nodes()?, right.nodes()?].concat())),
            Binary::Add => PathValue::Number(left.number() + right.number()),
            Binary::Subtract => PathValue::Number(left.number() - right.number()),
            Binary::Multiply => PathValue::Number(left.number() * right.number()),
            Binary::Divide => PathValue::Number(left.number() / right.number()),
            Binary::Modulo => PathValue::Number(left.number() % right.number()),
            _ => PathValue::Boolean(self.compare(operator, &left, &right)?),
        })
    }

    /// Nodes compare when one of them does.
    fn compare(
        &self,
        operator: Binary,
        left: &PathValue<'a, 'i>,
        right: &PathValue<'a, 'i>,
    ) -> Evaluated<bool> {
        match (left, right) {
            (PathValue::Nodes(_), PathValue::Boolean(_)) | (PathValue::Boolean(_), PathValue::Nodes(_)) => {}
            (PathValue::Nodes(nodes), other) => {
                self.visit(nodes.len())?;
                for node in nodes {
                    if self.compare(operator, &PathValue::Text(node.text()), other)? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            (other, PathValue::Nodes(nodes)) => {
                self.visit(nodes.len())?;
                for node in nodes {
                    if self.compare(operator, other, &PathValue::Text(node.text()))? {
                        return Ok(true);
                    }
                }
                return Ok(false);
            }
            _ => {}
        }
        Ok(match operator {
            Binary::Equal => left.equals(right),
            Binary::NotEqual => !left.equals(right),
            _ => {
                let order = left.number().partial_cmp(&right.number());
                match operator {
                    Binary::Less => order == Some(Ordering::Less),
                    Binary::LessOrEqual => order.is_some_and(Ordering::is_le),
                    Binary::Greater => order == Some(Ordering::Greater),
                    _ => order.is_some_and(Ordering::is_ge),
                }
            }
        })
    }

    fn steps(
        &self,
        start: &Start,
        steps: &[Step],
        context: &Context<'a, 'i>,
    ) -> Evaluated<Vec<PathNode<'a, 'i>>> {
        let mut nodes = match start {
            Start::Root => vec![PathNode::Node(self.root)],
            Start::Here => vec![context.node],
            Start::Nodes(expression, predicates) => {
                let nodes = self.evaluate(expression, context)?.nodes()?.to_vec();
                self.filter(nodes, predicates)?
            }
        };
        for step in steps {
            let mut next = Vec::new();
            for node in &nodes {
                next.extend(self.step(step, *node)?);
            }
            nodes = in_order(next);
        }
        Ok(nodes)
    }

    fn step(&self, step: &Step, from: PathNode<'a, 'i>) -> Evaluated<Vec<PathNode<'a, 'i>>> {
        let mut nodes = step.axis.nodes(from, self.root);
        self.visit(nodes.len())?;
        nodes.retain(|node| node.passes(&step.test, self.root));
        self.filter(nodes, &step.predicates)
    }

    fn filter(
        &self,
        mut nodes: Vec<PathNode<'a, 'i>>,
        predicates: &[PathExpr],
    ) -> Evaluated<Vec<PathNode<'a, 'i>>> {
        for predicate in predicates {
            self.visit(nodes.len())?;
            let size = nodes.len();
            let mut kept = Vec::new();
            for (node, position) in nodes.into_iter().zip(1..) {
                let holds = match self.evaluate(predicate, &Context { node, position, size })? {
                    PathValue::Number(number) => PathValue::of_count(position).number() == number,
                    other => other.boolean(),
                };
                if holds {
                    kept.push(node);
                }
            }
            nodes = kept;
        }
        Ok(nodes)
    }

    fn visit(&self, count: usize) -> Evaluated<()> {
        let visits = self.visits.get().saturating_add(count);
        self.visits.set(visits);
        if visits > MAX_VISITS { Err(PathError::TooManyNodes) } else { Ok(()) }
    }
}

impl<'a, 'i> PathValue<'a, 'i> {
    pub(super) fn of_count(count: usize) -> Self {
        Self::Number(u32::try_from(count).map_or(f64::INFINITY, f64::from))
    }

    pub(super) fn nodes(&self) -> Evaluated<&[PathNode<'a, 'i>]> {
        match self {
            Self::Nodes(nodes) => Ok(nodes),
            _ => Err(PathError::NoNodes),
        }
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Nodes(nodes) => nodes.first().map(|node| node.text()).unwrap_or_default(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number::to_text(*number),
            Self::Boolean(value) => value.to_string(),
        }
    }

    pub(super) fn number(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            Self::Boolean(value) => f64::from(u8::from(*value)),
            Self::Nodes(_) | Self::Text(_) => number::of_text(&self.text()),
        }
    }

    pub(super) fn boolean(&self) -> bool {
        match self {
            Self::Nodes(nodes) => !nodes.is_empty(),
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Boolean(value) => *value,
        }
    }

    /// Equality of two values of which at most one, beside a boolean, is of nodes.
    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Boolean(_), _) | (_, Self::Boolean(_)) => self.boolean() == other.boolean(),
            (Self::Number(_), _) | (_, Self::Number(_)) => self.number() == other.number(),
            _ => self.text() == other.text(),
        }
    }
}

/// The nodes in document order, each once.
fn in_order<'a, 'i>(mut nodes: Vec<PathNode<'a, 'i>>) -> Vec<PathNode<'a, 'i>> {
    nodes.sort_by_key(|node| node.order());
    nodes.dedup();
    nodes
}
