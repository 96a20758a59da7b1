//! Keys: those that sign and verify (by ring), secrets that others are derived from, and keys that seal what is kept.

mod error;
mod file;
mod jwk;
mod keyring;
mod pem;
mod private_key;
mod public_key;
mod seal_error;
mod sealing_key;
mod secret_key;
mod signature_algorithm;
mod signing_key;
mod verifying_key;

pub use error::KeyError;
pub use keyring::{Keyring, WrappedKey};
pub use private_key::PrivateKey;
pub use public_key::PublicKey;
pub use seal_error::SealError;
pub use sealing_key::SealingKey;
pub use secret_key::SecretKey;
pub use signature_algorithm::SignatureAlgorithm;
pub use signing_key::SigningKey;
pub use verifying_key::{InvalidSignature, VerifyingKey};
