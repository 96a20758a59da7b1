//! Times of day: how a time picker reads and writes them.
//!
//! Source: Altinn's documentation of the time picker (`format`, `timeStamp`).

use altinn_core::oslo;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

/// How a time of day is written in the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeOfDay {
    /// With seconds.
    pub(super) has_seconds: bool,
    /// By the clock of twelve hours, as `02:30 PM`.
    pub(super) has_twelve_hours: bool,
    /// As a moment, in UTC, of this day in Oslo.
    pub(super) on: Option<NaiveDate>,
}

impl TimeOfDay {
    /// How a format of the time picker writes it (`HH:mm`, `HH:mm:ss`, `hh:mm a`, `hh:mm:ss a`).
    pub(super) fn of_format(format: &str) -> Self {
        Self { has_seconds: format.contains("ss"), has_twelve_hours: format.contains('a'), on: None }
    }

    /// The time as it is shown, and as browsers send it.
    pub(super) fn shown(self, time: NaiveTime) -> String {
        time.format(if self.has_seconds || time.second() > 0 { "%H:%M:%S" } else { "%H:%M" }).to_string()
    }

    /// The time as the data have it; `stored` is what they held before.
    pub(super) fn written(self, time: NaiveTime, stored: Option<&str>) -> String {
        if stored.and_then(time_in) == Some(time) {
            return stored.unwrap_or_default().to_owned();
        }
        if let Some(today) = self.on {
            let day = stored.and_then(moment_in).map_or(today, |moment| moment.date());
            return oslo::utc(day.and_time(time)).format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        }
        let format = match (self.has_twelve_hours, self.has_seconds) {
            (false, false) => "%H:%M",
            (false, true) => "%H:%M:%S",
            (true, false) => "%I:%M %p",
            (true, true) => "%I:%M:%S %p",
        };
        time.format(format).to_string()
    }
}

/// The time of day that a text is, or that a moment has in Oslo.
pub(super) fn time_in(text: &str) -> Option<NaiveTime> {
    let of_formats = ["%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p"];
    let plain = of_formats.into_iter().find_map(|format| NaiveTime::parse_from_str(text, format).ok());
    plain.or_else(|| moment_in(text).map(|moment| moment.time()))
}

/// What the clocks in Oslo show at a moment.
fn moment_in(text: &str) -> Option<NaiveDateTime> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(moment) => Some(oslo::local(moment.to_utc())),
        Err(_) => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn time(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    #[test]
    fn each_format_is_written_as_it_is_read() {
        let afternoon = time(14, 30);
        for (format, written) in [
            ("HH:mm", "14:30"),
            ("HH:mm:ss", "14:30:00"),
            ("hh:mm a", "02:30 PM"),
            ("hh:mm:ss a", "02:30:00 PM"),
        ] {
            assert_eq!(TimeOfDay::of_format(format).written(afternoon, None), written);
            assert_eq!(time_in(written), Some(afternoon));
        }
        assert_eq!(time_in("half past two"), None);
        assert_eq!(time_in("25:00"), None);
    }

    #[test]
    fn a_moment_keeps_its_day_and_is_shown_as_the_clocks_in_oslo_do() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        let written = TimeOfDay { on: Some(today), ..TimeOfDay::of_format("HH:mm") };
        assert_eq!(written.written(time(8, 0), None), "2026-11-30T07:00:00.000Z");
        let stored = "2026-06-01T06:00:00.000Z";
        assert_eq!(time_in(stored), Some(time(8, 0)));
        assert_eq!(written.written(time(8, 0), Some(stored)), stored);
        assert_eq!(written.written(time(9, 15), Some(stored)), "2026-06-01T07:15:00.000Z");
    }

    #[test]
    fn what_is_not_changed_stays_as_it_was_written() {
        assert_eq!(TimeOfDay::of_format("HH:mm").written(time(8, 5), Some("8:05")), "8:05");
    }
}
