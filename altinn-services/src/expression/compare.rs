//! Comparisons: as texts, as numbers, and as dates.

use std::cmp::Ordering;

use serde_json::Value;

use super::coerce;
use super::date::Moment;
use super::failure::Failure;
use super::function::Function;

/// The operators of `compare`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equals,
    NotEquals,
    GreaterThan,
    GreaterThanEq,
    LessThan,
    LessThanEq,
    IsBefore,
    IsBeforeEq,
    IsAfter,
    IsAfterEq,
    IsSameDay,
}

impl Operator {
    /// The operator that `compare` is given by name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "equals" => Self::Equals,
            "greaterThan" => Self::GreaterThan,
            "greaterThanEq" => Self::GreaterThanEq,
            "lessThan" => Self::LessThan,
            "lessThanEq" => Self::LessThanEq,
            "isBefore" => Self::IsBefore,
            "isBeforeEq" => Self::IsBeforeEq,
            "isAfter" => Self::IsAfter,
            "isAfterEq" => Self::IsAfterEq,
            "isSameDay" => Self::IsSameDay,
            _ => return None,
        })
    }

    /// The operator of a function that compares two values.
    pub(super) fn of(function: Function) -> Option<Self> {
        Some(match function {
            Function::Equals => Self::Equals,
            Function::NotEquals => Self::NotEquals,
            Function::GreaterThan => Self::GreaterThan,
            Function::GreaterThanEq => Self::GreaterThanEq,
            Function::LessThan => Self::LessThan,
            Function::LessThanEq => Self::LessThanEq,
            _ => return None,
        })
    }

    pub(super) fn holds(self, first: &Value, second: &Value) -> Result<bool, Failure> {
        match self {
            Self::Equals => Ok(are_equal(first, second)),
            Self::NotEquals => Ok(!are_equal(first, second)),
            Self::GreaterThan => numbers(first, second, Ordering::is_gt),
            Self::GreaterThanEq => numbers(first, second, Ordering::is_ge),
            Self::LessThan => numbers(first, second, Ordering::is_lt),
            Self::LessThanEq => numbers(first, second, Ordering::is_le),
            Self::IsBefore => dates(first, second, Ordering::is_lt),
            Self::IsBeforeEq => dates(first, second, Ordering::is_le),
            Self::IsAfter => dates(first, second, Ordering::is_gt),
            Self::IsAfterEq => dates(first, second, Ordering::is_ge),
            Self::IsSameDay => match moments(first, second)? {
                Some((first, second)) => first.is_same_day(second),
                None => Ok(false),
            },
        }
    }
}

/// Whether two values are the same text, where null, true and false are those words in any case; lists and objects
/// are the same when what they hold is.
pub(super) fn are_equal(first: &Value, second: &Value) -> bool {
    match (first, second) {
        (Value::String(first), Value::String(second)) => {
            first == second || (first.eq_ignore_ascii_case(second) && word(first).is_some())
        }
        (Value::Array(_) | Value::Object(_), _) | (_, Value::Array(_) | Value::Object(_)) => first == second,
        _ => comparable(first) == comparable(second),
    }
}

fn comparable(value: &Value) -> Option<std::borrow::Cow<'_, str>> {
    let text = coerce::text(value).ok()??;
    match word(&text) {
        Some("null") => None,
        Some(word) => Some(word.into()),
        None => Some(text),
    }
}

/// The word that a text is in any case.
fn word(text: &str) -> Option<&'static str> {
    ["true", "false", "null"].into_iter().find(|word| text.eq_ignore_ascii_case(word))
}

/// Two numbers; nothing is larger or smaller than null.
fn numbers(first: &Value, second: &Value, holds: fn(Ordering) -> bool) -> Result<bool, Failure> {
    let (first, second) = (coerce::number(first)?, coerce::number(second)?);
    let order = first.zip(second).and_then(|(first, second)| first.partial_cmp(&second));
    Ok(order.is_some_and(holds))
}

fn dates(first: &Value, second: &Value, holds: fn(Ordering) -> bool) -> Result<bool, Failure> {
    match moments(first, second)? {
        Some((first, second)) => first.compare(second).map(holds),
        None => Ok(false),
    }
}

/// Two times; none when one of them is not filled in.
fn moments(first: &Value, second: &Value) -> Result<Option<(Moment, Moment)>, Failure> {
    let (first, second) = (moment(first)?, moment(second)?);
    Ok(first.zip(second))
}

/// A value as a time; none for null and for an empty text.
pub(super) fn moment(value: &Value) -> Result<Option<Moment>, Failure> {
    match coerce::text(value)? {
        Some(text) if !text.is_empty() => Moment::parse(&text).map(Some),
        _ => Ok(None),
    }
}
