//! Arithmetic and ranges of dates and times (XACML 3.0, A.3.7 and A.3.8).

use chrono::TimeDelta;

use super::super::Value;
use super::super::status::Fault;
use super::super::temporal::Moment;
use super::{Computed, wrong_type};

pub(super) fn add(moment: &Value, duration: &Value) -> Computed {
    shift(moment, duration, false)
}

pub(super) fn subtract(moment: &Value, duration: &Value) -> Computed {
    shift(moment, duration, true)
}

fn shift(moment: &Value, duration: &Value, back: bool) -> Computed {
    let shifted = |moment: Moment| match duration {
        Value::DayTimeDuration(by) => Ok(moment.add(if back { -*by } else { *by })),
        Value::YearMonthDuration(by) => Ok(moment.add_months(if back { -*by } else { *by })),
        _ => Err(wrong_type("a duration")),
    };
    match moment {
        Value::DateTime(moment) => Ok(shifted(*moment)?.map(Value::DateTime)),
        Value::Date(moment) => Ok(shifted(*moment)?.map(Value::Date)),
        _ => Err(wrong_type("a date")),
    }?
    .ok_or_else(|| Fault::processing("a date lies outside of the calendar"))
}

/// Whether a time lies in a range, bounds included, that may pass midnight; a bound without a zone is in the zone
/// of the time.
pub(super) fn time_in_range(time: &Value, from: &Value, to: &Value) -> Computed {
    let (Value::Time(time), Value::Time(from), Value::Time(to)) = (time, from, to) else {
        return Err(wrong_type("three times"));
    };
    let after_start = |moment: Moment| {
        let day = TimeDelta::days(1).num_seconds();
        let since = moment.seconds_since(from.with_zone_of(*time));
        let nanos = since.subsec_nanos();
        (since.num_seconds().rem_euclid(day), nanos)
    };
    Ok(Value::Boolean(after_start(*time) <= after_start(to.with_zone_of(*time))))
}
