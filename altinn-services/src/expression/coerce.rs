//! How values are read as other kinds of values.
//!
//! Source: Altinn's documentation of expressions, data types.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::failure::{Failure, FailureKind};

/// The largest whole number up to which every whole number is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value as true or false; null is false.
pub(super) fn boolean(value: &Value) -> Result<bool, Failure> {
    let read = match value {
        Value::Null => Some(false),
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => one_or_zero(number.as_f64()),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") || is_null(text) => Some(false),
        Value::String(text) => one_or_zero(decimal(text)),
        Value::Array(_) | Value::Object(_) => None,
    };
    read.ok_or_else(|| expected(FailureKind::ExpectedBoolean, "boolean", value))
}

fn one_or_zero(number: Option<f64>) -> Option<bool> {
    match number? {
        1.0 => Some(true),
        0.0 => Some(false),
        _ => None,
    }
}

/// A value as a number; none for null.
pub(super) fn number(value: &Value) -> Result<Option<f64>, Failure> {
    let read = match value {
        Value::Null => return Ok(None),
        Value::String(text) if is_null(text) => return Ok(None),
        Value::Number(number) => number.as_f64(),
        Value::String(text) => decimal(text),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    read.map(Some).ok_or_else(|| expected(FailureKind::ExpectedNumber, "number", value))
}

/// A value as text; none for null.
pub(super) fn text(value: &Value) -> Result<Option<Cow<'_, str>>, Failure> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(Cow::Borrowed(if *flag { "true" } else { "false" }))),
        Value::Number(number) => Ok(Some(Cow::Owned(number_text(number)))),
        Value::String(text) => Ok(Some(Cow::Borrowed(text))),
        Value::Array(_) | Value::Object(_) => Err(expected(FailureKind::ExpectedText, "string", value)),
    }
}

/// A number that was computed, as a value.
pub(super) fn computed(number: f64) -> Result<Value, Failure> {
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[allow(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
        return Ok(Value::from(number as i64));
    }
    let out_of_range = || Failure::new(FailureKind::OutOfRange, "The result is out of range");
    Number::from_f64(number).map(Value::Number).ok_or_else(out_of_range)
}

/// A number as text, without an exponent, and without decimals where it is whole.
pub(super) fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float.to_string(),
        _ => number.to_string(),
    }
}

/// The failure of a value that is not of the kind that is expected.
pub(super) fn expected(kind: FailureKind, name: &str, value: &Value) -> Failure {
    Failure::new(kind, format!("Expected {name}, got value {}", shown(value)))
}

/// A value as it is shown in a failure, shortened.
fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => number_text(number),
        Value::String(text) => format!("\"{}\"", text.chars().take(200).collect::<String>()),
        Value::Array(_) => "list".to_owned(),
        Value::Object(_) => "object".to_owned(),
        plain => plain.to_string(),
    }
}

fn is_null(text: &str) -> bool {
    text.eq_ignore_ascii_case("null")
}

/// A decimal number as text: a sign, digits with or without a decimal part, and an exponent.
pub(super) fn decimal(text: &str) -> Option<f64> {
    is_decimal(text).then(|| text.parse().ok()).flatten().filter(|number: &f64| number.is_finite())
}

/// Whether a text is such a number: `5`, `-5.5`, `.5`, `+5E-2`, and not `5.`, `e2` or ` 5`.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (coefficient, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((coefficient, exponent)) => (coefficient, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let coefficient = match coefficient.split_once('.') {
        Some((whole, decimals)) => (whole.is_empty() || digits(whole)) && digits(decimals),
        None => digits(coefficient),
    };
    let exponent = exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
    coefficient && exponent
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_in_a_text_is_one_only_when_the_whole_text_is() {
        for (text, number) in [("5", 5.0), ("-5.50", -5.5), (".5e2", 50.0), ("+5E-2", 0.05), ("0e0", 0.0)] {
            assert_eq!(decimal(text), Some(number), "{text}");
        }
        for text in ["", "-", "5.", "5e", "e2", "5-E2", "1.2.3", " 5", "5 ", "1,5", "1e400", "inf", "NaN"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn a_computed_whole_number_has_no_decimals() {
        assert_eq!(computed(30.0), Ok(json!(30)));
        assert_eq!(computed(0.5), Ok(json!(0.5)));
        assert_eq!(number_text(&Number::from_f64(30.0).unwrap()), "30");
        assert!(computed(f64::INFINITY).is_err());
    }
}
