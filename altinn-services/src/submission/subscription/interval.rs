//! Distances in the calendar: so many months, weeks or days.

use std::fmt;
use std::str::FromStr;

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::ScheduleError;

/// The longest distance: a hundred years, in months and in days.
const MAX_MONTHS: u32 = 1_200;
const MAX_DAYS: u32 = 36_600;

/// A distance in the calendar, in whole months or whole days, written as ISO 8601 has it: `P1M`, `P3M`, `P1Y`, `P2W`,
/// `P10D`.
///
/// ```
/// use altinn_services::submission::Interval;
///
/// let month: Interval = "P1M".parse()?;
/// assert_eq!(month, Interval::months(1));
/// assert_eq!("P2W".parse::<Interval>()?, Interval::days(14));
/// assert!("P1M10D".parse::<Interval>().is_err());
/// # Ok::<(), altinn_services::submission::ScheduleError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Interval {
    unit: Unit,
    count: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Months,
    Days,
}

impl Interval {
    /// So many months. The day of the month stays, or is the last one where a month is shorter.
    pub const fn months(count: u32) -> Self {
        Self { unit: Unit::Months, count }
    }

    /// So many days.
    pub const fn days(count: u32) -> Self {
        Self { unit: Unit::Days, count }
    }

    /// Whether it leads nowhere.
    pub(super) fn is_empty(self) -> bool {
        self.count == 0
    }

    /// The day that is so many times this far after another; none after the end of the calendar.
    pub(super) fn after(self, day: NaiveDate, times: u32) -> Option<NaiveDate> {
        let count = self.count.checked_mul(times)?;
        match self.unit {
            Unit::Months => day.checked_add_months(Months::new(count)),
            Unit::Days => day.checked_add_days(Days::new(count.into())),
        }
    }

    /// The day that is this far before another.
    pub(super) fn before(self, day: NaiveDate) -> Option<NaiveDate> {
        match self.unit {
            Unit::Months => day.checked_sub_months(Months::new(self.count)),
            Unit::Days => day.checked_sub_days(Days::new(self.count.into())),
        }
    }
}

impl FromStr for Interval {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let wrong = || ScheduleError::Interval { text: text.chars().take(40).collect() };
        let count_and_unit =
            text.strip_prefix('P').and_then(|rest| rest.split_at_checked(rest.len().checked_sub(1)?));
        let (count, unit) = count_and_unit.ok_or_else(wrong)?;
        if !count.bytes().all(|letter| letter.is_ascii_digit()) {
            return Err(wrong());
        }
        let count: u32 = count.parse().map_err(|_| wrong())?;
        let (unit, each, most) = match unit {
            "Y" => (Unit::Months, 12, MAX_MONTHS),
            "M" => (Unit::Months, 1, MAX_MONTHS),
            "W" => (Unit::Days, 7, MAX_DAYS),
            "D" => (Unit::Days, 1, MAX_DAYS),
            _ => return Err(wrong()),
        };
        let count = count.checked_mul(each).filter(|count| *count <= most).ok_or_else(wrong)?;
        Ok(Self { unit, count })
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit {
            Unit::Months => write!(f, "P{}M", self.count),
            Unit::Days => write!(f, "P{}D", self.count),
        }
    }
}

impl From<Interval> for String {
    fn from(interval: Interval) -> Self {
        interval.to_string()
    }
}

impl TryFrom<String> for Interval {
    type Error = ScheduleError;

    fn try_from(text: String) -> Result<Self, ScheduleError> {
        text.parse()
    }
}
