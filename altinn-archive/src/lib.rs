//! A tamper-evident archive.

mod digest;
pub mod log;

pub use digest::{Digest, NotADigest};
pub use log::{LogKey, VerifierKey};
