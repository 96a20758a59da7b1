//! Arithmetic, exact in decimals: a tenth and two tenths are three tenths.

use rust_decimal::Decimal;
use serde_json::Value;

use super::coerce;
use super::failure::{Failure, FailureKind};

/// How many decimals a number may be rounded to.
const MAX_DECIMALS: f64 = 100.0;

/// The numbers of a sum or another calculation; null counts as 0.
pub(super) fn terms<'v>(values: impl IntoIterator<Item = &'v Value>) -> Result<Vec<f64>, Failure> {
    values.into_iter().map(|value| Ok(coerce::number(value)?.unwrap_or(0.0))).collect()
}

pub(super) fn sum(terms: &[f64]) -> f64 {
    let exact = exactly(terms, Decimal::ZERO, Decimal::checked_add);
    exact.unwrap_or_else(|| terms.iter().sum())
}

pub(super) fn product(factors: &[f64]) -> f64 {
    let exact = exactly(factors, Decimal::ONE, Decimal::checked_mul);
    exact.unwrap_or_else(|| factors.iter().product())
}

pub(super) fn quotient(dividend: f64, divisor: f64) -> Result<f64, Failure> {
    if divisor == 0.0 {
        let message = "The second argument is 0, cannot divide by 0";
        return Err(Failure::new(FailureKind::DivisionByZero, message));
    }
    let exact = decimal(dividend).zip(decimal(divisor)).and_then(|(first, second)| first.checked_div(second));
    Ok(exact.map_or(dividend / divisor, float))
}

/// The average of a list's numbers, or `when_empty`.
pub(super) fn average(list: &Value, when_empty: &Value) -> Result<Value, Failure> {
    let when_empty = coerce::number(when_empty)?;
    let Value::Array(items) = list else {
        let message = format!("Expected argument to be list, got {}", kind_of(list));
        return Err(Failure::new(FailureKind::ExpectedList, message));
    };
    if items.is_empty() {
        return when_empty.map_or(Ok(Value::Null), coerce::computed);
    }
    let terms = terms(items)?;
    #[allow(clippy::cast_precision_loss, reason = "a list is shorter than 2^53")]
    let count = terms.len() as f64;
    let total = exact_sum(&terms).zip(decimal(count)).and_then(|(sum, count)| sum.checked_div(count));
    coerce::computed(total.map_or_else(|| terms.iter().sum::<f64>() / count, float))
}

/// A number as text with so many decimals, halves away from zero.
pub(super) fn round(number: &Value, decimals: &Value) -> Result<String, Failure> {
    let number = coerce::number(number)?.unwrap_or(0.0);
    let decimals = coerce::number(decimals)?.unwrap_or(0.0);
    if !(0.0..=MAX_DECIMALS).contains(&decimals) {
        let message = "The number of decimals must be between 0 and 100";
        return Err(Failure::new(FailureKind::OutOfRange, message));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
    let decimals = decimals as usize;
    let rounded =
        format!("{:.decimals$}", if is_half(number, decimals) { away_from_zero(number) } else { number });
    let is_zero = rounded.bytes().all(|byte| matches!(byte, b'-' | b'0' | b'.'));
    Ok(if is_zero { rounded.trim_start_matches('-').to_owned() } else { rounded })
}

/// Whether a number lies exactly between two numbers of so many decimals. Such a number is a whole one times a power
/// of a half, so doubling it so often shows it.
fn is_half(number: f64, decimals: usize) -> bool {
    let power = i32::try_from(decimals + 1).unwrap_or(i32::MAX);
    (number * 2_f64.powi(power)).fract() == 0.0 && format!("{number:.*}", decimals + 1).ends_with('5')
}

fn away_from_zero(number: f64) -> f64 {
    if number < 0.0 { number.next_down() } else { number.next_up() }
}

fn exact_sum(terms: &[f64]) -> Option<Decimal> {
    terms.iter().try_fold(Decimal::ZERO, |sum, term| sum.checked_add(decimal(*term)?))
}

/// A calculation in decimals; none when a number has too many digits for it.
fn exactly(terms: &[f64], start: Decimal, calculate: fn(Decimal, Decimal) -> Option<Decimal>) -> Option<f64> {
    terms.iter().try_fold(start, |result, term| calculate(result, decimal(*term)?)).map(float)
}

/// A number with exactly the decimals that it is written with.
fn decimal(number: f64) -> Option<Decimal> {
    Decimal::from_str_exact(&number.to_string()).ok()
}

fn float(decimal: Decimal) -> f64 {
    decimal.to_string().parse().unwrap_or_default()
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn decimals_are_exact() {
        assert_eq!(sum(&[0.1, 0.2]), 0.3);
        assert_eq!(product(&[-5.55, 6.66]), -36.963);
        assert_eq!(quotient(1e-8, 1e-4), Ok(1e-4));
        assert_eq!(sum(&[1e300, 1e300]), 2e300);
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        let round = |number: f64, decimals: u32| round(&json!(number), &json!(decimals)).unwrap();
        for (number, decimals, text) in [
            (2.5, 0, "3"),
            (3.5, 0, "4"),
            (-2.5, 0, "-3"),
            (0.125, 2, "0.13"),
            (1.005, 2, "1.00"),
            (-0.4, 0, "0"),
        ] {
            assert_eq!(round(number, decimals), text);
        }
    }
}
