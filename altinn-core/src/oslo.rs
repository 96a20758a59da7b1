//! The time in Oslo, by the rule of the European Union, and how it is written in words.
//!
//! Summer time begins at 01:00 UTC on the last Sunday of March and ends at 01:00 UTC on the last Sunday of October
//! (directive 2000/84/EC; forskrift om sommertid § 1). The rule has held since 1996. It is computed, since it is ten
//! lines, where a time-zone database is a megabyte that must be kept up to date just the same.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};

use crate::Language;

const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];
const ENGLISH_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What the clocks in Oslo show.
///
/// ```
/// let noon = "2026-06-01T10:00:00Z".parse()?;
/// assert_eq!(altinn_core::oslo::local(noon).to_string(), "2026-06-01 12:00:00");
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn local(time: DateTime<Utc>) -> NaiveDateTime {
    time.naive_utc() + offset(time.naive_utc())
}

/// When the clocks in Oslo show this. An hour that is shown twice is the first of them; one that is left out in spring
/// is read by the time before it, so 02:30 is an hour after 01:30.
pub fn utc(local: NaiveDateTime) -> DateTime<Utc> {
    let as_summer = local - TimeDelta::hours(2);
    let is_summer = offset(as_summer) == TimeDelta::hours(2);
    let utc = if is_summer { as_summer } else { local - TimeDelta::hours(1) };
    utc.and_utc()
}

/// The name of the month that a day is in, as texts write it; Sami texts have it in Norwegian.
pub fn month(day: &impl Datelike, language: Language) -> &'static str {
    let names = if language == Language::En { ENGLISH_MONTHS } else { MONTHS };
    names.get(day.month0() as usize).copied().unwrap_or_default()
}

/// A time in words, as the clocks in Oslo show it.
///
/// ```
/// use altinn_core::{Language, oslo};
///
/// let time = "2026-11-29T23:30:00Z".parse()?;
/// assert_eq!(oslo::in_words(time, Language::Nn), "30. november 2026 kl. 00:30");
/// assert_eq!(oslo::in_words(time, Language::En), "30 November 2026, 00:30");
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn in_words(time: DateTime<Utc>, language: Language) -> String {
    let local = local(time);
    let before_hour = if language == Language::En { "," } else { " kl." };
    let day = day_in_words(local.date(), language);
    format!("{day}{before_hour} {:02}:{:02}", local.hour(), local.minute())
}

/// A day in words.
///
/// ```
/// use altinn_core::{Language, oslo};
///
/// let day = "2026-11-30".parse()?;
/// assert_eq!(oslo::day_in_words(day, Language::Nb), "30. november 2026");
/// assert_eq!(oslo::day_in_words(day, Language::En), "30 November 2026");
/// # Ok::<(), chrono::ParseError>(())
/// ```
pub fn day_in_words(day: NaiveDate, language: Language) -> String {
    let after_day = if language == Language::En { "" } else { "." };
    format!("{}{after_day} {} {}", day.day(), month(&day, language), day.year())
}

fn offset(utc: NaiveDateTime) -> TimeDelta {
    let is_summer = match (change(utc.year(), 3), change(utc.year(), 10)) {
        (Some(begins), Some(ends)) => begins <= utc && utc < ends,
        _ => false,
    };
    TimeDelta::hours(if is_summer { 2 } else { 1 })
}

/// 01:00 UTC on the last Sunday of a month of 31 days.
fn change(year: i32, month: u32) -> Option<NaiveDateTime> {
    let last = NaiveDate::from_ymd_opt(year, month, 31)?;
    let sunday = last - Duration::days(i64::from(last.weekday().num_days_from_sunday()));
    Some(sunday.and_time(NaiveTime::MIN) + TimeDelta::hours(1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(time: &str) -> String {
        local(time.parse().expect("a time")).format("%F %R").to_string()
    }

    #[test]
    fn the_changes_of_real_years_are_where_they_were_and_will_be() {
        for (before, after) in [
            ("2024-03-31T00:59:59Z", "2024-03-31T01:00:00Z"),
            ("2025-03-30T00:59:59Z", "2025-03-30T01:00:00Z"),
            ("2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"),
            ("2027-03-28T00:59:59Z", "2027-03-28T01:00:00Z"),
        ] {
            assert!(shown(before).ends_with("01:59"), "{before}");
            assert!(shown(after).ends_with("03:00"), "{after}");
        }
        for (before, after) in [
            ("2024-10-27T00:59:59Z", "2024-10-27T01:00:00Z"),
            ("2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z"),
            ("2027-10-31T00:59:59Z", "2027-10-31T01:00:00Z"),
        ] {
            assert!(shown(before).ends_with("02:59"), "{before}");
            assert!(shown(after).ends_with("02:00"), "{after}");
        }
    }

    #[test]
    fn an_hour_that_is_left_out_or_shown_twice_is_one_time() {
        let at = |text: &str| utc(text.parse().expect("a time")).to_rfc3339();
        assert_eq!(at("2026-03-29T02:30:00"), "2026-03-29T01:30:00+00:00");
        assert_eq!(at("2026-10-25T02:30:00"), "2026-10-25T00:30:00+00:00");
    }

    proptest! {
        #[test]
        fn what_is_shown_leads_back(seconds in 820_454_400_i64..4_102_444_800) {
            let time = DateTime::from_timestamp(seconds, 0).expect("a time");
            let back = utc(local(time));
            prop_assert!(back == time || back + TimeDelta::hours(1) == time, "{time} {back}");
            prop_assert_eq!(local(back), local(time));
        }
    }
}
