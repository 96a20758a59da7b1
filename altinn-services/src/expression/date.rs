//! Dates and times, as the language reads them from text.
//!
//! `2023-10-30`, and with a time `2023-10-30T14:54`, with seconds and a fraction of them or without, and with the
//! offset from UTC or without. Source: Altinn's documentation of expressions, dates.

use std::cmp::Ordering;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::failure::{Failure, FailureKind};

/// A date and time of day, with its offset from UTC where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    local: NaiveDateTime,
    offset: Option<FixedOffset>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    UnknownFormat,
    NotInCalendar,
}

impl Moment {
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        read(text).map_err(|fault| {
            let fault = match fault {
                Fault::UnknownFormat => "Unknown format",
                Fault::NotInCalendar => "Format was recognized, but the date/time is invalid",
            };
            let shortened: String = text.chars().take(100).collect();
            Failure::new(FailureKind::Date, format!("Unable to parse date \"{shortened}\": {fault}"))
        })
    }

    /// The time to show: in UTC where the offset is known, else as it was given.
    pub(super) fn to_show(self) -> NaiveDateTime {
        self.in_utc().unwrap_or(self.local)
    }

    pub(super) fn compare(self, other: Self) -> Result<Ordering, Failure> {
        match (self.in_utc(), other.in_utc()) {
            (Some(first), Some(second)) => Ok(first.cmp(&second)),
            (None, None) => Ok(self.local.cmp(&other.local)),
            _ => Err(Failure::new(
                FailureKind::TimeZones,
                "Can not compare timestamps where only one specify timezone",
            )),
        }
    }

    pub(super) fn is_same_day(self, other: Self) -> Result<bool, Failure> {
        self.compare(other)?;
        if self.offset != other.offset {
            return Err(Failure::new(
                FailureKind::TimeZones,
                "Can not figure out if timestamps in different timezones are in the same day",
            ));
        }
        Ok(self.local.date() == other.local.date())
    }

    fn in_utc(self) -> Option<NaiveDateTime> {
        let at: DateTime<FixedOffset> = self.local.and_local_timezone(self.offset?).single()?;
        Some(at.with_timezone(&Utc).naive_utc())
    }
}

fn read(text: &str) -> Result<Moment, Fault> {
    let (date, rest) = read_date(text)?;
    let Some(rest) = rest.strip_prefix(['T', 't', ' ']) else {
        let midnight = date.and_time(NaiveTime::MIN);
        return if rest.is_empty() { moment(midnight, None) } else { Err(Fault::UnknownFormat) };
    };
    let (time, rest) = read_time(rest)?;
    let offset = read_offset(rest)?;
    let time = time.ok_or(Fault::NotInCalendar)?;
    moment(date.and_time(time), offset)
}

/// A date of the calendar before the rest of the text; its format is known even if the date is not.
fn read_date(text: &str) -> Result<(UncheckedDate, &str), Fault> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(after(rest, '-')?, 2)?;
    let (day, rest) = digits(after(rest, '-')?, 2)?;
    let year = i32::try_from(year).map_err(|_| Fault::UnknownFormat)?;
    Ok((UncheckedDate(NaiveDate::from_ymd_opt(year, month, day).filter(|_| year > 0)), rest))
}

/// A date that has the right format; none when it is not in the calendar.
struct UncheckedDate(Option<NaiveDate>);

impl UncheckedDate {
    fn and_time(self, time: NaiveTime) -> Option<NaiveDateTime> {
        self.0.map(|date| date.and_time(time))
    }
}

/// A time of day before the rest of the text; none when the day has no such time.
fn read_time(text: &str) -> Result<(Option<NaiveTime>, &str), Fault> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(after(rest, ':')?, 2)?;
    let Some(rest) = rest.strip_prefix(':') else {
        return Ok((NaiveTime::from_hms_opt(hour, minute, 0), rest));
    };
    let (second, rest) = digits(rest, 2)?;
    let (nanos, rest) = match rest.strip_prefix('.') {
        Some(rest) => fraction(rest)?,
        None => (0, rest),
    };
    Ok((NaiveTime::from_hms_nano_opt(hour, minute, second, nanos), rest))
}

/// The digits of a fraction of a second, in nanoseconds.
fn fraction(text: &str) -> Result<(u32, &str), Fault> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let (all, rest) = text.split_at_checked(length).filter(|_| length > 0).ok_or(Fault::UnknownFormat)?;
    let nanos = all.bytes().chain(std::iter::repeat(b'0')).take(9);
    Ok((nanos.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')), rest))
}

/// The offset from UTC, with which the text ends.
fn read_offset(text: &str) -> Result<Option<FixedOffset>, Fault> {
    let (sign, rest) = match text.as_bytes() {
        [] => return Ok(None),
        [b'Z' | b'z'] => return Ok(FixedOffset::east_opt(0)),
        [b'+', ..] => (1, after(text, '+')?),
        [b'-', ..] => (-1, after(text, '-')?),
        _ => return Err(Fault::UnknownFormat),
    };
    let (hours, rest) = digits(rest, 2)?;
    let (minutes, rest) = digits(after(rest, ':')?, 2)?;
    if !rest.is_empty() {
        return Err(Fault::UnknownFormat);
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).map_err(|_| Fault::NotInCalendar)?;
    let offset = FixedOffset::east_opt(sign * seconds).filter(|_| minutes < 60);
    offset.map(Some).ok_or(Fault::NotInCalendar)
}

fn moment(local: Option<NaiveDateTime>, offset: Option<FixedOffset>) -> Result<Moment, Fault> {
    Ok(Moment { local: local.ok_or(Fault::NotInCalendar)?, offset })
}

fn digits(text: &str, count: usize) -> Result<(u32, &str), Fault> {
    let (digits, rest) = text.split_at_checked(count).ok_or(Fault::UnknownFormat)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::UnknownFormat);
    }
    Ok((digits.parse().map_err(|_| Fault::UnknownFormat)?, rest))
}

fn after(text: &str, sign: char) -> Result<&str, Fault> {
    text.strip_prefix(sign).ok_or(Fault::UnknownFormat)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_formats_are_read() {
        for text in [
            "2024-02-29",
            "2024-02-29T23:59",
            "2024-02-29 23:59:58.5",
            "2024-02-29T23:59:58.123456789Z",
            "2024-02-29t23:59z",
            "2024-02-29T23:59:58-09:30",
        ] {
            assert!(read(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_has_another_format_is_told_from_what_no_calendar_has() {
        let unknown = [
            "",
            "2024",
            "2024-1-01",
            "20240101",
            "2024-01-01T",
            "2024-01-01T1:00",
            "2024-01-01Z",
            "2024-01-01T10:00+0100",
            "2024-01-01T10:00:00.Z",
            "2024-01-01T10:00Z ",
            "2024-01-0১",
        ];
        for text in unknown {
            assert_eq!(read(text), Err(Fault::UnknownFormat), "{text}");
        }
        let not_there = [
            "2023-02-29",
            "2024-13-01",
            "0000-01-01",
            "2024-01-01T24:00",
            "2024-01-01T10:60",
            "2024-01-01T10:00:60Z",
            "2024-01-01T10:00+24:00",
            "2024-01-01T10:00+10:60",
        ];
        for text in not_there {
            assert_eq!(read(text), Err(Fault::NotInCalendar), "{text}");
        }
    }
}
