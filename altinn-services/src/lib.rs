//! Altinn services in an agency's own program: definitions, processes, the service types and events.
//!
//! [`Altinn`] opens everything; an unmodified Altinn 3 app folder is a service; [`Submissions`](submission::Submissions)
//! are what people and businesses send in, and [`events`](Altinn::events) tell the agency's own systems.
//!
//! ```
//! use altinn_services::Altinn;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let app = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence");
//! let altinn = Altinn::local(folder.path()).await?; // or `Altinn::builder("postgres://...")`
//! let service = altinn.publish_app(app)?; // an Altinn 3 app folder, unmodified
//! for task in service.definition().process().tasks() {
//!     println!("{}: {}", task.id, task.kind.name());
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The examples `submit` and `blackbox` show the rest: drafts, signing, receipts, mail and events.
//!
//! # Features
//! | feature | default | what for |
//! |---|---|---|
//! | `sqlite` | yes | the embedded store |
//! | `postgres` | | PostgreSQL as the store |
//! | `smtp` | yes | mail over SMTP |
//! | `broker` | yes | broker services |
//! | `link` | yes | link services |
//! | `correspondence` | yes | correspondence services |
//! | `lookup` | yes | lookup services |
//! | `collaboration` | yes | collaborations: several services as one case |
//! | `pdf` | yes | the receipts that people read, as accessible PDFs |
//! | `axum` | | the HTTP API: routers for the agency's own program ([`http`]); form pages that a portal mounts ([`form_site`]) |
//! | `webhooks` | | events sent to those who subscribe |
//! | `testing` | | a mail server, an issuer of tokens, synthetic people, and stand-ins for service tasks and payments |

mod altinn;
#[cfg(feature = "broker")]
pub mod broker;
mod builder;
#[cfg(feature = "collaboration")]
pub mod collaboration;
#[cfg(feature = "correspondence")]
pub mod correspondence;
pub mod definition;
#[cfg(feature = "pdf")]
mod document;
mod erased;
mod error;
pub mod event;
pub mod expression;
pub mod form;
pub mod form_page;
#[cfg(feature = "axum")]
pub mod form_site;
#[cfg(feature = "axum")]
pub mod http;
pub mod inbox;
#[cfg(feature = "link")]
pub mod link;
#[cfg(feature = "lookup")]
pub mod lookup;
mod migrations;
mod plug_ins;
pub mod process;
mod receipt_template;
mod refused;
pub mod submission;
#[cfg(feature = "testing")]
pub mod testing;
mod words;
mod workers;

pub use altinn::Altinn;
pub use builder::AltinnBuilder;
#[cfg(feature = "pdf")]
pub use document::DocumentError;
pub use error::{OpenError, PublishError};
pub use migrations::{MIGRATIONS, all_migrations};
