//! The key that personal identifiers are kept under.

use std::fmt;

use altinn_core::key::SecretKey;
use altinn_core::{PartyId, PartyIdentifier};
use ring::aead::{self, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

use super::RegisterError;

/// The key of a register: 32 secret bytes that stay outside of the database and its backups.
///
/// A national identity number is found by an HMAC of it and stored sealed. A plain or unkeyed digest would not do:
/// there are so few numbers that all can be tried. It is stored at all, and not only its HMAC, because the agency
/// must be able to address the person: the contact register (KRR) and the digital mailbox ask for the number.
#[derive(Clone)]
pub struct RegisterKey {
    lookup: hmac::Key,
    sealing: hmac::Tag,
}

impl RegisterKey {
    /// The key of these secret bytes.
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let lookup = hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, b"lookup").as_ref());
        Self { lookup, sealing: hmac::sign(&root, b"sealing") }
    }

    /// What tells this key from another one, and nothing of it.
    pub(super) fn check(&self) -> Vec<u8> {
        hmac::sign(&self.lookup, b"key check").as_ref().to_vec()
    }

    /// What an identifier is found by: the same for the same identifier, and telling nothing of it.
    pub(super) fn lookup(&self, identifier: &PartyIdentifier) -> Vec<u8> {
        let (kind, text) = parts(identifier);
        let mut message = vec![kind];
        message.extend_from_slice(text.as_bytes());
        hmac::sign(&self.lookup, &message).as_ref().to_vec()
    }

    /// The identifier, sealed for its party's row.
    pub(super) fn seal(
        &self,
        party: PartyId,
        identifier: &PartyIdentifier,
    ) -> Result<Vec<u8>, RegisterError> {
        let mut nonce = [0; aead::NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| RegisterError::Randomness)?;
        let mut sealed = parts(identifier).1.into_bytes();
        self.sealing()?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound_to(party), &mut sealed)
            .map_err(|_| RegisterError::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The text of an identifier that was sealed for this party's row.
    pub(super) fn open(&self, party: PartyId, mut sealed: Vec<u8>) -> Result<String, RegisterError> {
        let (nonce, sealed) =
            sealed.split_first_chunk_mut::<{ aead::NONCE_LEN }>().ok_or(RegisterError::Sealed)?;
        let text = self
            .sealing()?
            .open_in_place(Nonce::assume_unique_for_key(*nonce), bound_to(party), sealed)
            .map_err(|_| RegisterError::Sealed)?;
        str::from_utf8(text).map(str::to_owned).map_err(|_| RegisterError::Sealed)
    }

    fn sealing(&self) -> Result<LessSafeKey, RegisterError> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, self.sealing.as_ref());
        key.map(LessSafeKey::new).map_err(|_| RegisterError::Sealed)
    }
}

impl From<&SecretKey> for RegisterKey {
    fn from(secret: &SecretKey) -> Self {
        Self::from_bytes(secret.expose())
    }
}

impl fmt::Debug for RegisterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RegisterKey(***)")
    }
}

/// A sealed identifier opens in the row it was sealed for only.
fn bound_to(party: PartyId) -> Aad<[u8; 8]> {
    Aad::from(party.get().to_be_bytes())
}

/// The number of the identifier's kind, and the identifier itself.
pub(super) fn parts(identifier: &PartyIdentifier) -> (u8, String) {
    match identifier {
        PartyIdentifier::Person(number) => (1, number.expose().to_owned()),
        PartyIdentifier::Organization(number) => (2, number.to_string()),
        PartyIdentifier::SelfIdentified(name) => (3, name.clone()),
    }
}
