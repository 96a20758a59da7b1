//! Events are sent to those who subscribed (webhooks).
//!
//! Each event that a subscription's filter lets through becomes a delivery, exactly once, in the batch that moves the
//! subscription on in the feed. A delivery is sent at least once: signed, with an id that stays the same, until the end
//! point accepts it or the last of Altinn's pauses is over; then it is dead, and can be sent again on demand.

pub(super) mod delivery;
mod dispatch;
mod gate;
mod pauses;
mod signature;

pub use delivery::{Delivery, DeliveryState};
pub use dispatch::Webhooks;
pub use gate::EventGate;
pub use signature::{InvalidWebhook, WebhookKey, WebhookVerifier};
