//! The inbox: all that somebody may see, and nothing of the rest, whatever the type of the service.
#![cfg(all(feature = "broker", feature = "correspondence", feature = "lookup"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::future_not_send, reason = "a test runs where it was started")]

mod changing;
mod gone;
#[path = "scene.rs"]
mod inbox_scene;
#[path = "../scene/mod.rs"]
mod scene;
mod seeing;
