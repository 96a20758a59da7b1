//! Collaboration: several services as one case.
#![cfg(feature = "collaboration")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::future_not_send, reason = "a test runs where it was started")]

mod cases;
#[cfg(feature = "correspondence")]
mod correspondence_member;
mod definition;
mod machine;
mod room;
#[path = "../scene/mod.rs"]
mod scene;
mod sealing;
mod stage;
mod strangers;
mod work;
