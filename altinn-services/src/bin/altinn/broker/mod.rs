//! `altinn broker`: files sent to a broker service over HTTP, and fetched from it.

mod fetch;
mod progress;
mod remote;
mod send;
mod unfinished;

use clap::Subcommand;

use crate::answer::{Answer, Failure};

/// How many bytes are held in memory, and sent or fetched by one call.
const PART_BYTES: u64 = 8 * 1024 * 1024;

#[derive(Debug, Subcommand)]
pub(crate) enum Broker {
    Send(send::Send),
    Fetch(fetch::Fetch),
}

impl Broker {
    pub(crate) fn run(self) -> Result<Answer, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        match self {
            Self::Send(send) => runtime.block_on(send.run()),
            Self::Fetch(fetch) => runtime.block_on(fetch.run()),
        }
    }
}
