//! Entries as others take them: containers, and NOARK 5.

#[cfg(feature = "asic")]
mod asic;
mod error;
#[cfg(feature = "noark")]
mod extraction;
mod file_names;
#[cfg(feature = "noark")]
mod noark;

pub use error::ExportError;
#[cfg(feature = "noark")]
pub use extraction::{Extraction, Period};
pub(crate) use file_names::file_names;
