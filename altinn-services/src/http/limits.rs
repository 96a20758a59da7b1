//! How much a caller may ask for.

use std::time::Duration;

/// How much is taken of a request, and how many at once. Every limit is the agency's to set.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The most bytes of a body that is read as one: JSON, XML, a form. 2 MiB.
    pub body: usize,
    /// The most bytes of a file that is attached to an instance. 32 MiB; a data type may say less. Files of a broker
    /// have limits of their own.
    pub upload: usize,
    /// How deep JSON may be nested. 64.
    pub depth: usize,
    /// How long a call may take; uploads and downloads that are streamed are not meant. 30 s.
    pub time: Duration,
    /// How long the headers of a call may take to come, from the end of the call before: so long a connection on which
    /// nothing comes is kept, too. 30 s.
    pub headers: Duration,
    /// How long the other end may take not a byte of an answer before its connection is closed; one that takes it slowly is
    /// not meant. 30 s.
    pub unread: Duration,
    /// How many calls are worked on at once; more are told to come again (503). 1,024.
    pub at_once: usize,
    /// How many files are taken at once: each is held in memory while it comes. 32.
    pub uploads: usize,
    /// How many calls a second one caller (an organisation, or a person) may make to one endpoint in the long run. 50.
    pub rate: u32,
    /// How many calls may come together before the rate counts. 100.
    pub burst: u32,
    /// How long calls under way may take to end when the server stops. 20 s.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 2 * 1024 * 1024,
            upload: 32 * 1024 * 1024,
            depth: 64,
            time: Duration::from_secs(30),
            headers: Duration::from_secs(30),
            unread: Duration::from_secs(30),
            at_once: 1_024,
            uploads: 32,
            rate: 50,
            burst: 100,
            drain: Duration::from_secs(20),
        }
    }
}
