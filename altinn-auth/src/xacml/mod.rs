//! XACML 3.0: reads policies, checks them, and decides requests.
//!
//! A policy file is read into a model ([`PolicyDocument`]), checked and compiled once ([`CompiledPolicy`]), and then
//! decides any number of requests. Deciding is a pure, synchronous function of the compiled policy and the
//! [`Request`]: it reads no clock and asks nobody, unless the caller hands it [`Surroundings`]. Many policies stand side
//! by side in a [`PolicyIndex`], which looks only at those that may apply. Requests and responses are read and written
//! as XML and JSON ([`RequestDocument`], [`Response`]).
//!
//! Every fault of a policy is found when it is loaded, with its line and column: unknown functions and data types,
//! arguments of a wrong type, duplicate ids, undefined variables, references that lead nowhere or in a circle.
//!
//! Of functions, all of the standard's are there. `access-permitted` decides again with another content of a category, at
//! most a hundred times and eight deep. With the feature `xpath` there are those over nodes, also as XACML 1.0 had them,
//! with a path as a text: version 3.0 keeps their names and no longer says what such a path leads into, so it is the
//! content of the resource, the only one that the older versions knew; a path through their `Request` leads nowhere.
//!
//! What goes wrong while deciding makes the decision Indeterminate, with the standard's status code.

mod attribute_name;
mod combining;
mod compiled;
mod data_type;
mod decision;
mod error;
mod evaluation;
mod fingerprint;
mod function;
pub mod model;
pub mod name;
mod names;
mod pattern;
mod policy_index;
mod reader;
mod request;
mod request_document;
mod response;
mod small_letters;
mod status;
mod temporal;
mod value;
mod version;
mod writer;
#[cfg(feature = "xpath")]
mod xpath;
mod xpath_expression;

pub use combining::CombiningAlgorithm;
pub use compiled::{CompiledPolicy, PolicyName, RuleName};
pub use data_type::DataType;
pub use decision::{Decision, Effect, Potential};
pub use error::{Position, XacmlError, XacmlFault};
pub use evaluation::{Assignment, AttributeSource, Evaluation, Obligation, Surroundings};
pub use function::{Function, Type};
pub use names::{DnsName, IpAddress, Rfc822Name, X500Name};
pub use policy_index::PolicyIndex;
pub use reader::{MAX_BYTES, MAX_DECISIONS, MAX_DEPTH, MAX_NODES, Placeholders, PolicyDocument};
pub use request::Request;
pub use request_document::RequestDocument;
pub use response::{IncludedAttribute, Response, ResponseResult};
pub use status::{MissingAttribute, Status, StatusCode};
pub use temporal::Moment;
pub use value::Value;
pub use writer::JsonSpelling;
pub use xpath_expression::XPathExpression;
