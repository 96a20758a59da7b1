//! What the example programs share: synthetic people to act in a service, and forms to send in.

mod cast;
pub mod form;

pub use cast::{Cast, CastError};
