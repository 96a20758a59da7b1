//! The hours in which people may be disturbed.

use altinn_core::oslo;
use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::is_public_holiday;

/// When in the day something may be sent, as Altinn spells it (`sendingTimePolicy`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SendingTimePolicy {
    /// At any hour: what mail does if nothing is said.
    Anytime,
    /// In the [`SendingWindow`]: what SMS does if nothing is said.
    Daytime,
}

/// The hours of the day, in Oslo, in which something with the policy [`Daytime`](SendingTimePolicy::Daytime) is sent.
///
/// From 08:00 to 17:00 on every day if nothing is said, as Altinn documents it.
///
/// ```
/// use altinn_notify::rules::SendingWindow;
///
/// let window = SendingWindow::default();
/// let evening = "2026-03-28T18:00:00Z".parse()?;
/// // Summer time begins in the night: 08:00 in Oslo is 06:00 UTC.
/// assert_eq!(window.next_open(evening).to_rfc3339(), "2026-03-29T06:00:00+00:00");
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendingWindow {
    opens: NaiveTime,
    closes: NaiveTime,
    rests_on_holidays: bool,
}

/// Why hours are no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendingWindowError {
    /// It must open before it closes, on the same day.
    #[error("a sending window must open before it closes")]
    Empty,
}

impl SendingWindowError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "NOTIFY-WINDOW-EMPTY",
        }
    }
}

impl Default for SendingWindow {
    fn default() -> Self {
        let hour = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
        Self { opens: hour(8), closes: hour(17), rests_on_holidays: false }
    }
}

impl SendingWindow {
    /// The most days in a row that can be holidays, with room: a window that is closed for longer does not exist.
    const MAX_DAYS: usize = 14;

    /// A window from one time of the day, which is in it, to another, which is not.
    ///
    /// # Errors
    /// [`SendingWindowError::Empty`] when it closes before it opens.
    pub fn new(opens: NaiveTime, closes: NaiveTime) -> Result<Self, SendingWindowError> {
        if opens < closes {
            Ok(Self { opens, closes, rests_on_holidays: false })
        } else {
            Err(SendingWindowError::Empty)
        }
    }

    /// The same window, closed on Norway's public holidays.
    #[must_use]
    pub fn resting_on_holidays(mut self) -> Self {
        self.rests_on_holidays = true;
        self
    }

    /// Whether the window is open at a time.
    pub fn is_open(&self, time: DateTime<Utc>) -> bool {
        let local = oslo::local(time);
        (self.opens..self.closes).contains(&local.time()) && self.is_day(local)
    }

    /// The first time from here on at which the window is open: this one, if it is.
    pub fn next_open(&self, time: DateTime<Utc>) -> DateTime<Utc> {
        if self.is_open(time) {
            return time;
        }
        let today = oslo::local(time).date();
        (0..Self::MAX_DAYS as u64)
            .filter_map(|days| today.checked_add_days(Days::new(days)))
            .map(|day| day.and_time(self.opens))
            .find(|opens| self.is_day(*opens) && oslo::utc(*opens) >= time)
            .map_or(time, oslo::utc)
    }

    fn is_day(&self, local: NaiveDateTime) -> bool {
        !(self.rests_on_holidays && is_public_holiday(local.date()))
    }
}

impl SendingTimePolicy {
    /// The first time from here on at which the policy lets something be sent.
    pub fn earliest(self, window: &SendingWindow, time: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Anytime => time,
            Self::Daytime => window.next_open(time),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn next(window: SendingWindow, time: &str) -> String {
        window.next_open(time.parse().expect("a time")).format("%FT%RZ").to_string()
    }

    #[test]
    fn the_window_follows_the_clocks_of_oslo_over_both_changes() {
        let window = SendingWindow::default();
        for (asked, opens) in [
            ("2026-03-28T06:59:00Z", "2026-03-28T07:00Z"),
            ("2026-03-28T15:59:00Z", "2026-03-28T15:59Z"),
            ("2026-03-28T16:00:00Z", "2026-03-29T06:00Z"),
            ("2026-03-29T05:00:00Z", "2026-03-29T06:00Z"),
            ("2026-03-29T15:00:00Z", "2026-03-30T06:00Z"),
            ("2026-10-24T15:00:00Z", "2026-10-25T07:00Z"),
            ("2026-10-25T06:30:00Z", "2026-10-25T07:00Z"),
            ("2026-12-31T23:30:00Z", "2027-01-01T07:00Z"),
        ] {
            assert_eq!(next(window, asked), opens, "{asked}");
        }
    }

    #[test]
    fn holidays_are_passed_over_where_that_is_asked_for() {
        let window = SendingWindow::default();
        assert_eq!(next(window, "2026-04-02T00:00:00Z"), "2026-04-02T06:00Z");
        // Maundy Thursday and Good Friday; Saturday is none.
        assert_eq!(next(window.resting_on_holidays(), "2026-04-02T00:00:00Z"), "2026-04-04T06:00Z");
        assert_eq!(next(window.resting_on_holidays(), "2026-04-04T16:00:00Z"), "2026-04-07T06:00Z");
    }

    #[test]
    fn a_window_that_never_opens_is_none() {
        let time = NaiveTime::from_hms_opt(9, 0, 0).expect("a time");
        assert_eq!(SendingWindow::new(time, time), Err(SendingWindowError::Empty));
    }

    proptest! {
        #[test]
        fn what_waits_is_sent_in_the_window_and_no_opening_is_missed(
            seconds in 1_700_000_000_i64..2_600_000_000,
            opens in 0_u32..23, length in 1_u32..24, rests in any::<bool>(),
        ) {
            let hour = |hour: u32| NaiveTime::from_hms_opt(hour, 0, 0);
            let closes = hour(opens + length).unwrap_or(NaiveTime::from_hms_opt(23, 59, 59).expect("a time"));
            let window = SendingWindow::new(hour(opens).expect("a time"), closes).expect("a window");
            let window = if rests { window.resting_on_holidays() } else { window };
            let time = DateTime::from_timestamp(seconds, 0).expect("a time");
            let next = window.next_open(time);
            prop_assert!(next >= time);
            // An hour that the clocks leave out in spring may hold the whole of a window.
            prop_assert!(window.is_open(next) || opens == 2);
            let mut between = time;
            while between < next {
                prop_assert!(!window.is_open(between), "{between} {next}");
                between += TimeDelta::minutes(30);
            }
        }
    }
}
