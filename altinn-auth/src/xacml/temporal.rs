//! Dates, times and durations as XML Schema writes them.

use std::cmp::Ordering;
use std::fmt;

use chrono::{Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

/// A value of a point in time whose time zone may be left out; it is then taken as UTC when two are compared
/// (XACML 3.0, A.3.8, leaves the implicit zone to the implementation).
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    local: NaiveDateTime,
    /// Minutes east of UTC.
    offset: Option<i16>,
}

/// How much of a [`Moment`] is meant and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    Date,
    Time,
    DateTime,
}

/// The day that XPath gives a time without a date, so that times of different zones can be compared.
const DAY_OF_TIMES: Option<NaiveDate> = NaiveDate::from_ymd_opt(1972, 12, 31);

impl Moment {
    /// A moment in UTC.
    pub(crate) fn utc(local: NaiveDateTime) -> Self {
        Self { local, offset: Some(0) }
    }

    pub(crate) fn parse(text: &str, precision: Precision) -> Option<Self> {
        let (body, offset) = split_zone(text)?;
        let local = match precision {
            Precision::Date => parse_date(body)?.and_time(NaiveTime::MIN),
            Precision::Time => {
                let (time, _next_day) = parse_time(body)?;
                DAY_OF_TIMES?.and_time(time)
            }
            Precision::DateTime => {
                let (date, time) = body.split_once('T')?;
                let (time, next_day) = parse_time(time)?;
                let date = parse_date(date)?;
                let date = if next_day { date.succ_opt()? } else { date };
                date.and_time(time)
            }
        };
        Some(Self { local, offset })
    }

    /// The same moment with only its date.
    pub(crate) fn date(self) -> Self {
        Self { local: self.local.date().and_time(NaiveTime::MIN), ..self }
    }

    /// The same moment with only its time.
    pub(crate) fn time(self) -> Option<Self> {
        Some(Self { local: DAY_OF_TIMES?.and_time(self.local.time()), ..self })
    }

    pub(crate) fn add(self, duration: TimeDelta) -> Option<Self> {
        Some(Self { local: self.local.checked_add_signed(duration)?, ..self })
    }

    pub(crate) fn add_months(self, months: i64) -> Option<Self> {
        let count = Months::new(u32::try_from(months.unsigned_abs()).ok()?);
        let local = if months < 0 {
            self.local.checked_sub_months(count)
        } else {
            self.local.checked_add_months(count)
        };
        Some(Self { local: local?, ..self })
    }

    /// The time of day in UTC's place: for ranges of times in one zone.
    pub(crate) fn with_zone_of(self, other: Self) -> Self {
        Self { offset: self.offset.or(other.offset), ..self }
    }

    pub(crate) fn seconds_since(self, other: Self) -> TimeDelta {
        self.instant() - other.instant()
    }

    fn instant(self) -> NaiveDateTime {
        let offset = TimeDelta::minutes(self.offset.unwrap_or(0).into());
        self.local.checked_sub_signed(offset).unwrap_or(self.local)
    }

    pub(crate) fn write(self, precision: Precision) -> String {
        let mut text = match precision {
            Precision::Date => self.local.format("%Y-%m-%d").to_string(),
            Precision::Time => self.local.format("%H:%M:%S").to_string(),
            Precision::DateTime => self.local.format("%Y-%m-%dT%H:%M:%S").to_string(),
        };
        if precision != Precision::Date && self.local.nanosecond() != 0 {
            let fraction = format!(".{:09}", self.local.nanosecond());
            text.push_str(fraction.trim_end_matches('0'));
        }
        match self.offset {
            None => {}
            Some(0) => text.push('Z'),
            Some(minutes) => {
                let sign = if minutes < 0 { '-' } else { '+' };
                let minutes = minutes.unsigned_abs();
                text.push_str(&format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60));
            }
        }
        text
    }
}

impl PartialEq for Moment {
    fn eq(&self, other: &Self) -> bool {
        self.instant() == other.instant()
    }
}

impl Eq for Moment {}

impl PartialOrd for Moment {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Moment {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant().cmp(&other.instant())
    }
}

/// Splits `Z`, `+02:00` or `-05:30` off the end.
fn split_zone(text: &str) -> Option<(&str, Option<i16>)> {
    if let Some(body) = text.strip_suffix('Z') {
        return Some((body, Some(0)));
    }
    let Some((body, zone)) = text.len().checked_sub(6).and_then(|at| text.split_at_checked(at)) else {
        return Some((text, None));
    };
    let (sign, digits) = match zone.as_bytes() {
        [b'+', ..] => (1, zone.get(1..)?),
        [b'-', _, _, b':', ..] => (-1, zone.get(1..)?),
        _ => return Some((text, None)),
    };
    let (hours, minutes) = digits.split_once(':')?;
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    let within = hours < 14 && minutes < 60 || hours == 14 && minutes == 0;
    let offset = sign * i16::try_from(hours * 60 + minutes).ok()?;
    within.then_some((body, Some(offset)))
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut parts = digits.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let year_is_well_formed = (year.len() == 4 || year.len() > 4 && !year.starts_with('0'))
        && year.len() <= 6
        && year.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !year_is_well_formed {
        return None;
    }
    NaiveDate::from_ymd_opt(sign * year.parse::<i32>().ok()?, two_digits(month)?, two_digits(day)?)
}

