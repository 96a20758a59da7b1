//! Where time comes from: every rule about time takes a [`Clock`], so that it can be tested at an exact second.

use std::fmt::Debug;
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};

/// Tells the time in UTC. What is stored keeps microseconds.
pub trait Clock: Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> DateTime<Utc>;
}

/// The clock of the machine, to the microsecond: what is stored comes back as it was.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }
}

/// A clock that stands still until it is stepped; for tests and for replaying a case.
///
/// ```
/// use std::time::Duration;
/// use altinn_core::{Clock, SteppableClock};
///
/// let clock = SteppableClock::at("2026-03-31T23:59:59Z".parse()?);
/// clock.step(Duration::from_secs(1));
/// assert_eq!(clock.now().to_rfc3339(), "2026-04-01T00:00:00+00:00");
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug)]
pub struct SteppableClock(Mutex<DateTime<Utc>>);

impl SteppableClock {
    /// A clock that shows `time`.
    pub fn at(time: DateTime<Utc>) -> Self {
        Self(Mutex::new(time))
    }

    /// Moves the clock forward.
    pub fn step(&self, by: Duration) {
        let mut now = self.lock();
        *now += by;
    }

    /// Sets the clock, also backwards.
    pub fn set(&self, time: DateTime<Utc>) {
        *self.lock() = time;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, DateTime<Utc>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for SteppableClock {
    fn now(&self) -> DateTime<Utc> {
        *self.lock()
    }
}
