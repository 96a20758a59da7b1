//! The issuer.

use std::sync::Arc;

use altinn_core::key::KeyError;
use altinn_core::{Actor, Clock};
use chrono::TimeDelta;
use serde_json::{Value, json};
use thiserror::Error;
use uuid::Uuid;

use super::{RotatingKeys, claims};
use crate::token::{MAX_SKEW, TokenError, TokenVerifier};

/// Issues short-lived tokens in the form of Altinn's.
#[derive(Debug)]
pub struct TokenIssuer {
    name: String,
    keys: RotatingKeys,
    clock: Arc<dyn Clock>,
    lifetime: TimeDelta,
}

/// Why a token is not exchanged.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The token that was given is not in order.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The new one cannot be signed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl ExchangeError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Token(error) => error.code(),
            Self::Key(error) => error.code(),
        }
    }
}

impl TokenIssuer {
    /// The longest that a token may last: 30 minutes, as Altinn's.
    pub const MAX_LIFETIME: TimeDelta = TimeDelta::minutes(30);

    /// An issuer of this name, an `https` address without a slash at the end, whose tokens last for 10 minutes.
    pub fn new(name: impl Into<String>, keys: RotatingKeys, clock: Arc<dyn Clock>) -> Self {
        Self { name: name.into(), keys, clock, lifetime: TimeDelta::minutes(10) }
    }

    /// The same issuer, whose tokens last for so long, at most [`MAX_LIFETIME`](Self::MAX_LIFETIME).
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: TimeDelta) -> Self {
        self.lifetime = lifetime.clamp(TimeDelta::seconds(1), Self::MAX_LIFETIME);
        self
    }

    /// Its keys, to add the next one to.
    pub fn keys(&self) -> &RotatingKeys {
        &self.keys
    }

    /// The token of a caller.
    ///
    /// # Errors
    /// [`KeyError`] when it cannot be signed.
    pub fn issue(&self, actor: &Actor) -> Result<String, KeyError> {
        let now = self.clock.now();
        let mut claims = claims::of_actor(actor);
        claims.extend(
            [
                ("iss", json!(self.name)),
                ("iat", json!(now.timestamp())),
                ("nbf", json!(now.timestamp())),
                ("exp", json!((now + self.lifetime).timestamp())),
                ("jti", json!(Uuid::new_v4())),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        self.keys.at(now).ok_or(KeyError::Unsupported)?.sign(&claims)
    }

    /// Exchanges a token of an issuer that `tokens` trusts for one of its own, as `GET /authentication/api/v1/exchange/id-porten`
    /// and `/maskinporten` do. Audience, session and the login's own ids stay behind; the new token does not outlive its
    /// lifetime, whatever the old one's.
    ///
    /// # Errors
    /// [`ExchangeError`].
    pub async fn exchange(&self, tokens: &TokenVerifier, token: &str) -> Result<String, ExchangeError> {
        let actor = tokens.verify(token).await?;
        Ok(self.issue(&actor)?)
    }

    /// The public keys as a JWK set: those to come, the one that signs, and those whose tokens still count.
    pub fn jwks(&self) -> Value {
        json!({"keys": self.keys.published(self.clock.now(), self.lifetime + MAX_SKEW)})
    }

    /// What it says of itself (OpenID Connect Discovery 1.0), for `/.well-known/openid-configuration`; the keys are at
    /// `/.well-known/jwks.json`, and below the token endpoint each provider has a page.
    pub fn metadata(&self) -> Value {
        let algorithm = self.keys.at(self.clock.now()).map(|signer| signer.algorithm().name());
        json!({
            "issuer": self.name, "jwks_uri": format!("{}/.well-known/jwks.json", self.name),
            "token_endpoint": format!("{}/authentication/api/v1/exchange", self.name),
            "id_token_signing_alg_values_supported": algorithm.as_slice(),
        })
    }
}
