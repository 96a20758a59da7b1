//! Placeholder.

pub mod definition;
pub mod form;
pub mod process;
