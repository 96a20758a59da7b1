//! Verifies tokens and turns them into [`Actor`](altinn_core::Actor)s.
//!
//! A [`TokenVerifier`] knows its issuers ([`IssuerProfile`]): the exact issuer and audience, the algorithms allowed,
//! the keys ([`KeySource`]), and what the claims mean. Nothing in a token leads anywhere: keys come from the issuer's
//! own set by `kid`, and a token that brings or points to a key (`jwk`, `jku`, `x5u`) is refused unread.

mod actor;
mod algorithm;
mod cached_keys;
#[cfg(feature = "http")]
mod certificates;
mod claims;
mod crypto;
#[cfg(feature = "http")]
mod discovery;
mod error;
mod header;
mod issuer;
mod json;
mod key_source;
mod level;
mod method;
mod newest;
mod reader;
mod signer;
mod verified;
mod verifier;

pub use altinn_core::key::SignatureAlgorithm;
pub use cached_keys::{CachedKeys, KeySetFetch};
#[cfg(feature = "http")]
pub use certificates::CertificateError;
pub use crypto::RING;
#[cfg(feature = "http")]
pub use discovery::{DiscoveryError, IssuerMetadata};
pub use error::{TokenError, TokenPart};
pub use issuer::{IssuerProfile, MAX_SKEW};
pub use key_source::{KeySource, KeySourceError, StaticKeys, VerificationKey};
pub use signer::TokenSigner;
pub use verified::{TokenSubject, VerifiedToken};
pub use verifier::{MAX_TOKEN_BYTES, TokenVerifier};

pub(crate) use json::without_duplicates;
pub(crate) use verifier::signed_by;
#[cfg(feature = "testing")]
pub(crate) use verifier::signed_claims;
