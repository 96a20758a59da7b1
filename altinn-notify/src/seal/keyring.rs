//! The agency's keys, and what is made with them.

use std::fmt;
use std::sync::Arc;

use altinn_core::Digest;
use altinn_core::key::{self, SealingKey, SecretKey, WrappedKey};
use ring::hmac;
use uuid::Uuid;

use super::{OrderKey, SealError};
use crate::contact::Subject;
use crate::{NotificationId, RecipientKey};

/// What the keys of orders are wrapped for.
const PURPOSE: &str = "altinn-notify";
/// How many bytes of an HMAC tell recipients, orders and contacts apart.
const DIGEST_BYTES: usize = 16;
/// How many bytes of an HMAC make a message id that nobody can guess.
const TOKEN_BYTES: usize = 10;

/// The agency's keys under which a notifier keeps personal data: the current one, and former ones, under which older
/// data may still be sealed. The secrets stay outside of the database and its backups. `Debug` shows their names.
///
/// To change the key: give every node a keyring with the new key as the current one and the old one as a former one,
/// then call [`Notifier::rotate_keys`](crate::Notifier::rotate_keys) until it says that nothing is left; then the old key can
/// be destroyed.
///
/// ```
/// use altinn_core::key::SecretKey;
/// use altinn_notify::Keyring;
///
/// let (old, new) = (SecretKey::from_bytes([1; 32]), SecretKey::from_bytes([2; 32]));
/// let keyring = Keyring::new(&new).with_former(&old);
/// assert_ne!(keyring.name(), Keyring::new(&old).name());
/// ```
#[derive(Clone)]
pub struct Keyring {
    wrapping: key::Keyring,
    current: Arc<AgencyKey>,
    former: Vec<Arc<AgencyKey>>,
}

/// One key of the agency by the name that it has in the keyring, and what else follows from it.
struct AgencyKey {
    name: String,
    lookup: hmac::Key,
    contact: hmac::Key,
    message: hmac::Key,
}

/// A contact as it stands in the store.
#[derive(Clone)]
pub(crate) struct SealedContact {
    /// The digest of whom it is of.
    pub(crate) found_by: Vec<u8>,
    /// The name of the agency's key that it is sealed under.
    pub(crate) sealed_under: String,
    pub(crate) sealed: Vec<u8>,
}

impl Keyring {
    /// A keyring of one key.
    pub fn new(current: &SecretKey) -> Self {
        let wrapping = key::Keyring::new(PURPOSE, current);
        Self { wrapping, current: Arc::new(AgencyKey::new(current)), former: Vec::new() }
    }

    /// The same keyring with a key more that older data may be sealed under.
    #[must_use]
    pub fn with_former(mut self, key: &SecretKey) -> Self {
        self.wrapping = self.wrapping.with_former(key);
        self.former.push(Arc::new(AgencyKey::new(key)));
        self
    }

    /// The name of the current key: the beginning of a digest, which tells nothing of it.
    pub fn name(&self) -> &str {
        self.wrapping.name()
    }

    /// Whether a key of this name is in it.
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.wrapping.holds(name)
    }

    /// Wraps an order's key with the current key, for one row.
    pub(crate) fn wrap(&self, key: &OrderKey, row: Uuid) -> Result<WrappedKey, SealError> {
        self.wrapping.wrap(key.secret(), row.as_bytes())
    }

    /// Unwraps the key of an order from its row.
    pub(crate) fn unwrap(&self, wrapped: &WrappedKey, row: Uuid) -> Result<OrderKey, SealError> {
        OrderKey::of(self.wrapping.unwrap(wrapped, row.as_bytes())?)
    }

    /// Seals a contact with the current key, for the row that its subject is found by.
    pub(crate) fn seal_contact(&self, of: &Subject, contact: &str) -> Result<SealedContact, SealError> {
        let found_by = self.current.subject(of);
        let sealed = self.current.contact_cipher(&found_by)?.seal(&found_by, contact.as_bytes())?;
        Ok(SealedContact { found_by, sealed_under: self.current.name.clone(), sealed })
    }

    /// Opens a contact from its row.
    pub(crate) fn open_contact(&self, contact: &SealedContact) -> Result<String, SealError> {
        let SealedContact { found_by, sealed_under, sealed } = contact;
        let key = self.keys().find(|key| key.name == *sealed_under);
        let key = key.ok_or_else(|| SealError::NoSuchKey { key: sealed_under.clone() })?;
        let cipher = key.contact_cipher(found_by)?;
        String::from_utf8(cipher.open(found_by, sealed.clone())?).map_err(|_| SealError::Refused)
    }

    /// What a contact may be found by: under each of the keys, the current one first.
    pub(crate) fn every_subject(&self, of: &Subject) -> Vec<Vec<u8>> {
        self.keys().map(|key| key.subject(of)).collect()
    }

    /// What a recipient is found by.
    pub(crate) fn recipient(&self, recipient: &RecipientKey) -> Vec<u8> {
        self.current.recipient(recipient)
    }

    /// What a recipient may be found by: under each of the keys.
    pub(crate) fn every_recipient(&self, recipient: &RecipientKey) -> Vec<Vec<u8>> {
        self.keys().map(|key| key.recipient(recipient)).collect()
    }

    /// What tells a request from others.
    pub(crate) fn request(&self, request: Digest) -> Vec<u8> {
        self.current.request(request)
    }

    /// What the same request may be known by that was stored under a former key.
    pub(crate) fn former_requests(&self, request: Digest) -> Vec<Vec<u8>> {
        self.former.iter().map(|key| key.request(request)).collect()
    }

    /// What makes a notification's message id one that only those know who got the message.
    pub(crate) fn message_token(&self, notification: NotificationId) -> String {
        let token = hmac::sign(&self.current.message, notification.as_uuid().as_bytes());
        hexadecimal(token.as_ref(), TOKEN_BYTES)
    }

    fn keys(&self) -> impl Iterator<Item = &AgencyKey> {
        std::iter::once(&self.current).chain(&self.former).map(Arc::as_ref)
    }
}

