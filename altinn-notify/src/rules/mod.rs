//! Rules as pure functions: when something may be sent, whose address may be used, and which way a notification takes.

mod freshness;
mod holidays;
mod routes;
mod sending_window;

pub use freshness::is_fresh;
pub use holidays::is_public_holiday;
pub use routes::{NoRoute, Route};
pub(crate) use routes::{Routes, organization_routes, person_routes};
pub use sending_window::{SendingTimePolicy, SendingWindow, SendingWindowError};
