//! A portal in one program: services of all six types, login, inbox, archive and access, in a browser.
//!
//! `cargo run -p altinn-examples --bin portal` opens it on this machine. Its pages are made on the server and work without
//! JavaScript, in bokmål, nynorsk and English.
//!
//! | file | what is in it |
//! |---|---|
//! | `settings`, `world`, `services` | what it is told at its start, whom it knows, what it offers |
//! | `app` | everything that a page needs, and how it is opened |
//! | `visitor`, `trouble` | who visits, what is said when something is refused |
//! | `templates/`, `texts/`, `assets/` | pages, words and looks |
//! | the rest | a file for each part of the portal |

mod access;
mod agency;
mod app;
mod archive;
mod cases;
mod files;
mod forms;
mod front;
mod inbox;
mod letters;
mod link;
mod lookup;
mod open;
mod outbox;
mod pages;
mod parties;
mod posted;
mod sent;
mod services;
mod settings;
mod target;
mod texts;
mod trail;
mod trouble;
mod upload;
mod visitor;
mod world;

pub use open::{Portal, PortalError};
pub use settings::{Settings, SettingsError};
