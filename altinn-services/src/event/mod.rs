//! What happened, for the agency's own systems: CloudEvents in a feed that never skips and never re-orders.
//!
//! An event is published in the batch of its cause and has no number then. [`EventFeed::number`] gives committed
//! events their places, one after the other, by compare-and-swap on a head row, so that a reader who has come to a
//! place has seen all before it, whatever the order in which transactions committed.

mod cloud_event;
mod feed;

pub use cloud_event::CloudEvent;
pub use feed::{EventFeed, EventPage, NewEvent};
