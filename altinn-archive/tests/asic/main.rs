//! ASiC-E containers: those of others, our own before the judgement of others, and hostile ones.
#![cfg(feature = "asic")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod corpus;
mod hostile;
mod keys;
mod sealed;
mod timestamp;
mod unsupported;
