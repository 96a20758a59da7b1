//! Keys: those that sign and verify (Ed25519, RFC 8032, by ring), and secrets that others are derived from.

mod error;
mod file;
mod pem;
mod secret_key;
mod signing_key;
mod verifying_key;

pub use error::KeyError;
pub use secret_key::SecretKey;
pub use signing_key::SigningKey;
pub use verifying_key::{InvalidSignature, VerifyingKey};
