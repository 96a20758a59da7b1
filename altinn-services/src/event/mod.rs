//! What happened, for the agency's own systems and for those who subscribe: CloudEvents in a feed that never skips and
//! never re-orders.
//!
//! An event is published in the batch of its cause and has no number then. [`EventFeed::number`] gives committed
//! events their places, one after the other, by compare-and-swap on a head row, so that a reader who has come to a
//! place has seen all before it, whatever the order in which transactions committed.
//!
//! [`Webhooks`] (feature `webhooks`) send events to the end points of [`Subscriptions`].

mod attribute;
mod cloud_event;
mod error;
mod feed;
mod filter;
mod new_event;
#[cfg(any(feature = "axum", feature = "webhooks"))]
mod reading;
#[cfg(feature = "webhooks")]
mod subscription;
#[cfg(feature = "webhooks")]
mod subscription_error;
#[cfg(feature = "webhooks")]
mod webhook;

pub use cloud_event::CloudEvent;
pub use error::EventError;
pub use feed::{EventFeed, EventPage};
pub use filter::EventFilter;
pub use new_event::NewEvent;
#[cfg(feature = "webhooks")]
pub use subscription::{Subscription, SubscriptionState, Subscriptions};
#[cfg(feature = "webhooks")]
pub use subscription_error::SubscriptionError;
#[cfg(feature = "webhooks")]
pub use webhook::{
    Delivery, DeliveryState, EventGate, InvalidWebhook, WebhookKey, WebhookVerifier, Webhooks,
};

#[cfg(feature = "webhooks")]
pub(crate) use reading::gate::ByPolicy;
#[cfg(all(feature = "axum", feature = "webhooks"))]
pub(crate) use reading::gate::ORGANIZATION;
#[cfg(feature = "axum")]
pub(crate) use reading::{APP, may_read};
