//! The HTTP API: routers that an agency mounts in its own axum program (feature `axum`).
//!
//! An [`Api`] is the state of them all: an [`Altinn`](crate::Altinn), and whose calls are let in
//! ([`Callers`](altinn_auth::login::Callers): by token, by the session of a browser, or both). Each part is a function
//! that gives a router, usable alone and under any prefix; [`all`] has everything that is built, with
//! `/openapi.json`, `/health/live`, `/health/ready` and `/metrics`, and [`serve`] serves it until it is told to stop.
//!
//! ```no_run
//! use altinn_auth::login::Callers;
//! use altinn_auth::token::TokenVerifier;
//! use altinn_services::Altinn;
//! use altinn_services::http::{self, Api};
//!
//! # async fn run(altinn: Altinn, tokens: TokenVerifier) -> Result<(), Box<dyn std::error::Error>> {
//! let api = Api::new(altinn, Callers::by_token(tokens));
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! let (stop, stopped) = tokio::sync::oneshot::channel::<()>(); // whoever has `stop` ends it
//! http::serve(&api, listener, http::all(&api), async move { drop(stopped.await) }).await;
//! # Ok(())
//! # }
//! ```
//!
//! Paths, bodies and statuses are Altinn 3's where Altinn 3 has them, so that an end-user system changes only its base
//! address; what is added here stands under `/v1`.
//!
//! **Errors** are problems (RFC 9457) with `code`, `validationErrors` and `traceId`; a refusal says why and what would
//! help in the language that was asked for, and as data (`explanation`). Nothing of the inside is shown: it is logged
//! under the trace id.
//!
//! **Security.** Every router limits body, depth of JSON, time, calls at once ([`Limits`]) and the rate of each caller on
//! each endpoint; no other origin is let in ([`ApiBuilder::origin`] opens to one), what a session's browser changes must
//! come from the portal's own pages, and nothing personal is kept by a cache.
#![allow(unused_qualifications, reason = "utoipa's macros write names in full")]

mod access;
mod access_lists;
#[cfg(any(feature = "broker", feature = "correspondence"))]
mod acting;
mod altinn3;
mod answer;
mod api;
mod app;
mod archive;
mod authorization;
mod body;
#[cfg(feature = "broker")]
mod broker;
mod caller;
#[cfg(feature = "collaboration")]
mod cases;
mod condition;
#[cfg(feature = "correspondence")]
mod correspondence;
mod deliveries;
#[cfg(any(feature = "broker", feature = "correspondence"))]
mod download;
mod error;
mod events;
#[cfg(any(feature = "broker", feature = "correspondence"))]
mod fields;
mod headers;
mod health;
mod idempotency;
mod inbox;
mod instance_subscriptions;
mod language;
mod life;
mod limits;
#[cfg(feature = "link")]
mod link;
#[cfg(feature = "lookup")]
mod lookup;
mod metrics;
mod notifications;
mod openapi;
mod overload;
mod party;
mod problem_details;
mod query;
mod range;
mod rate;
mod reason;
mod receipt;
mod router;
mod scopes;
mod serve;
mod status;
mod storage;
#[cfg(any(feature = "broker", feature = "correspondence"))]
mod stream;
mod support;
mod system_users;
mod trace;
mod trail;
#[cfg(any(feature = "broker", feature = "collaboration", feature = "correspondence"))]
mod tried_again;
mod unread;

pub use access::access;
pub use access_lists::access_lists;
pub use api::{Api, ApiBuilder};
pub use app::app;
pub use archive::archive;
pub use authorization::authorization;
#[cfg(feature = "broker")]
pub use broker::broker;
#[cfg(feature = "collaboration")]
pub use cases::cases;
#[cfg(feature = "correspondence")]
pub use correspondence::correspondence;
pub use deliveries::deliveries;
pub use events::events;
pub use inbox::inbox;
pub use instance_subscriptions::instance_subscriptions;
pub use limits::Limits;
#[cfg(feature = "link")]
pub use link::link;
#[cfg(feature = "lookup")]
pub use lookup::lookup;
pub use notifications::notifications;
pub use router::all;
pub use serve::serve;
pub use storage::storage;
pub use support::support;
pub use system_users::system_users;
pub use trail::trail;
