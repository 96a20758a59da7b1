//! The HTTP API, over real HTTP on this machine, with tokens that are really signed, on every back end.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail by panicking")]
#![allow(clippy::future_not_send, reason = "every test runs on one thread")]

#[path = "../own_app/mod.rs"]
mod own_app;
#[path = "../scene/mod.rs"]
mod scene;
mod world;

mod access;
mod access_lists;
mod access_requests;
mod agency;
mod app;
mod around;
mod cases;
mod changes;
mod code;
mod correspondence;
mod ends;
mod events;
mod forwarding;
mod hostile;
mod inbox;
mod lookups;
mod mailings;
mod misuse;
mod notifications;
mod openapi;
mod parts;
mod restricted;
mod scopes;
mod serving;
mod session;
mod stateless;
mod subscriptions;
mod support;
mod system_users;
mod tags;
