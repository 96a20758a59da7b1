//! An issuer of tokens for tests.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use altinn_core::{Clock, OrganizationNumber, Party, PartyIdentifier};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

use crate::token::{IssuerProfile, KeySourceError, StaticKeys, TokenSigner};

/// An issuer that signs tokens like ID-porten's or Maskinporten's with a real key of its own (ES256).
///
/// Hand its [`profile`](Self::profile) to a `TokenVerifier`; the two then work as in production, without a network.
pub struct FakeIssuer {
    clock: Arc<dyn Clock>,
    kind: Kind,
    issuer: String,
    signer: RwLock<TokenSigner>,
    /// Public keys that are published beside its own.
    others: RwLock<Vec<Value>>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    IdPorten,
    Maskinporten,
}

/// Why a test token could not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FakeIssuerError {
    /// No key could be made or used.
    #[error("the key cannot be made or used")]
    Key,
    /// Somebody without a national identity number cannot log in.
    #[error("the party is not a person with a national identity number")]
    NotAPerson,
    /// This machine has no free port.
    #[error("this machine has no free port")]
    Port,
    /// The key set is not usable.
    #[error(transparent)]
    KeySet(#[from] KeySourceError),
}

impl FakeIssuer {
    /// The audience of every token.
    pub const AUDIENCE: &'static str = "https://service.test";
    /// How long a token is valid.
    pub const LIFETIME: TimeDelta = TimeDelta::seconds(600);

    /// An issuer like ID-porten: people log in.
    ///
    /// # Errors
    /// [`FakeIssuerError::Key`] when the machine gives no random numbers.
    pub fn id_porten(clock: Arc<dyn Clock>) -> Result<Self, FakeIssuerError> {
        Self::new(Kind::IdPorten, clock)
    }

    /// An issuer like Maskinporten: organizations' systems get tokens.
    ///
    /// # Errors
    /// [`FakeIssuerError::Key`] when the machine gives no random numbers.
    pub fn maskinporten(clock: Arc<dyn Clock>) -> Result<Self, FakeIssuerError> {
        Self::new(Kind::Maskinporten, clock)
    }

    fn new(kind: Kind, clock: Arc<dyn Clock>) -> Result<Self, FakeIssuerError> {
        let issuer = match kind {
            Kind::IdPorten => "https://idporten.test",
            Kind::Maskinporten => "https://maskinporten.test/",
        };
        let signer = TokenSigner::generate().map_err(|_| FakeIssuerError::Key)?;
        Ok(Self::named(kind, issuer, signer, clock))
    }

