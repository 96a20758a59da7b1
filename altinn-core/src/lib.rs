//! What every part of the Altinn SDK stands on: identifiers, parties, actors, texts, time, problems, and the store.

mod authentication_level;
mod clock;
mod id_source;
pub mod store;
mod text;

pub use authentication_level::{AuthenticationLevel, UnknownLevel};
pub use clock::{Clock, SteppableClock, SystemClock};
pub use id_source::{IdSource, RandomIds};
pub use text::{Language, Text, UnknownLanguage};
