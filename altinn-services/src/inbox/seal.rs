//! The key that titles and labels are kept under.

use std::fmt;

use altinn_core::key::SecretKey;
use altinn_core::{PartyId, Text};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use uuid::Uuid;

/// The key that titles and labels are kept under. It follows from the agency's register key, which stands outside of the
/// database.
///
/// A seal opens in the row that it was made for only. Its nonce is a keyed digest of row and content, so that the same
/// nonce never goes with another content, and sealing needs no random numbers.
#[derive(Clone)]
pub(crate) struct InboxKey {
    digests: hmac::Key,
    sealing: hmac::Tag,
}

/// A seal that does not open: it was changed, or another key made it.
#[derive(Debug)]
pub(super) struct Broken;

impl InboxKey {
    pub(crate) fn derived_from(secret: &SecretKey) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
        let digests = hmac::sign(&root, b"altinn-services/inbox/digests");
        Self {
            digests: hmac::Key::new(hmac::HMAC_SHA256, digests.as_ref()),
            sealing: hmac::sign(&root, b"altinn-services/inbox/sealing"),
        }
    }

    /// A title, sealed for an element of a party; empty when it is empty.
    pub(super) fn seal_title(&self, party: PartyId, id: Uuid, title: &Text) -> Vec<u8> {
        self.seal(party, id, &serde_json::to_vec(title).unwrap_or_default())
    }

    pub(super) fn open_title(&self, party: PartyId, id: Uuid, sealed: &[u8]) -> Result<Text, Broken> {
        serde_json::from_slice(&self.open(party, id, sealed)?).map_err(|_| Broken)
    }

    /// A text, sealed for an element of a party. Nothing at all where the cipher refuses, which no title is long enough
    /// for: then it does not open.
    pub(super) fn seal(&self, party: PartyId, id: Uuid, text: &[u8]) -> Vec<u8> {
        let row = row(party, id);
        let mut context = hmac::Context::with_key(&self.digests);
        context.update(&row);
        context.update(text);
        let digest = context.sign();
        let nonce = digest.as_ref().first_chunk::<NONCE_LEN>().copied().unwrap_or_default();
        let mut sealed = text.to_vec();
        let nonce_used = Nonce::assume_unique_for_key(nonce);
        let key = UnboundKey::new(&AES_256_GCM, self.sealing.as_ref()).map(LessSafeKey::new);
        match key.and_then(|key| key.seal_in_place_append_tag(nonce_used, Aad::from(row), &mut sealed)) {
            Ok(()) => [nonce.as_slice(), &sealed].concat(),
            Err(_) => Vec::new(),
        }
    }

    pub(super) fn open(&self, party: PartyId, id: Uuid, sealed: &[u8]) -> Result<Vec<u8>, Broken> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Broken)?;
        let mut sealed = sealed.to_vec();
        let key = UnboundKey::new(&AES_256_GCM, self.sealing.as_ref()).map(LessSafeKey::new);
        let key = key.map_err(|_| Broken)?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let text = key.open_in_place(nonce, Aad::from(row(party, id)), &mut sealed).map_err(|_| Broken)?;
        Ok(text.to_vec())
    }

    /// What somebody's label is found by: the same for the same label, and telling nothing of it.
    pub(super) fn tag(&self, owner: &str, label: &str) -> Vec<u8> {
        self.tag_of(["label", owner, label])
    }

    /// What the mail address is found by that a correspondence was forwarded to, whatever its case.
    #[cfg(feature = "correspondence")]
    pub(crate) fn address_tag(&self, correspondence: Uuid, address: &str) -> Vec<u8> {
        self.tag_of(["address", &correspondence.to_string(), &address.to_lowercase()])
    }

    fn tag_of(&self, parts: [&str; 3]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.digests);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().iter().take(16).copied().collect()
    }
}

/// The row of an element.
fn row(party: PartyId, id: Uuid) -> [u8; 24] {
    let mut row = [0; 24];
    let bytes = party.get().to_be_bytes().into_iter().chain(id.into_bytes());
    row.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    row
}

impl fmt::Debug for InboxKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InboxKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use altinn_core::Language;

    use super::*;

    #[test]
    fn a_title_opens_in_its_own_row_and_under_its_own_key_only() {
        let key = InboxKey::derived_from(&SecretKey::from_bytes([1; 32]));
        let other = InboxKey::derived_from(&SecretKey::from_bytes([2; 32]));
        let (party, id) = (PartyId::new(50001), Uuid::from_u128(7));
        let title = Text::new(Language::Nb, "Skattekort for Kari");
        let sealed = key.seal_title(party, id, &title);
        assert_eq!(key.open_title(party, id, &sealed).unwrap(), title);
        assert!(key.open_title(PartyId::new(50002), id, &sealed).is_err());
        assert!(key.open_title(party, Uuid::from_u128(8), &sealed).is_err());
        assert!(other.open_title(party, id, &sealed).is_err());
        assert!(!sealed.windows(4).any(|bytes| bytes == b"Kari"));
    }

    #[test]
    fn a_label_is_found_by_its_owner_only() {
        let key = InboxKey::derived_from(&SecretKey::from_bytes([1; 32]));
        assert_eq!(key.tag("a", "skatt"), key.tag("a", "skatt"));
        assert_ne!(key.tag("a", "skatt"), key.tag("b", "skatt"));
        assert_ne!(key.tag("a", "skatt"), key.tag("as", "katt"));
    }
}