    /// An issuer with a name and a key of one's own.
    pub(super) fn named(kind: Kind, issuer: &str, signer: TokenSigner, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            kind,
            issuer: issuer.to_owned(),
            signer: RwLock::new(signer),
            others: RwLock::default(),
        }
    }

    /// Signs with another key from now on.
    pub(super) fn set_signer(&self, signer: TokenSigner) {
        *self.signer.write().unwrap_or_else(PoisonError::into_inner) = signer;
    }

    /// Publishes another key beside its own.
    pub(super) fn publish_too(&self, signer: &TokenSigner) {
        self.others.write().unwrap_or_else(PoisonError::into_inner).push(signer.public_jwk());
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn signer(&self) -> RwLockReadGuard<'_, TokenSigner> {
        self.signer.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The issuer's name.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The public key as a JWK set.
    pub fn jwks(&self) -> String {
        let mut keys = self.others.read().unwrap_or_else(PoisonError::into_inner).clone();
        keys.push(self.signer().public_jwk());
        json!({"keys": keys}).to_string()
    }

    /// What a verifier needs to know to trust this issuer.
    ///
    /// # Errors
    /// [`FakeIssuerError::KeySet`] when the key cannot be read back.
    pub fn profile(&self) -> Result<IssuerProfile, FakeIssuerError> {
        let keys = Arc::new(StaticKeys::from_jwks(self.jwks())?);
        let profile = match self.kind {
            Kind::IdPorten => IssuerProfile::id_porten(self.issuer(), Self::AUDIENCE, keys),
            Kind::Maskinporten => IssuerProfile::maskinporten(self.issuer(), Self::AUDIENCE, keys),
        };
        Ok(profile.allowing([self.signer().algorithm()]))
    }

    /// The token of a person who has logged in at the highest level.
    ///
    /// # Errors
    /// [`FakeIssuerError::NotAPerson`] when the party has no national identity number.
    pub fn log_in(&self, person: &Party) -> Result<String, FakeIssuerError> {
        self.log_in_at(person, "idporten-loa-high")
    }

    /// The token of a person who has logged in at a level, such as `idporten-loa-substantial`.
    ///
    /// # Errors
    /// [`FakeIssuerError::NotAPerson`] when the party has no national identity number.
    pub fn log_in_at(&self, person: &Party, acr: &str) -> Result<String, FakeIssuerError> {
        let PartyIdentifier::Person(number) = &person.identifier else {
            return Err(FakeIssuerError::NotAPerson);
        };
        let own = json!({
            "sub": Uuid::new_v4(), "pid": number.expose(), "acr": acr, "amr": ["TestID"],
            "auth_time": self.clock.now().timestamp(), "locale": "nb", "scope": "openid profile",
        });
        self.sign(&with(self.common_claims(), own))
    }

    /// The token of an organization's system.
    ///
    /// # Errors
    /// [`FakeIssuerError::Key`] when the key cannot be used.
    pub fn organization(&self, number: OrganizationNumber, scope: &str) -> Result<String, FakeIssuerError> {
        self.sign(&with(self.common_claims(), json!({"scope": scope, "consumer": identifier(number)})))
    }

    /// The token of a system user: a vendor's system that acts for `owner`.
    ///
    /// # Errors
    /// [`FakeIssuerError::Key`] when the key cannot be used.
    pub fn system_user(
        &self,
        vendor: OrganizationNumber,
        owner: OrganizationNumber,
        id: Uuid,
        system: &str,
    ) -> Result<String, FakeIssuerError> {
        let details = json!([{
            "type": "urn:altinn:systemuser", "systemuser_id": [id], "systemuser_org": identifier(owner),
            "system_id": system,
        }]);
        let own = json!({"scope": "", "consumer": identifier(vendor), "authorization_details": details});
        self.sign(&with(self.common_claims(), own))
    }

    /// The claims that every token has: who it is from and for, and when.
    pub fn common_claims(&self) -> Value {
        let now = self.clock.now();
        json!({
            "iss": self.issuer(), "aud": Self::AUDIENCE, "iat": now.timestamp(),
            "exp": (now + Self::LIFETIME).timestamp(), "jti": Uuid::new_v4(), "client_id": "test-client",
        })
    }

    /// Signs any claims.
    ///
    /// # Errors
    /// [`FakeIssuerError::Key`] when the key cannot be used.
    pub fn sign(&self, claims: &Value) -> Result<String, FakeIssuerError> {
        let algorithm = self.signer().algorithm().name();
        self.sign_with_header(&json!({"alg": algorithm, "typ": "JWT", "kid": self.kid()}), claims)
    }

    /// Signs any claims under any header, also a wrong one; the signature itself is right.
    ///
    /// # Errors
    /// [`FakeIssuerError::Key`] when the key cannot be used.
    pub fn sign_with_header(&self, header: &Value, claims: &Value) -> Result<String, FakeIssuerError> {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// Signs any texts as header and claims, also such that are no JSON; the signature itself is right.
    ///
    /// # Errors
    /// [`FakeIssuerError::Key`] when the key cannot be used.
    pub fn sign_text(&self, header: &str, claims: &str) -> Result<String, FakeIssuerError> {
        self.signer().sign_text(header, claims).map_err(|_| FakeIssuerError::Key)
    }

    /// The id of the key.
    pub fn kid(&self) -> String {
        self.signer().kid().to_owned()
    }
}

impl fmt::Debug for FakeIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeIssuer").field("kind", &self.kind).finish_non_exhaustive()
    }
}

fn identifier(number: OrganizationNumber) -> Value {
    json!({"authority": "iso6523-actorid-upis", "ID": format!("0192:{number}")})
}

/// The members of both objects.
fn with(mut claims: Value, own: Value) -> Value {
    if let (Some(claims), Value::Object(own)) = (claims.as_object_mut(), own) {
        claims.extend(own);
    }
    claims
}
