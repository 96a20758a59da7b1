//! What a command answers, and why it cannot.

use std::error::Error;
use std::fmt::{self, Display, Write as _};
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;

/// The status of a command that could not be carried out.
const FAILED: u8 = 2;

/// What a command answers: for people, for programs, and whether all is in order.
#[derive(Debug)]
pub(crate) struct Answer {
    text: String,
    json: Value,
    in_order: bool,
}

impl Answer {
    pub(crate) fn new(text: impl Display, json: &impl Serialize, in_order: bool) -> Result<Self, Failure> {
        Ok(Self { text: text.to_string(), json: serde_json::to_value(json)?, in_order })
    }

    pub(crate) fn print(self, json: bool) -> Result<ExitCode, Failure> {
        say(if json { format!("{:#}", self.json) } else { self.text })?;
        Ok(if self.in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Writes a line to standard output. Whoever has stopped reading, as `head` does, has what they want: that is no failure.
pub(crate) fn say(line: impl Display) -> Result<(), Failure> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::at("standard output", &error)),
        _ => Ok(()),
    }
}

/// Says something on standard error. Whoever does not listen misses it.
pub(crate) fn tell(what: impl Display) {
    let _ = writeln!(io::stderr(), "altinn: {what}");
}

/// A number of things, as one says it: `1 error`, `2 errors`.
pub(crate) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Why a command could not be carried out.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// The same, said of something: a file, an address.
    pub(crate) fn at(place: impl Display, error: &dyn Error) -> Self {
        Self(format!("{place}: {}", told(error)))
    }

    pub(crate) fn print(&self) -> ExitCode {
        tell(self);
        ExitCode::from(FAILED)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(told(&error))
    }
}

/// An error with what it comes from, unless it says that itself.
pub(crate) fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            let _ = write!(text, ": {cause_text}");
        }
        source = cause.source();
    }
    text
}
