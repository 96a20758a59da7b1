//! When a subscription makes instances: days in Norway, without any clock.

use altinn_core::oslo;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Interval;

/// The most deadlines of one schedule.
const MAX_DEADLINES: usize = 1_000;

/// How many occasions are passed over that were over before the subscription was made.
const MAX_PASSED: u32 = 100_000;

/// When a subscription makes instances: one each occasion. Days are days in Norway: an instance is made when its day
/// begins there, and is due before the day after its last one begins.
///
/// ```
/// use altinn_services::submission::{Interval, Schedule};
///
/// // On the last day of every month, due ten days later.
/// let monthly = Schedule::Periodic {
///     first: "2027-01-31".parse()?,
///     every: Interval::months(1),
///     due_after: Some(Interval::days(10)),
///     until: None,
/// };
/// let february = monthly.occasion(1).ok_or("there is one")?;
/// assert_eq!(february.opens.to_string(), "2027-02-28");
/// assert_eq!(february.due_before().ok_or("it is due")?.to_string(), "2027-03-10 23:00:00 UTC");
/// assert_eq!(monthly.occasion(2).ok_or("there is one")?.opens.to_string(), "2027-03-31");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", deny_unknown_fields)]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema))]
pub enum Schedule {
    /// Once.
    #[serde(rename_all = "camelCase")]
    Once {
        /// The day on which the instance is made.
        opens: NaiveDate,
        /// The last day on which it may be sent in; none: at any time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<NaiveDate>,
    },
    /// Again and again, at one distance.
    #[serde(rename_all = "camelCase")]
    Periodic {
        /// The day of the first occasion. The others are counted from it, so that what begins on the 31st is on the last
        /// day of shorter months, and on the 31st again.
        first: NaiveDate,
        /// How far one occasion is from the next.
        #[cfg_attr(feature = "axum", schema(value_type = String, pattern = r"^P[0-9]{1,4}[YMWD]$"))]
        every: Interval,
        /// How far from its day the last day is on which an instance may be sent in; none: at any time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "axum", schema(value_type = Option<String>, pattern = r"^P[0-9]{1,4}[YMWD]$"))]
        due_after: Option<Interval>,
        /// The last day on which an instance is made; none: without an end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<NaiveDate>,
    },
    /// By deadlines: an instance is made some time before each.
    #[serde(rename_all = "camelCase")]
    Deadlines {
        /// The last days on which the instances may be sent in, the first one first.
        due: Vec<NaiveDate>,
        /// How far before its last day an instance is made.
        #[cfg_attr(feature = "axum", schema(value_type = String, pattern = r"^P[0-9]{1,4}[YMWD]$"))]
        opens_before: Interval,
    },
}

/// How often a service made without Studio is to be sent in, as its `service.toml` states it:
///
/// ```toml
/// [subscription]
/// every = "P1Y"
/// due-after = "P1M"
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct SubscriptionTerms {
    /// How far one occasion is from the next.
    pub every: Interval,
    /// How far from its day the last day is on which an instance may be sent in; none: at any time.
    #[serde(default)]
    pub due_after: Option<Interval>,
}

impl SubscriptionTerms {
    /// The schedule of a party whose first occasion is on a day.
    pub fn beginning(self, first: NaiveDate) -> Schedule {
        Schedule::Periodic { first, every: self.every, due_after: self.due_after, until: None }
    }
}

/// An occasion on which a subscription makes an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// The day on which the instance is made.
    pub opens: NaiveDate,
    /// The last day on which it may be sent in, if there is one.
    pub due: Option<NaiveDate>,
}

/// Why a schedule is not in order.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// A distance is not written as one.
    #[error("`{text}` is no distance such as `P1M`, `P2W` or `P10D`")]
    Interval {
        /// What was written.
        text: String,
    },
    /// The distance between two occasions is nothing.
    #[error("the distance between two occasions is nothing")]
    Empty,
    /// An instance would be due before it is made, or the schedule ends before it begins.
    #[error("the last day is before the first")]
    EndsBeforeItBegins,
    /// Deadlines are not one after the other, or there is none, or there are too many.
    #[error("there are 1 to {MAX_DEADLINES} deadlines, each after the one before it")]
    Deadlines,
    /// All of it is over.
    #[error("all of the schedule is over")]
    Over,
}

impl ScheduleError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Interval { .. } => "SCHEDULE-INTERVAL",
            Self::Empty => "SCHEDULE-EMPTY",
            Self::EndsBeforeItBegins => "SCHEDULE-ENDS-BEFORE-IT-BEGINS",
            Self::Deadlines => "SCHEDULE-DEADLINES",
            Self::Over => "SCHEDULE-OVER",
        }
    }
}

impl Schedule {
    /// An occasion by its number, from 0; none when there are no more.
    pub fn occasion(&self, number: u32) -> Option<Occasion> {
        match self {
            Self::Once { opens, due } => (number == 0).then_some(Occasion { opens: *opens, due: *due }),
            Self::Periodic { first, every, due_after, until } => {
                let opens = every.after(*first, number)?;
                let due = due_after.and_then(|after| after.after(opens, 1));
                let is_in_time = until.is_none_or(|until| opens <= until);
                is_in_time.then_some(Occasion { opens, due })
            }
            Self::Deadlines { due, opens_before } => {
                let due = *due.get(usize::try_from(number).ok()?)?;
                Some(Occasion { opens: opens_before.before(due)?, due: Some(due) })
            }
        }
    }

