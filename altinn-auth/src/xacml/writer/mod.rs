//! Writes requests and responses as XML and as JSON.

mod json;
mod markup;
mod xml;

pub use json::JsonSpelling;
