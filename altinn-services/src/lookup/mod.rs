//! Lookup (innsyn): a user reads what a register holds, and every answer leaves a trace.
//!
//! A lookup service is a folder ([`ServiceFolder`](crate::definition::ServiceFolder)) with a policy and the JSON Schemas
//! of its query and its answer; the register behind it is an agency's own [`Lookup`]. An answer is given once the trail
//! says who looked, on whose behalf, when and why; where the folder says so, query and answer are archived too.
//!
//! ```
//! use altinn_services::lookup::{Lookup, LookupContext, LookupFailure};
//! use serde_json::{Value, json};
//!
//! #[derive(Debug)]
//! struct Bakeries;
//!
//! #[async_trait::async_trait]
//! impl Lookup for Bakeries {
//!     async fn look_up(&self, query: &Value, _: &LookupContext<'_>) -> Result<Value, LookupFailure> {
//!         if query["number"] == "991825827" { Ok(json!({"ovens": 3})) } else { Err(LookupFailure::NotFound) }
//!     }
//! }
//! ```

mod answer;
mod ask;
mod error;
mod register;
mod service;

pub use answer::LookupAnswer;
pub use ask::{LookupRequest, Lookups};
pub use error::LookupError;
pub use register::{Lookup, LookupContext, LookupFailure};
pub(crate) use service::LookupDefinition;
pub use service::LookupService;
