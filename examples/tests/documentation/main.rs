//! The documentation is true: its links lead somewhere, its commands are run, and its snippets stand in programs that are
//! compiled and run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod commands;
mod how_to;
mod links;
mod pages;
mod snippets;
mod tables;
mod tutorial;
