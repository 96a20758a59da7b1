//! Keys: those that sign and verify (by ring), and secrets that others are derived from.

mod error;
mod file;
mod jwk;
mod pem;
mod private_key;
mod public_key;
mod secret_key;
mod signature_algorithm;
mod signing_key;
mod verifying_key;

pub use error::KeyError;
pub use private_key::PrivateKey;
pub use public_key::PublicKey;
pub use secret_key::SecretKey;
pub use signature_algorithm::SignatureAlgorithm;
pub use signing_key::SigningKey;
pub use verifying_key::{InvalidSignature, VerifyingKey};
