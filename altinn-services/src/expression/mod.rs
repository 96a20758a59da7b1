//! The expression language of Altinn 3 apps.
//!
//! [`Expression::parse`] reads an expression once: every function is known, has as many arguments as it takes, and
//! what is wrong has a place. An [`Evaluator`] gives its value against a [`Context`], at a [`Scope`] (a component in
//! rows of repeating groups), as often as is asked. Both are pure and total: no input makes them panic, and limits
//! of size, depth and steps hold for every expression and all data.
//!
//! [`Layouts`] are the pages and components that expressions stand in; they say what is hidden.
//!
//! Source: Altinn's documentation of expressions. Failures carry the words of Altinn's own evaluator
//! ([`Failure::message`]), so that whoever develops an app meets the same ones. Times with an offset are shown in UTC.

mod coerce;
mod compare;
mod context;
mod date;
mod date_format;
mod evaluate;
mod failure;
mod function;
mod hidden;
mod jmespath;
mod layout;
mod lookup;
mod numbers;
mod parse;
mod path;
mod resource;
mod text_functions;
mod texts;
mod tree;

pub use context::{Context, InstanceSource, OwnerKind};
pub use evaluate::{Evaluator, Scope};
pub use failure::{Failure, FailureKind};
pub use function::{Arity, Function};
pub use layout::{Binding, Component, ComponentInstance, LayoutError, Layouts, Page};
pub use parse::{MAX_EXPRESSION_BYTES, MAX_EXPRESSION_DEPTH, MAX_EXPRESSION_NODES, ParseError, ParseProblem};
pub use tree::Expression;

pub(crate) use path::{Field, FieldPath};
