//! The ids of orders and notifications.

use std::fmt;
use std::str::FromStr;

use ring::digest;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of an order: a UUID of version 8 that follows from the idempotency id alone.
///
/// So ordering twice gives the same id without asking the store, and whoever knows what an order is about can ask
/// for its status.
///
/// ```
/// use altinn_notify::OrderId;
///
/// let id = OrderId::of("permit/4711/granted");
/// assert_eq!(id, OrderId::of("permit/4711/granted"));
/// assert_eq!(id.to_string().parse(), Ok(id));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderId(Uuid);

/// The id of one notification of an order: what one recipient is told over one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NotificationId(Uuid);

impl OrderId {
    /// The id of the order with this idempotency id.
    pub fn of(idempotency_id: &str) -> Self {
        Self(derived(b"order", idempotency_id.as_bytes()))
    }

    /// The id as a UUID.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }

    /// The id of an order's reminder with a number, from 1: an order of its own.
    pub fn reminder(self, number: u32) -> Self {
        Self(derived(b"reminder", &self.seed(&[number])))
    }

    /// The id of the notification to a recipient with a number, over one of its routes.
    pub(crate) fn notification(self, recipient: u32, route: u32) -> NotificationId {
        NotificationId(derived(b"notification", &self.seed(&[recipient, route])))
    }

    fn seed(self, numbers: &[u32]) -> Vec<u8> {
        let numbers = numbers.iter().flat_map(|number| number.to_be_bytes());
        self.0.as_bytes().iter().copied().chain(numbers).collect()
    }
}

impl NotificationId {
    /// The id as a UUID.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for OrderId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl From<Uuid> for NotificationId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for NotificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for OrderId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl FromStr for NotificationId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// The first 16 bytes of a SHA-256 over a kind and a seed, as a UUID of version 8 (RFC 9562, section 5.8).
fn derived(kind: &[u8], seed: &[u8]) -> Uuid {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(b"altinn-notify ");
    context.update(kind);
    context.update(b"\0");
    context.update(seed);
    let mut bytes = [0; 16];
    for (byte, digested) in bytes.iter_mut().zip(context.finish().as_ref()) {
        *byte = *digested;
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_by_idempotency_id_and_number() {
        let (a, b) = (OrderId::of("a"), OrderId::of("b"));
        assert_ne!(a, b);
        assert_ne!(a.notification(0, 0), a.notification(1, 0));
        assert_ne!(a.notification(0, 0), a.notification(0, 1));
        assert_ne!(a.notification(0, 0), b.notification(0, 0));
        assert_ne!(a.reminder(1), a.reminder(2));
        assert_eq!(a.as_uuid().get_version_num(), 8);
    }
}