impl AgencyKey {
    fn new(secret: &SecretKey) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret.expose());
        let derived = |what: &str| hmac::sign(&root, format!("{PURPOSE} {what}").as_bytes());
        let key = |what| hmac::Key::new(hmac::HMAC_SHA256, derived(what).as_ref());
        Self {
            name: key::Keyring::new(PURPOSE, secret).name().to_owned(),
            lookup: key("lookup"),
            contact: key("contact"),
            message: key("message"),
        }
    }

    /// Every contact has a key of its own, so that no number of them wears out a key.
    fn contact_cipher(&self, found_by: &[u8]) -> Result<SealingKey, SealError> {
        SealingKey::new(hmac::sign(&self.contact, found_by).as_ref())
    }

    fn subject(&self, of: &Subject) -> Vec<u8> {
        self.digest(b"contact", of.as_str().as_bytes())
    }

    fn recipient(&self, recipient: &RecipientKey) -> Vec<u8> {
        self.digest(b"recipient", recipient.as_str().as_bytes())
    }

    fn request(&self, request: Digest) -> Vec<u8> {
        self.digest(b"request", request.as_bytes())
    }

    fn digest(&self, kind: &[u8], of: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.lookup);
        context.update(kind);
        context.update(b"\0");
        context.update(of);
        context.sign().as_ref().iter().take(DIGEST_BYTES).copied().collect()
    }
}

impl From<&SecretKey> for Keyring {
    fn from(key: &SecretKey) -> Self {
        Self::new(key)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.wrapping.fmt(f)
    }
}

fn hexadecimal(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> SecretKey {
        SecretKey::from_bytes([byte; 32])
    }

    #[test]
    fn a_wrapped_key_opens_in_its_own_row_and_under_its_own_key_alone() {
        let (ring, order) = (Keyring::new(&secret(1)), OrderKey::generate().expect("a key"));
        let row = Uuid::from_u128(1);
        let wrapped = ring.wrap(&order, row).expect("wrapped");
        let opened = ring.unwrap(&wrapped, row).expect("its key");
        assert_eq!(opened.secret().expose(), order.secret().expose());
        assert_eq!(ring.unwrap(&wrapped, Uuid::from_u128(2)).unwrap_err(), SealError::Refused);
        let other = Keyring::new(&secret(2));
        let missing = other.unwrap(&wrapped, row).unwrap_err();
        assert_eq!(missing, SealError::NoSuchKey { key: ring.name().to_owned() });
        assert!(other.with_former(&secret(1)).unwrap(&wrapped, row).is_ok());
    }

    #[test]
    fn debug_shows_names_and_no_key() {
        let ring = Keyring::new(&secret(1)).with_former(&secret(2));
        let shown = format!("{ring:?}");
        assert!(shown.contains(ring.name()) && shown.len() < 60, "{shown}");
    }

    #[test]
    fn digests_differ_by_key_and_by_what_they_are_of() {
        let recipient = crate::Recipient::Email("ola@example.com".parse().expect("an address")).key();
        let (one, two) = (Keyring::new(&secret(1)), Keyring::new(&secret(2)));
        assert_ne!(one.recipient(&recipient), two.recipient(&recipient));
        let both = two.clone().with_former(&secret(1)).every_recipient(&recipient);
        assert_eq!(both, [two.recipient(&recipient), one.recipient(&recipient)]);
        assert_eq!(both.first().map(Vec::len), Some(DIGEST_BYTES));
    }
}
