//! Equality and order (XACML 3.0, A.3.1, A.3.6 and A.3.8).

use std::cmp::Ordering;

use super::super::Value;
use super::super::small_letters::equal_in_small;
use super::super::status::Fault;
use super::{Computed, wrong_type};

pub(super) fn equal(a: &Value, b: &Value) -> Computed {
    Ok(Value::Boolean(a == b))
}

pub(super) fn equal_ignore_case(a: &Value, b: &Value) -> Computed {
    match (a.as_text(), b.as_text()) {
        (Some(a), Some(b)) => Ok(Value::Boolean(equal_in_small(a, b))),
        _ => Err(wrong_type("two strings")),
    }
}

pub(super) fn greater_than(a: &Value, b: &Value) -> Computed {
    order(a, b).map(|order| Value::Boolean(order == Some(Ordering::Greater)))
}

pub(super) fn greater_than_or_equal(a: &Value, b: &Value) -> Computed {
    order(a, b).map(|order| Value::Boolean(order.is_some_and(Ordering::is_ge)))
}

pub(super) fn less_than(a: &Value, b: &Value) -> Computed {
    order(a, b).map(|order| Value::Boolean(order == Some(Ordering::Less)))
}

pub(super) fn less_than_or_equal(a: &Value, b: &Value) -> Computed {
    order(a, b).map(|order| Value::Boolean(order.is_some_and(Ordering::is_le)))
}

/// The order of two values of one type; none when one is not a number.
fn order(a: &Value, b: &Value) -> Result<Option<Ordering>, Fault> {
    match (a, b) {
        (Value::String(a), Value::String(b)) => Ok(Some(a.cmp(b))),
        (Value::Integer(a), Value::Integer(b)) => Ok(Some(a.cmp(b))),
        (Value::Double(a), Value::Double(b)) => Ok(a.partial_cmp(b)),
        (Value::Time(a), Value::Time(b))
        | (Value::Date(a), Value::Date(b))
        | (Value::DateTime(a), Value::DateTime(b)) => Ok(Some(a.cmp(b))),
        _ => Err(wrong_type("two values that have an order")),
    }
}