/// The time of day, and whether it was written as 24:00:00, the first moment of the next day.
fn parse_time(text: &str) -> Option<(NaiveTime, bool)> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let (second, fraction) = second.split_once('.').map_or((second, None), |(s, f)| (s, Some(f)));
    let nanos = fraction.map_or(Some(0), parse_fraction)?;
    let (hour, minute, second) = (two_digits(hour)?, two_digits(minute)?, two_digits(second)?);
    if parts.next().is_some() {
        return None;
    }
    if (hour, minute, second, nanos) == (24, 0, 0, 0) {
        return Some((NaiveTime::MIN, true));
    }
    Some((NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?, false))
}

fn two_digits(text: &str) -> Option<u32> {
    match text.as_bytes() {
        [a @ b'0'..=b'9', b @ b'0'..=b'9'] => Some(u32::from(a - b'0') * 10 + u32::from(b - b'0')),
        _ => None,
    }
}

/// Digits after the point as nanoseconds; what is finer is cut off.
fn parse_fraction(digits: &str) -> Option<u32> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nine = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(nine.fold(0, |nanos, digit| nanos * 10 + u32::from(digit - b'0')))
}

/// The number before each of the designators, which stand in this order.
fn fields<const N: usize>(mut text: &str, designators: [char; N]) -> Option<[Option<&str>; N]> {
    let mut found = [None; N];
    for (slot, designator) in found.iter_mut().zip(designators) {
        let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
        if let Some(rest) = text.get(end..).and_then(|rest| rest.strip_prefix(designator)) {
            *slot = Some(text.get(..end).filter(|number| !number.is_empty())?);
            text = rest;
        }
    }
    text.is_empty().then_some(found)
}

fn whole(number: Option<&str>) -> Option<i64> {
    number.map_or(Some(0), |digits| digits.parse().ok())
}

/// Parses `-P1DT2H3M4.5S`.
pub(crate) fn parse_day_time_duration(text: &str) -> Option<TimeDelta> {
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let body = body.strip_prefix('P').filter(|body| !body.is_empty())?;
    let (date, time) = match body.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (body, ""),
    };
    let [days] = fields(date, ['D'])?;
    let [hours, minutes, seconds] = fields(time, ['H', 'M', 'S'])?;
    let (seconds, nanos) = match seconds.and_then(|seconds| seconds.split_once('.')) {
        Some((whole_seconds, fraction)) => (Some(whole_seconds), parse_fraction(fraction)?),
        None => (seconds, 0),
    };
    let total = whole(days)?.checked_mul(86_400)?;
    let total = total.checked_add(whole(hours)?.checked_mul(3_600)?)?;
    let total = total.checked_add(whole(minutes)?.checked_mul(60)?)?;
    let total = total.checked_add(whole(seconds)?)?;
    let duration = TimeDelta::new(total, nanos)?;
    Some(if negative { -duration } else { duration })
}

/// Parses `-P1Y2M` into months.
pub(crate) fn parse_year_month_duration(text: &str) -> Option<i64> {
    let (sign, body) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let body = body.strip_prefix('P').filter(|body| !body.is_empty())?;
    let [years, months] = fields(body, ['Y', 'M'])?;
    let total = whole(years)?.checked_mul(12)?.checked_add(whole(months)?)?;
    Some(sign * total)
}

pub(crate) fn write_day_time_duration(duration: TimeDelta, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if duration < TimeDelta::zero() {
        f.write_str("-")?;
    }
    let duration = duration.abs();
    let (days, rest) = (duration.num_days(), duration.num_seconds() % 86_400);
    let (hours, minutes, seconds) = (rest / 3_600, rest / 60 % 60, rest % 60);
    let nanos = duration.subsec_nanos();
    f.write_str("P")?;
    if days != 0 {
        write!(f, "{days}D")?;
    }
    if days != 0 && rest == 0 && nanos == 0 {
        return Ok(());
    }
    f.write_str("T")?;
    if hours != 0 {
        write!(f, "{hours}H")?;
    }
    if minutes != 0 {
        write!(f, "{minutes}M")?;
    }
    if nanos != 0 {
        let fraction = format!("{nanos:09}");
        write!(f, "{seconds}.{}S", fraction.trim_end_matches('0'))
    } else if seconds != 0 || hours == 0 && minutes == 0 {
        write!(f, "{seconds}S")
    } else {
        Ok(())
    }
}

pub(crate) fn write_year_month_duration(months: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let sign = if months < 0 { "-" } else { "" };
    match (months.unsigned_abs() / 12, months.unsigned_abs() % 12) {
        (0, months) => write!(f, "{sign}P{months}M"),
        (years, 0) => write!(f, "{sign}P{years}Y"),
        (years, months) => write!(f, "{sign}P{years}Y{months}M"),
    }
}
