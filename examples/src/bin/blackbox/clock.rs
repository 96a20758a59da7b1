//! The machine's clock, except while an operation says what time it is.

use std::sync::{Mutex, PoisonError};

use altinn_core::{Clock, SystemClock};
use chrono::{DateTime, Utc};

/// The machine's clock, except while an operation says what time it is.
#[derive(Debug, Default)]
pub(crate) struct WallClock(Mutex<Option<DateTime<Utc>>>);

impl WallClock {
    /// Shows this time from now on; none: the machine's.
    pub(crate) fn show(&self, at: Option<DateTime<Utc>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

impl Clock for WallClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or_else(|| SystemClock.now())
    }
}
