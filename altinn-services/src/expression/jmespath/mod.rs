//! JMESPath: queries over JSON.
//!
//! Written from the specification of jmespath.org. Every step of a search is paid for, so that a search ends whatever
//! the query is; the crates that there are can not be stopped.

mod functions;
mod interpret;
mod lexer;
mod parser;

use serde_json::Value;

use super::failure::{Failure, FailureKind};
use interpret::Search;
use parser::Ast;

/// How long a query may be, in bytes.
const MAX_QUERY_BYTES: usize = 8 * 1024;

/// A query that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Query(Ast);

impl Query {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        if text.len() > MAX_QUERY_BYTES {
            return Err(fault("the query is too long"));
        }
        Ok(Self(parser::parse(&lexer::tokens(text)?)?))
    }

    /// What the query finds in a value. `spend` is asked for leave before each step.
    pub(super) fn search(
        &self,
        value: &Value,
        spend: &mut dyn FnMut(usize) -> Result<(), Failure>,
    ) -> Result<Value, Failure> {
        let mut search = Search { spend };
        let found = search.evaluate(&self.0, value)?;
        search.owned(found)
    }
}

fn fault(problem: &str) -> Failure {
    Failure::new(FailureKind::Query, format!("Jmespath error: {problem}"))
}
