//! Whether a subscriber may be told of an event.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::event::CloudEvent;

/// Tells whether a subscriber may be told of an event. It is asked each time that one is sent: a right that was taken back
/// since the subscription began counts for nothing.
#[async_trait]
pub trait EventGate: Debug + Send + Sync {
    /// Whether a consumer, as `/organisation/991825827`, may be told of an event now; none when it cannot be told, and is
    /// to be asked again.
    async fn lets_through(&self, consumer: &str, event: &CloudEvent) -> Option<bool>;
}
