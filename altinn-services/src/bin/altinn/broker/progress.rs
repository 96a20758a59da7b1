//! How far a file has come, for people.

use std::io::{IsTerminal as _, Write as _};

use altinn_core::Language;

/// Says on standard error how far a file has come: on one line of a terminal, or a line for each tenth.
#[derive(Debug)]
pub(super) struct Progress {
    total: u64,
    is_terminal: bool,
    said: Option<u64>,
}

impl Progress {
    pub(super) fn of(total: u64) -> Self {
        Self { total, is_terminal: std::io::stderr().is_terminal(), said: None }
    }

    /// So many bytes have come.
    pub(super) fn at(&mut self, bytes: u64) {
        let percent = (bytes * 100).checked_div(self.total).unwrap_or(100);
        let step = if self.is_terminal { percent } else { percent / 10 };
        if self.said == Some(step) {
            return;
        }
        self.said = Some(step);
        let size = |bytes| Language::En.size(bytes);
        let text = format!("{} of {} ({percent} %)", size(bytes), size(self.total));
        let (before, after) = if self.is_terminal { ("\r\x1b[2K", "") } else { ("", "\n") };
        // Whoever does not listen misses it.
        let _ = write!(std::io::stderr(), "{before}{text}{after}");
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_terminal && self.said.is_some() {
            let _ = writeln!(std::io::stderr());
        }
    }
}
