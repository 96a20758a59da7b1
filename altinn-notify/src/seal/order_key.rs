//! The key of one order.

use std::fmt;

use altinn_core::key::{SealingKey, SecretKey, WrappedKey};
use altinn_core::store::Row;
use uuid::Uuid;

use super::{Keyring, KeyringError, SealError};

/// The random key of an order and its reminders: seals its texts, its recipients and the routes to them.
pub(crate) struct OrderKey {
    secret: SecretKey,
    cipher: SealingKey,
}

/// Where something sealed stands; it opens there and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// How an order, or a reminder, is carried out.
    Spec(Uuid),
    /// A slice of an order's recipients.
    Slice(Uuid, u32),
    /// The routes to the recipient of a notification.
    Routes(Uuid),
}

impl OrderKey {
    /// A new key.
    pub(crate) fn generate() -> Result<Self, SealError> {
        Self::of(SecretKey::generate().map_err(|_| SealError::NoRandomness)?)
    }

    /// The key of an order, from the columns `sealed_under` and `wrapped_key` of its row.
    pub(crate) fn from_row(keyring: &Keyring, order: Uuid, row: &Row) -> Result<Self, KeyringError> {
        let wrapped = WrappedKey { sealed_under: row.get("sealed_under")?, wrapped: row.get("wrapped_key")? };
        Ok(keyring.unwrap(&wrapped, order)?)
    }

    pub(super) fn of(secret: SecretKey) -> Result<Self, SealError> {
        let cipher = SealingKey::new(secret.expose())?;
        Ok(Self { secret, cipher })
    }

    pub(super) fn secret(&self) -> &SecretKey {
        &self.secret
    }

    /// Seals a text for a place.
    pub(crate) fn seal(&self, place: Place, text: &str) -> Result<Vec<u8>, SealError> {
        self.cipher.seal(&place.bound_to(), text.as_bytes())
    }

    /// Opens what was sealed for a place.
    pub(crate) fn open(&self, place: Place, sealed: Vec<u8>) -> Result<String, SealError> {
        let opened = self.cipher.open(&place.bound_to(), sealed)?;
        String::from_utf8(opened).map_err(|_| SealError::Refused)
    }
}

impl Place {
    fn bound_to(self) -> [u8; 21] {
        let (kind, id, number) = match self {
            Self::Spec(order) => (1, order, 0),
            Self::Slice(order, slice) => (2, order, slice),
            Self::Routes(notification) => (3, notification, 0),
        };
        let mut bytes = [kind; 21];
        let tail = id.as_bytes().iter().copied().chain(number.to_be_bytes());
        bytes.iter_mut().skip(1).zip(tail).for_each(|(byte, bound)| *byte = bound);
        bytes
    }
}

impl fmt::Debug for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OrderKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_sealed_opens_in_its_own_place_alone(text in "\\PC{0,60}", slice in 0_u32..3, flip in any::<prop::sample::Index>()) {
            let (key, order) = (OrderKey::generate().expect("a key"), Uuid::from_u128(7));
            let sealed = key.seal(Place::Slice(order, slice), &text).expect("sealed");
            prop_assert_eq!(key.open(Place::Slice(order, slice), sealed.clone()), Ok(text.clone()));
            for place in [Place::Slice(order, slice + 1), Place::Spec(order), Place::Routes(order)] {
                prop_assert_eq!(key.open(place, sealed.clone()), Err(SealError::Refused));
            }
            let other = OrderKey::generate().expect("a key");
            prop_assert_eq!(other.open(Place::Slice(order, slice), sealed.clone()), Err(SealError::Refused));
            let mut changed = sealed;
            let at = flip.index(changed.len());
            changed.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1);
            prop_assert_eq!(key.open(Place::Slice(order, slice), changed), Err(SealError::Refused));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let key = OrderKey::generate().expect("a key");
            prop_assert!(key.open(Place::Spec(Uuid::nil()), bytes).is_err());
        }
    }
}
