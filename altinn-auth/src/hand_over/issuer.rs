//! The side that decides.

use std::sync::Arc;

use altinn_core::key::{KeyError, SecretKey};
use altinn_core::{Actor, Clock, Language, ServiceId, Subject, UncheckedOrganizationNumber};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{HandOver, LIFETIME, TYPE};
use crate::issuing::RotatingKeys;
use crate::token::MAX_SKEW;

/// Makes hand-overs, and signs them.
#[derive(Debug)]
pub struct HandOverIssuer {
    name: String,
    keys: RotatingKeys,
    pseudonyms: hmac::Key,
    clock: Arc<dyn Clock>,
}

/// Whom to hand over, and to whom.
#[derive(Debug, Clone)]
pub struct NewHandOver<'a> {
    actor: &'a Actor,
    service: &'a ServiceId,
    audience: &'a str,
    party: Option<Uuid>,
    organization: Option<UncheckedOrganizationNumber>,
    language: Language,
}

impl<'a> NewHandOver<'a> {
    /// Somebody who may use a service, on their own behalf, to a target that knows itself by this name.
    pub fn new(actor: &'a Actor, service: &'a ServiceId, audience: &'a str) -> Self {
        Self { actor, service, audience, party: None, organization: None, language: Language::Nb }
    }

    /// The same on behalf of a party, by its UUID.
    #[must_use]
    pub fn on_behalf_of(mut self, party: Uuid) -> Self {
        self.party = Some(party);
        self
    }

    /// The same, telling the target which organization it is about.
    #[must_use]
    pub fn naming(mut self, organization: impl Into<UncheckedOrganizationNumber>) -> Self {
        self.organization = Some(organization.into());
        self
    }

    /// The same in a language; Bokmål unless it is said.
    #[must_use]
    pub fn in_language(mut self, language: Language) -> Self {
        self.language = language;
        self
    }
}

impl HandOverIssuer {
    /// An issuer of this name, an `https` address, and a secret, from which the pseudonyms are derived: with another one,
    /// everybody is called something else.
    pub fn new(
        name: impl Into<String>,
        keys: RotatingKeys,
        secret: &SecretKey,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
        let pseudonyms = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, b"pseudonyms").as_ref());
        Self { name: name.into(), keys, pseudonyms, clock }
    }

    /// A hand-over that can be used from now on, for [`LIFETIME`].
    pub fn hand_over(&self, to: &NewHandOver<'_>) -> HandOver {
        let issued_at = self.clock.now();
        let subject = match to.actor.subject() {
            Subject::Person { uuid, .. } | Subject::SelfIdentified { uuid, .. } => uuid.to_string(),
            other => other.reference(),
        };
        let party = to.party.map(|uuid| uuid.to_string());
        HandOver {
            issuer: self.name.clone(),
            audience: to.audience.to_owned(),
            id: Uuid::new_v4(),
            party: self.pseudonym(to.audience, party.as_ref().unwrap_or(&subject)),
            subject: self.pseudonym(to.audience, &subject),
            organization: to.organization,
            service: to.service.clone(),
            level: to.actor.level(),
            language: to.language,
            issued_at,
            expires_at: issued_at + LIFETIME,
        }
    }

    /// The token of a hand-over.
    ///
    /// # Errors
    /// [`KeyError`] when it cannot be signed.
    pub fn sign(&self, hand_over: &HandOver) -> Result<String, KeyError> {
        self.keys.at(self.clock.now()).ok_or(KeyError::Unsupported)?.sign_as(TYPE, hand_over)
    }

    /// The public keys as a JWK set, for the targets.
    pub fn jwks(&self) -> Value {
        json!({"keys": self.keys.published(self.clock.now(), LIFETIME + MAX_SKEW)})
    }

    /// What somebody is called at a target (pairwise, as OpenID Connect Core, section 8.1).
    fn pseudonym(&self, audience: &str, who: &str) -> String {
        let message = format!("{}:{audience}{who}", audience.len());
        URL_SAFE_NO_PAD.encode(hmac::sign(&self.pseudonyms, message.as_bytes()))
    }
}
