//! Who has read what, and all that is kept about a person.

mod read_log;
mod report;

pub use read_log::{Read, Reader, Reading};
pub use report::{AccessPage, Kept};
