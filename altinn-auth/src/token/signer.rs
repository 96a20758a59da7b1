//! Signs tokens.

use std::fmt;

use altinn_core::key::{KeyError, PrivateKey, SignatureAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// Signs tokens with a key that is read once: grants for Maskinporten, assertions of a client, tokens of one's own.
///
/// ```
/// use altinn_auth::token::TokenSigner;
///
/// let signer = TokenSigner::generate()?;
/// let token = signer.sign(&serde_json::json!({"iss": "my-client"}))?;
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), altinn_core::key::KeyError>(())
/// ```
pub struct TokenSigner {
    key: PrivateKey,
    algorithm: SignatureAlgorithm,
    id: String,
    /// How the header names the key: by `kid`, or by the certificates in `x5c`.
    name: (&'static str, Value),
    /// The header as it stands before the first point of every token.
    header: String,
}

impl TokenSigner {
    /// A signer with a key that is known to the other side by its id; by the key's most usual algorithm (RS256 for RSA).
    pub fn new(key: PrivateKey, kid: impl Into<String>) -> Self {
        let id = kid.into();
        let algorithm = key.algorithms().first().copied().unwrap_or(SignatureAlgorithm::EdDsa);
        Self::named(key, algorithm, ("kid", json!(id)), id)
    }

    /// A signer with a new key on P-256 (ES256), whose id is its thumbprint (RFC 7638).
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`].
    pub fn generate() -> Result<Self, KeyError> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
            .map_err(|_| KeyError::NoRandomness)?;
        let key = PrivateKey::from_pkcs8(pkcs8.as_ref())?;
        let id = key.public_key().thumbprint();
        Ok(Self::new(key, id))
    }

    /// The signer of a private JWK (`MASKINPORTEN_CLIENT_JWK`, `IDPORTEN_CLIENT_JWK`); `kid` and `alg` are taken from it where
    /// it has them.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] when it is no private JWK, [`KeyError::NotForAlgorithm`] when `alg` is another kind of key's.
    pub fn from_jwk(json: &str) -> Result<Self, KeyError> {
        let jwk: Value = serde_json::from_str(json).map_err(|_| KeyError::Unsupported)?;
        let key = PrivateKey::from_jwk(&jwk)?;
        let kid = match jwk.get("kid").and_then(Value::as_str) {
            Some(kid) => kid.to_owned(),
            None => key.public_key().thumbprint(),
        };
        let signer = Self::new(key, kid);
        match jwk.get("alg").and_then(Value::as_str) {
            Some(name) => signer.by(SignatureAlgorithm::from_name(name).ok_or(KeyError::Unsupported)?),
            None => Ok(signer),
        }
    }

    /// The same signer by another algorithm of its key.
    ///
    /// # Errors
    /// [`KeyError::NotForAlgorithm`].
    pub fn by(self, algorithm: SignatureAlgorithm) -> Result<Self, KeyError> {
        if !self.key.algorithms().contains(&algorithm) {
            return Err(KeyError::NotForAlgorithm { algorithm: algorithm.name() });
        }
        Ok(Self::named(self.key, algorithm, self.name, self.id))
    }

    pub(super) fn named(
        key: PrivateKey,
        algorithm: SignatureAlgorithm,
        name: (&'static str, Value),
        id: String,
    ) -> Self {
        let header = header("JWT", algorithm, &name);
        Self { key, algorithm, id, name, header }
    }

    /// The id of the key.
    pub fn kid(&self) -> &str {
        &self.id
    }

    /// The algorithm.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The public half as a JWK, as it stands in a key set.
    pub fn public_jwk(&self) -> Value {
        let mut jwk = self.key.public_key().to_jwk();
        if let Some(members) = jwk.as_object_mut() {
            let own = [("kid", self.id.as_str()), ("use", "sig"), ("alg", self.algorithm.name())];
            members.extend(own.map(|(name, value)| (name.to_owned(), json!(value))));
        }
        jwk
    }

    /// The token of these claims.
    ///
    /// # Errors
    /// [`KeyError::NoRandomness`]; [`KeyError::Unsupported`] when the claims have no JSON form.
    pub fn sign(&self, claims: &impl Serialize) -> Result<String, KeyError> {
        let claims = Zeroizing::new(serde_json::to_vec(claims).map_err(|_| KeyError::Unsupported)?);
        self.finish(self.header.clone(), &claims)
    }

    /// The token of these claims that says its type (RFC 8725, 3.11), so that nobody takes it for another one.
    pub(crate) fn sign_as(&self, typ: &str, claims: &impl Serialize) -> Result<String, KeyError> {
        let claims = Zeroizing::new(serde_json::to_vec(claims).map_err(|_| KeyError::Unsupported)?);
        self.finish(header(typ, self.algorithm, &self.name), &claims)
    }

    /// The token of any header and claims, also of such as are wrong.
    #[cfg(feature = "testing")]
    pub(crate) fn sign_text(&self, header: &str, claims: &str) -> Result<String, KeyError> {
        self.finish(URL_SAFE_NO_PAD.encode(header), claims.as_bytes())
    }

    fn finish(&self, mut token: String, claims: &[u8]) -> Result<String, KeyError> {
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims, &mut token);
        let signature = self.key.sign(self.algorithm, token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

impl fmt::Debug for TokenSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenSigner(*** {} `{}`)", self.algorithm.name(), self.id)
    }
}

/// A header as it stands before the first point of a token.
fn header(typ: &str, algorithm: SignatureAlgorithm, (member, value): &(&'static str, Value)) -> String {
    let header = json!({"alg": algorithm.name(), "typ": typ, *member: value});
    URL_SAFE_NO_PAD.encode(header.to_string())
}
