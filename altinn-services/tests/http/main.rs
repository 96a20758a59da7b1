//! The HTTP API, over real HTTP on this machine, with tokens that are really signed, on every back end.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

#[path = "../scene/mod.rs"]
mod scene;
mod world;

mod app;
mod around;
mod openapi;
