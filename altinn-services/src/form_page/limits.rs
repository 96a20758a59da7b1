//! How early and how late a date or a time of day may be.
//!
//! Source: Altinn's documentation of the date picker (`minDate`, `maxDate`: a day, an expression, or one of the words
//! `today`, `yesterday`, `tomorrow`, `oneYearAgo` and `oneYearFromNow`) and of the time picker (`minTime`, `maxTime`).

use altinn_core::{Text, oslo};
use chrono::{DateTime, Months, NaiveDate, NaiveTime};
use serde_json::Value;

use super::kind::Kind;
use super::model::{Control, Field, Written};
use super::resolve::{At, Resolver};
use super::shapes::wrong_geometry;
use super::time_of_day::{TimeOfDay, time_in};
use crate::expression::Expression;
use crate::form::{Issue, IssueCode, wording};

/// The first and the last that a field takes, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limits {
    /// Of a date.
    Days {
        /// The first day.
        first: NaiveDate,
        /// The last day.
        last: NaiveDate,
    },
    /// Of a time of day.
    Times {
        /// The first time.
        first: NaiveTime,
        /// The last time.
        last: NaiveTime,
    },
}

/// The days between which a date is where a layout says nothing, as in Altinn's front end.
const USUAL_DAYS: (NaiveDate, NaiveDate) = (new_year(1900), new_year(2100));

const fn new_year(year: i32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, 1, 1) {
        Some(day) => day,
        None => NaiveDate::MAX,
    }
}

impl Resolver<'_, '_> {
    /// The limits of a date or a time of day, as its component states them.
    pub(super) fn limits(&self, kind: Kind, at: At<'_>) -> Option<Limits> {
        match kind {
            Kind::Date => {
                let day = |name: &str| self.day(&self.stated(at, name)?);
                let (first, last) = USUAL_DAYS;
                Some(Limits::Days {
                    first: day("minDate").unwrap_or(first),
                    last: day("maxDate").unwrap_or(last),
                })
            }
            Kind::Time => {
                let time = |name: &str| time_in(&self.stated(at, name)?);
                let (first, last) = (time("minTime"), time("maxTime"));
                let end_of_day = NaiveTime::MIN.overflowing_sub_signed(chrono::TimeDelta::seconds(1)).0;
                (first.is_some() || last.is_some()).then(|| Limits::Times {
                    first: first.unwrap_or(NaiveTime::MIN),
                    last: last.unwrap_or(end_of_day),
                })
            }
            _ => None,
        }
    }

    /// A property that is a text, or an expression that comes to one.
    fn stated(&self, at: At<'_>, name: &str) -> Option<String> {
        let stated = Expression::from_json(self.property(at, name)?).ok()?;
        match self.evaluator.evaluate(&stated, &at.scope()) {
            Ok(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The day that a limit names. A word for a day names none where nobody has said what day it is.
    fn day(&self, limit: &str) -> Option<NaiveDate> {
        let today = self.view.today;
        match limit {
            "today" => today,
            "yesterday" => today?.pred_opt(),
            "tomorrow" => today?.succ_opt(),
            "oneYearAgo" => today?.checked_sub_months(Months::new(12)),
            "oneYearFromNow" => today?.checked_add_months(Months::new(12)),
            day => match DateTime::parse_from_rfc3339(day) {
                Ok(moment) => Some(oslo::local(moment.to_utc()).date()),
                Err(_) => day_in(day),
            },
        }
    }
}

impl Field {
    /// What is wrong with a date, a time of day or a geometry that somebody has filled in: it is none, or outside of its limits.
    pub(super) fn outside_limits(&self) -> Option<Issue> {
        let text = self.value.as_str().filter(|text| !text.is_empty() && !self.read_only)?;
        let pointer = self.pointer.clone()?;
        let (code, detail) = match (self.control, self.written) {
            (Control::Date, _) => self.day_outside(text)?,
            (Control::Time, Written::Time(written)) => self.time_outside(text, written)?,
            (_, Written::Geometry(format)) => return wrong_geometry(text, format, pointer),
            _ => return None,
        };
        Some(Issue::error(code, pointer, detail))
    }

    fn day_outside(&self, text: &str) -> Option<(IssueCode, Text)> {
        let Some(day) = day_in(text) else { return Some((IssueCode::Format, wording::not_a_date())) };
        let Some(Limits::Days { first, last }) = self.limits else { return None };
        let of = |limit: NaiveDate| move |language| oslo::day_in_words(limit, language);
        if day < first {
            Some((IssueCode::TooEarly, wording::date_too_early(of(first))))
        } else if day > last {
            Some((IssueCode::TooLate, wording::date_too_late(of(last))))
        } else {
            None
        }
    }

    fn time_outside(&self, text: &str, written: TimeOfDay) -> Option<(IssueCode, Text)> {
        let Some(time) = time_in(text) else { return Some((IssueCode::Format, wording::not_a_time())) };
        let Some(Limits::Times { first, last }) = self.limits else { return None };
        if time < first {
            Some((IssueCode::TooEarly, wording::time_too_early(&written.shown(first))))
        } else if time > last {
            Some((IssueCode::TooLate, wording::time_too_late(&written.shown(last))))
        } else {
            None
        }
    }
}

/// The day that a date begins with, whether a time of day follows or not.
pub(super) fn day_in(text: &str) -> Option<NaiveDate> {
    text.get(..10)?.parse().ok()
}
