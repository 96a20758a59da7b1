//! A circuit breaker: a channel that fails again and again is left alone for a while.

use chrono::{DateTime, TimeDelta, Utc};

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// After how many failures in a row: 10 if nothing is said.
    pub failures: u32,
    /// How long the channel is left alone: 30 seconds if nothing is said, and twice as long each time that the probe
    /// after it fails.
    pub pause: TimeDelta,
    /// The longest pause: 10 minutes if nothing is said.
    pub longest_pause: TimeDelta,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        let (pause, longest_pause) = (TimeDelta::seconds(30), TimeDelta::minutes(10));
        Self { failures: 10, pause, longest_pause }
    }
}

/// A circuit breaker as a pure value: the time is passed in.
///
/// Closed, it lets everything pass. So many failures in a row open it, and nothing passes. When the pause is over one
/// message passes as a probe: if it gets through, the breaker is closed again.
///
/// ```
/// use altinn_notify::channel::{Breaker, BreakerSettings};
/// use chrono::{DateTime, TimeDelta, Utc};
///
/// let mut breaker = Breaker::new(BreakerSettings { failures: 2, ..BreakerSettings::default() });
/// let now = DateTime::<Utc>::UNIX_EPOCH;
/// breaker.failed(now);
/// assert_eq!(breaker.lets_pass(5, now), 5);
/// breaker.failed(now);
/// assert_eq!(breaker.lets_pass(5, now), 0);
/// assert_eq!(breaker.lets_pass(5, now + TimeDelta::seconds(30)), 1);
/// breaker.succeeded();
/// assert_eq!(breaker.lets_pass(5, now), 5);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    settings: BreakerSettings,
    failures: u32,
    /// How often it has opened since the last success.
    openings: u32,
    open_until: Option<DateTime<Utc>>,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(settings: BreakerSettings) -> Self {
        Self { settings, failures: 0, openings: 0, open_until: None }
    }

    /// How many of `wanted` messages may pass now.
    pub fn lets_pass(&self, wanted: u32, now: DateTime<Utc>) -> u32 {
        match self.open_until {
            None => wanted,
            Some(until) if now >= until => wanted.min(1),
            Some(_) => 0,
        }
    }

    /// A message got through, or was refused by a channel that works.
    pub fn succeeded(&mut self) {
        (self.failures, self.openings, self.open_until) = (0, 0, None);
    }

    /// The channel failed.
    pub fn failed(&mut self, now: DateTime<Utc>) {
        self.failures = self.failures.saturating_add(1);
        // What was in flight when it opened tells nothing new.
        if self.failures < self.settings.failures || self.open_until.is_some_and(|until| now < until) {
            return;
        }
        let doublings = self.openings.min(20);
        let pause = (self.settings.pause * (1 << doublings)).min(self.settings.longest_pause);
        self.openings += 1;
        self.open_until = Some(now.checked_add_signed(pause).unwrap_or(now));
    }

    /// Whether it is open: whether the channel is left alone.
    pub fn is_open(&self) -> bool {
        self.open_until.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_failing_probe_doubles_the_pause_up_to_the_longest() {
        let mut breaker = Breaker::new(BreakerSettings::default());
        (0..10).for_each(|_| breaker.failed(at(0)));
        let mut now = 0;
        for pause in [30, 60, 120, 240, 480, 600, 600] {
            assert_eq!(breaker.lets_pass(9, at(now + pause - 1)), 0, "{pause}");
            assert_eq!(breaker.lets_pass(9, at(now + pause)), 1, "{pause}");
            now += pause;
            breaker.failed(at(now));
        }
    }

    #[test]
    fn what_was_in_flight_when_it_opened_does_not_prolong_the_pause() {
        let mut breaker = Breaker::new(BreakerSettings::default());
        (0..26).for_each(|_| breaker.failed(at(0)));
        assert_eq!(breaker.lets_pass(9, at(30)), 1);
    }

    #[test]
    fn one_success_closes_it() {
        let mut breaker = Breaker::new(BreakerSettings::default());
        (0..10).for_each(|_| breaker.failed(at(0)));
        breaker.succeeded();
        (0..9).for_each(|_| breaker.failed(at(1)));
        assert!(!breaker.is_open());
    }
}
