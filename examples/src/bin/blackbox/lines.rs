//! Lines within a limit.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The longest line that is read: 16 MiB.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A line of the input.
pub(crate) enum Line<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// It was longer than the limit, and has been passed over.
    TooLong,
}

/// The lines of an input, one after the other.
pub(crate) struct Lines<R> {
    input: R,
    line: Vec<u8>,
}

impl<R: AsyncBufRead + Unpin> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, line: Vec::new() }
    }

    /// The next line, without its end; none at the end of the input.
    pub(crate) async fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let within = MAX_BYTES + 1;
        if (&mut self.input).take(within).read_until(b'\n', &mut self.line).await? == 0 {
            return Ok(None);
        }
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if self.line.len() as u64 == within {
            self.line = Vec::new();
            self.pass_over().await?;
            return Ok(Some(Line::TooLong));
        }
        Ok(Some(Line::Whole(&self.line)))
    }

    /// Reads up to and with the end of the line, and keeps nothing of it.
    async fn pass_over(&mut self) -> io::Result<()> {
        loop {
            let piece = self.input.fill_buf().await?;
            let end = piece.iter().position(|byte| *byte == b'\n');
            let (consumed, done) = match end {
                Some(end) => (end + 1, true),
                None => (piece.len(), piece.is_empty()),
            };
            self.input.consume(consumed);
            if done {
                return Ok(());
            }
        }
    }
}
