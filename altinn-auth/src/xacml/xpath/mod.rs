//! Paths into the XML content of a request: XPath 1.0 without the namespace axis, variables and `id()`.
//!
//! A path is parsed and evaluated in bounded time and memory; the root of the content is the document node.

mod axis;
mod evaluate;
mod function;
mod lexer;
mod node;
mod number;
mod parser;

use thiserror::Error;

pub(super) use node::{PathNode, is_within};

use self::evaluate::{Context, Engine, PathValue};
use super::XPathExpression;

/// The longest path, in bytes.
const MAX_PATH: usize = 4_096;
/// How deep expressions may be nested in a path.
const MAX_NESTING: usize = 32;
/// The most nodes that the evaluation of a path may visit.
const MAX_VISITS: usize = 1_000_000;

/// Why a path cannot be used or evaluated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum PathError {
    /// It is not XPath, or not of the part that is understood.
    #[error("a path is not understood")]
    Syntax,
    /// It uses a prefix that stands for no namespace.
    #[error("a path uses the prefix `{0}`, which is not declared")]
    UnknownPrefix(String),
    /// It is longer or deeper than is read.
    #[error("a path is too long or too deep")]
    TooLarge,
    /// Its evaluation visits more nodes than are visited.
    #[error("a path visits too many nodes")]
    TooManyNodes,
    /// It gives something else than nodes.
    #[error("a path does not lead to nodes")]
    NoNodes,
}

/// Whether a path can be used.
pub(super) fn check(expression: &XPathExpression) -> Result<(), PathError> {
    parser::parse(expression).map(drop)
}

/// The nodes that a path leads to in a content, from a node of it, in document order.
pub(super) fn select<'a, 'i>(
    expression: &XPathExpression,
    content: roxmltree::Node<'a, 'i>,
    from: Option<PathNode<'a, 'i>>,
) -> Result<Vec<PathNode<'a, 'i>>, PathError> {
    let path = parser::parse(expression)?;
    let engine = Engine::new(content);
    let start = Context::of(from.unwrap_or(PathNode::Node(content)));
    match engine.evaluate(&path, &start)? {
        PathValue::Nodes(nodes) => Ok(nodes),
        _ => Err(PathError::NoNodes),
    }
}

#[cfg(test)]
mod tests;
