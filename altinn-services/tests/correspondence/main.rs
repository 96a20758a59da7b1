//! Correspondence: sent once to any number of recipients, published when its time has come, read, confirmed, deleted.
#![cfg(feature = "correspondence")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::future_not_send, reason = "a test runs where it was started")]

mod bad_input;
mod forwarding;
mod machine;
mod many;
mod notifying;
mod publishing;
mod receiving;
mod scene;
mod sending;
mod shared_attachments;
mod strangers;
mod stuck;
