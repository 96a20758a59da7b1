//! What the example programs share: synthetic people to act in a service, and forms to send in; and the portal.

pub mod form;
pub mod portal;

pub use altinn_services::testing::{Cast, CastError, stand_in};

/// The README's program, so that it is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// How a receipt is verified, so that what it shows is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../docs/archive-proof.md")]
struct ArchiveProof;
