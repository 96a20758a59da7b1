//! The keys of an issuer.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{AlgorithmFamily, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::{SignatureAlgorithm, algorithm, crypto};

/// Gives the keys that an issuer signs with.
#[async_trait]
pub trait KeySource: fmt::Debug + Send + Sync {
    /// The key with this id; without an id, the only key of an issuer that has one alone. None when there is no such key.
    ///
    /// # Errors
    /// [`KeySourceError`] when that cannot be told, which refuses the token.
    async fn key(&self, kid: Option<&str>) -> Result<Option<VerificationKey>, KeySourceError>;
}

/// Why the keys of an issuer cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeySourceError {
    /// The set is no JWK set (RFC 7517).
    #[error("the key set is not a JWK set")]
    NotAKeySet,
    /// No key of the set can verify signatures.
    #[error("the key set has no key that can verify signatures")]
    NoKeys,
    /// Two keys of the set have the same id.
    #[error("two keys of the set have the id `{kid}`")]
    DuplicateKey {
        /// The id.
        kid: String,
    },
    /// The keys cannot be fetched.
    #[error("the issuer's keys are unavailable: {reason}")]
    Unavailable {
        /// What happened.
        reason: String,
    },
}

impl KeySourceError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAKeySet => "AUTH-KEYS-NOT-A-KEY-SET",
            Self::NoKeys => "AUTH-KEYS-NONE",
            Self::DuplicateKey { .. } => "AUTH-KEYS-DUPLICATE",
            Self::Unavailable { .. } => "AUTH-KEYS-UNAVAILABLE",
        }
    }
}

/// A public key that verifies signatures. Cheap to clone.
#[derive(Clone)]
pub struct VerificationKey(Arc<PublicKey>);

struct PublicKey {
    key: DecodingKey,
    curve: Option<EllipticCurve>,
    /// The only algorithm that the set allows for it, when it names one.
    only: Option<String>,
}

impl VerificationKey {
    /// The key of a JWK; none when it is of a kind, or for a use, that verifies nothing here.
    fn from_jwk(jwk: &Jwk) -> Option<Self> {
        let for_signatures =
            jwk.common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
        let verifies = jwk
            .common
            .key_operations
            .as_ref()
            .is_none_or(|operations| operations.contains(&KeyOperations::Verify));
        let curve = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => None,
            AlgorithmParameters::EllipticCurve(key) => Some(key.curve.clone()),
            AlgorithmParameters::OctetKeyPair(key) => Some(key.curve.clone()),
            _ => return None,
        };
        let key = DecodingKey::from_jwk(jwk).ok().filter(|_| for_signatures && verifies)?;
        let only = jwk.common.key_algorithm.as_ref().map(ToString::to_string);
        Some(Self(Arc::new(PublicKey { key, curve, only })))
    }

    /// Whether the signature of a message is this key's by this algorithm.
    pub(super) fn verify(&self, algorithm: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> bool {
        crypto::verify(algorithm::jsonwebtoken(algorithm), &self.0.key, message, signature)
    }

    /// Whether it is the same key, read from its set at the same time.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether the key is one for this algorithm.
    pub(super) fn is_for(&self, algorithm: SignatureAlgorithm) -> bool {
        let PublicKey { key, curve, only } = &*self.0;
        let curve_fits = match algorithm {
            SignatureAlgorithm::Es256 => *curve == Some(EllipticCurve::P256),
            SignatureAlgorithm::Es384 => *curve == Some(EllipticCurve::P384),
            SignatureAlgorithm::EdDsa => *curve == Some(EllipticCurve::Ed25519),
            _ => key.family() == AlgorithmFamily::Rsa,
        };
        curve_fits
            && key.family() == algorithm::family(algorithm)
            && only.as_deref().is_none_or(|only| only == algorithm.name())
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PublicKey { curve, only, .. } = &*self.0;
        f.debug_struct("VerificationKey").field("curve", curve).field("only", only).finish_non_exhaustive()
    }
}

/// Keys that are known from the start.
///
/// ```
/// use altinn_auth::token::{KeySourceError, StaticKeys};
///
/// let symmetric = r#"{"keys":[{"kty":"oct","kid":"1","k":"c2VjcmV0"}]}"#;
/// assert_eq!(StaticKeys::from_jwks(symmetric).unwrap_err(), KeySourceError::NoKeys);
/// ```
#[derive(Debug, Clone)]
pub struct StaticKeys(HashMap<String, VerificationKey>);

/// A JWK set before its keys are read: one that cannot be read is no fault of the others.
#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

impl StaticKeys {
    /// The keys of a JWK set; those that cannot verify signatures, have no id or are of kinds that are not known are passed
    /// over (RFC 7517, section 5).
    ///
    /// # Errors
    /// [`KeySourceError`] when it is no JWK set, has no usable key, or two of the same id.
    pub fn from_jwks(json: impl AsRef<[u8]>) -> Result<Self, KeySourceError> {
        let set: KeySet = serde_json::from_slice(json.as_ref()).map_err(|_| KeySourceError::NotAKeySet)?;
        let mut keys = HashMap::new();
        for jwk in set.keys {
            let Ok(jwk) = serde_json::from_value::<Jwk>(jwk) else { continue };
            let Some((kid, key)) = jwk.common.key_id.clone().zip(VerificationKey::from_jwk(&jwk)) else {
                continue;
            };
            if keys.insert(kid.clone(), key).is_some() {
                return Err(KeySourceError::DuplicateKey { kid });
            }
        }
        if keys.is_empty() { Err(KeySourceError::NoKeys) } else { Ok(Self(keys)) }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, kid: Option<&str>) -> Option<VerificationKey> {
        match kid {
            Some(kid) => self.0.get(kid).cloned(),
            None if self.0.len() == 1 => self.0.values().next().cloned(),
            None => None,
        }
    }
}

#[async_trait]
impl KeySource for StaticKeys {
    async fn key(&self, kid: Option<&str>) -> Result<Option<VerificationKey>, KeySourceError> {
        Ok(self.get(kid))
    }
}
