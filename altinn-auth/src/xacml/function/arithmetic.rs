//! Arithmetic, and conversion between numbers (XACML 3.0, A.3.2 and A.3.4).

use super::super::Value;
use super::super::status::Fault;
use super::{Computed, wrong_type};

macro_rules! arithmetic {
    ($($name:ident: $integer:expr, $double:expr;)*) => {$(
        pub(super) fn $name(a: &Value, b: &Value) -> Computed {
            let integer: fn(i64, i64) -> Option<i64> = $integer;
            let double: fn(f64, f64) -> f64 = $double;
            match (a, b) {
                (Value::Integer(a), Value::Integer(b)) => integer(*a, *b)
                    .map(Value::Integer)
                    .ok_or_else(|| Fault::processing("a number is too large, or divided by zero")),
                (Value::Double(a), Value::Double(b)) => Ok(Value::Double(double(*a, *b))),
                _ => Err(wrong_type("two numbers of one type")),
            }
        }
    )*};
}

arithmetic! {
    add: i64::checked_add, |a, b| a + b;
    subtract: i64::checked_sub, |a, b| a - b;
    multiply: i64::checked_mul, |a, b| a * b;
    modulo: i64::checked_rem, |a, b| a % b;
}

pub(super) fn divide(a: &Value, b: &Value) -> Computed {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => a.checked_div(*b).map(Value::Integer),
        (Value::Double(a), Value::Double(b)) => (*b != 0.0).then_some(Value::Double(a / b)),
        _ => return Err(wrong_type("two numbers of one type")),
    }
    .ok_or_else(|| Fault::processing("a number is divided by zero"))
}

pub(super) fn abs(a: &Value) -> Computed {
    match a {
        Value::Integer(a) => {
            a.checked_abs().map(Value::Integer).ok_or_else(|| Fault::processing("a number is too large"))
        }
        Value::Double(a) => Ok(Value::Double(a.abs())),
        _ => Err(wrong_type("a number")),
    }
}

/// To the nearest whole number; of two as near, the even one, as IEEE 754 rounds.
pub(super) fn round(a: &Value) -> Computed {
    double(a).map(|a| Value::Double(a.round_ties_even()))
}

pub(super) fn floor(a: &Value) -> Computed {
    double(a).map(|a| Value::Double(a.floor()))
}

pub(super) fn to_double(a: &Value) -> Computed {
    match a {
        #[allow(clippy::cast_precision_loss, reason = "the standard converts to the nearest double")]
        Value::Integer(a) => Ok(Value::Double(*a as f64)),
        _ => Err(wrong_type("an integer")),
    }
}

pub(super) fn to_integer(a: &Value) -> Computed {
    let whole = double(a)?.trunc();
    // 2^63 as a double: every whole double below it fits.
    let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&whole);
    #[allow(clippy::cast_possible_truncation, reason = "the range was checked")]
    fits.then_some(Value::Integer(whole as i64)).ok_or_else(|| Fault::processing("a number is too large"))
}

fn double(a: &Value) -> Result<f64, Fault> {
    match a {
        Value::Double(a) => Ok(*a),
        _ => Err(wrong_type("a double")),
    }
}