    /// The number of the first occasion that is not over on a day, and opens after another day, where one is given.
    pub(super) fn next(&self, today: NaiveDate, after: Option<NaiveDate>) -> Option<u32> {
        let all = (0..MAX_PASSED).map_while(|number| Some((number, self.occasion(number)?)));
        let mut to_come = all.filter(|(_, occasion)| {
            occasion.due.unwrap_or(occasion.opens) >= today
                && after.is_none_or(|after| occasion.opens > after)
        });
        to_come.next().map(|(number, _)| number)
    }

    /// Refuses a schedule that makes no sense.
    pub(super) fn check(&self) -> Result<(), ScheduleError> {
        let is_in_order = match self {
            Self::Once { opens, due } => due.is_none_or(|due| due >= *opens),
            Self::Periodic { every, .. } if every.is_empty() => return Err(ScheduleError::Empty),
            Self::Periodic { first, until, .. } => until.is_none_or(|until| until >= *first),
            Self::Deadlines { due, .. } => {
                let is_ascending = due.is_sorted_by(|one, next| one < next);
                if due.is_empty() || due.len() > MAX_DEADLINES || !is_ascending {
                    return Err(ScheduleError::Deadlines);
                }
                true
            }
        };
        if is_in_order { Ok(()) } else { Err(ScheduleError::EndsBeforeItBegins) }
    }
}

impl Occasion {
    /// When the instance is made: when its day begins in Norway.
    pub fn opens_at(&self) -> DateTime<Utc> {
        oslo::utc(self.opens.and_time(NaiveTime::MIN))
    }

    /// The instance's `dueBefore`: when the day after its last one begins in Norway.
    pub fn due_before(&self) -> Option<DateTime<Utc>> {
        let after = self.due?.checked_add_days(Days::new(1))?;
        Some(oslo::utc(after.and_time(NaiveTime::MIN)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn opens(schedule: &Schedule, count: u32) -> Vec<String> {
        (0..count).map_while(|number| Some(schedule.occasion(number)?.opens.to_string())).collect()
    }

    #[test]
    fn months_of_unequal_length_do_not_move_the_day_for_good() {
        let first = day("2027-12-31");
        let monthly = Schedule::Periodic {
            first,
            every: Interval::months(1),
            due_after: None,
            until: Some(day("2028-04-30")),
        };
        assert_eq!(
            opens(&monthly, 99),
            ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]
        );
        let yearly = Schedule::Periodic {
            first: day("2028-02-29"),
            every: "P1Y".parse().unwrap(),
            due_after: None,
            until: None,
        };
        assert_eq!(opens(&yearly, 5), ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]);
    }

    #[test]
    fn days_begin_in_norway_on_both_sides_of_summer_time() {
        let of = |opens: &str, due: &str| {
            let occasion = Occasion { opens: day(opens), due: Some(day(due)) };
            (occasion.opens_at().to_rfc3339(), occasion.due_before().unwrap().to_rfc3339())
        };
        // Summer time begins on 28 March 2027 and ends on 31 October.
        let spring = of("2027-03-28", "2027-03-28");
        assert_eq!(spring, ("2027-03-27T23:00:00+00:00".to_owned(), "2027-03-28T22:00:00+00:00".to_owned()));
        let autumn = of("2027-10-31", "2027-10-31");
        assert_eq!(autumn, ("2027-10-30T22:00:00+00:00".to_owned(), "2027-10-31T23:00:00+00:00".to_owned()));
    }

    #[test]
    fn deadlines_open_some_time_before_each() {
        let due = vec![day("2027-03-31"), day("2027-05-31")];
        let schedule = Schedule::Deadlines { due, opens_before: Interval::months(1) };
        assert_eq!(opens(&schedule, 9), ["2027-02-28", "2027-04-30"]);
        // In the middle of the first, it is the first; after its last day, the second; in the end, none.
        assert_eq!(schedule.next(day("2027-03-31"), None), Some(0));
        assert_eq!(schedule.next(day("2027-04-01"), None), Some(1));
        assert_eq!(schedule.next(day("2027-03-31"), Some(day("2027-02-28"))), Some(1));
        assert_eq!(schedule.next(day("2027-06-01"), None), None);
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_says_why() {
        let (one, two) = (day("2027-01-01"), day("2027-01-02"));
        let every = |every| Schedule::Periodic { first: two, every, due_after: None, until: Some(one) };
        let deadlines = |due| Schedule::Deadlines { due, opens_before: Interval::days(1) };
        for (schedule, code) in [
            (Schedule::Once { opens: two, due: Some(one) }, "SCHEDULE-ENDS-BEFORE-IT-BEGINS"),
            (every(Interval::days(1)), "SCHEDULE-ENDS-BEFORE-IT-BEGINS"),
            (every(Interval::days(0)), "SCHEDULE-EMPTY"),
            (deadlines(vec![]), "SCHEDULE-DEADLINES"),
            (deadlines(vec![two, two]), "SCHEDULE-DEADLINES"),
        ] {
            assert_eq!(schedule.check().unwrap_err().code(), code);
        }
        for text in ["", "P", "PM", "1M", "P-1M", "P1H", "P9999Y", "P1M1D", "P٣M", "Pé"] {
            assert_eq!(text.parse::<Interval>().unwrap_err().code(), "SCHEDULE-INTERVAL", "{text}");
        }
    }
}
