//! The clients that a fake issuer knows, and how they prove who they are.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::form::decoded;
use crate::token::{StaticKeys, TokenSigner, signed_claims};

/// The clients that a fake issuer knows, by id, and the assertions that have been used.
#[derive(Debug, Default)]
pub(super) struct Clients {
    known: Mutex<HashMap<String, Registered>>,
    used: Mutex<Vec<String>>,
}

#[derive(Debug, Clone)]
enum Registered {
    Key(StaticKeys),
    Secret(String),
}

impl Clients {
    pub(super) fn register_key(&self, id: &str, signer: &TokenSigner) {
        if let Ok(keys) = StaticKeys::from_jwks(json!({"keys": [signer.public_jwk()]}).to_string()) {
            self.lock().insert(id.to_owned(), Registered::Key(keys));
        }
    }

    pub(super) fn register_secret(&self, id: &str, secret: &str) {
        self.lock().insert(id.to_owned(), Registered::Secret(secret.to_owned()));
    }

    pub(super) fn knows(&self, id: &str) -> bool {
        self.lock().contains_key(id)
    }

    /// The claims of a grant or an assertion that a client signed with its registered key, once.
    pub(super) fn signed_by(&self, token: &str) -> Option<(String, Value)> {
        let known = self.lock().clone();
        let (id, claims) = known.iter().find_map(|(id, registered)| match registered {
            Registered::Key(keys) => Some((id.clone(), signed_claims(token, keys)?)),
            Registered::Secret(_) => None,
        })?;
        let jti = claims.get("jti")?.as_str()?.to_owned();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.contains(&jti) {
            return None;
        }
        used.push(jti);
        Some((id, claims))
    }

    /// The client that a request at the token endpoint is from.
    pub(super) fn authenticated(
        &self,
        issuer: &str,
        headers: &HeaderMap,
        form: &HashMap<String, String>,
    ) -> Option<String> {
        match form.get("client_assertion") {
            Some(assertion) => {
                let (id, claims) = self.signed_by(assertion)?;
                let is_its_own = ["iss", "sub"].iter().all(|name| claims.get(name) == Some(&json!(id)));
                (is_its_own && claims.get("aud") == Some(&json!(issuer))).then_some(id)
            }
            None => self.by_secret(headers),
        }
    }

    fn by_secret(&self, headers: &HeaderMap) -> Option<String> {
        let value = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
        let pair = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
        let (id, secret) = pair.split_once(':')?;
        let (id, secret) = (decoded(id), decoded(secret));
        match self.lock().get(&id)? {
            Registered::Secret(known) if *known == secret => Some(id),
            _ => None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Registered>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
