//! Keys that sign and verify: Ed25519 (RFC 8032), by ring.

mod error;
mod file;
mod pem;
mod signing_key;
mod verifying_key;

pub use error::KeyError;
pub use signing_key::SigningKey;
pub use verifying_key::{InvalidSignature, VerifyingKey};
