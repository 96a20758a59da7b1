//! Detached signatures in JSON: JWS (RFC 7515) whose payload stands elsewhere (appendix F), also unencoded (RFC 7797).
//!
//! ```
//! use altinn_core::jws::{DetachedJws, JwsHeader};
//! use altinn_core::key::{PrivateKey, SignatureAlgorithm, SigningKey};
//!
//! let key = PrivateKey::from_pkcs8(SigningKey::generate()?.expose_pkcs8())?;
//! let header = JwsHeader::unencoded(SignatureAlgorithm::EdDsa, key.public_key().thumbprint());
//! let signature = key.sign(SignatureAlgorithm::EdDsa, &header.signing_input(b"a record"))?;
//! let jws = header.with_signature(&signature);
//!
//! let jws: DetachedJws = jws.to_string().parse()?;
//! jws.verify(b"a record", &key.public_key(), &[SignatureAlgorithm::EdDsa])?;
//! assert!(jws.verify(b"another", &key.public_key(), &[SignatureAlgorithm::EdDsa]).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod detached;
mod error;
mod header;

pub use detached::DetachedJws;
pub use error::JwsError;
pub use header::JwsHeader;
