//! Submissions on every back end: what goes in, what is kept, who may, and what is told of it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]
#![allow(clippy::future_not_send, reason = "a test runs where it was started")]

mod access;
mod agency_code;
mod attachments;
mod beginning;
#[path = "../scene/counted.rs"]
mod counted;
mod crash_points;
mod definitions;
mod delegated_signing;
mod deleted_by_its_end;
#[cfg(feature = "webhooks")]
mod delivery;
mod documents;
mod element_metadata;
#[cfg(feature = "webhooks")]
#[path = "../end_point/mod.rs"]
mod end_point;
mod events;
mod evidence;
mod form_pages;
mod forms;
mod journey;
mod life;
mod mortal;
mod opening;
#[path = "../own_app/mod.rs"]
mod own_app;
mod payments;
mod plans;
mod restricted;
mod scene;
mod service_tasks;
mod signing;
mod stateless;
mod sub_forms;
mod subscriptions;
mod support;
mod walk;
mod workers;
