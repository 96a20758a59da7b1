//! Functions over text (XACML 3.0, A.3.3, A.3.9 and A.3.14).

use super::super::Value;
use super::super::pattern::Pattern;
use super::super::status::Fault;
use super::{Computed, wrong_type};

pub(super) fn normalize_space(text: &Value) -> Computed {
    Ok(Value::from(str(text)?.trim_matches([' ', '\t', '\r', '\n'])))
}

pub(super) fn normalize_to_lower_case(text: &Value) -> Computed {
    Ok(Value::from(str(text)?.to_lowercase()))
}

pub(super) fn to_string(value: &Value) -> Computed {
    Ok(Value::from(value.to_string()))
}

/// The texts one after the other; a URI when the first is one.
pub(super) fn concatenate(first: &Value, next: &Value) -> Computed {
    let (a, b) = (str(first)?, str(next)?);
    if a.len() + b.len() > MAX_TEXT {
        return Err(Fault::processing("a text grows too long"));
    }
    let joined = format!("{a}{b}");
    Ok(match first {
        Value::AnyUri(_) => Value::AnyUri(joined.into()),
        _ => Value::from(joined),
    })
}

/// The longest text that concatenation makes, in bytes.
const MAX_TEXT: usize = 1024 * 1024;

pub(super) fn starts_with(start: &Value, text: &Value) -> Computed {
    Ok(Value::Boolean(str(text)?.starts_with(str(start)?)))
}

pub(super) fn ends_with(end: &Value, text: &Value) -> Computed {
    Ok(Value::Boolean(str(text)?.ends_with(str(end)?)))
}

pub(super) fn contains(part: &Value, text: &Value) -> Computed {
    Ok(Value::Boolean(str(text)?.contains(str(part)?)))
}

/// The characters from one position to before another; -1 is the end.
pub(super) fn substring(text: &Value, from: &Value, to: &Value) -> Computed {
    let outside = || Fault::processing("a part of a text lies outside of it");
    let text = str(text)?;
    let length = text.chars().count();
    let position = |value: &Value| match value.as_integer() {
        Some(-1) => Some(length),
        Some(number) => usize::try_from(number).ok().filter(|position| *position <= length),
        None => None,
    };
    let (from_number, to) = (from.as_integer(), position(to).ok_or_else(outside)?);
    let from = from_number.filter(|number| *number >= 0).and(position(from)).ok_or_else(outside)?;
    let count = to.checked_sub(from).ok_or_else(outside)?;
    Ok(Value::from(text.chars().skip(from).take(count).collect::<String>()))
}

/// Whether the first distinguished name is the end of the second.
pub(super) fn x500_name_match(end: &Value, name: &Value) -> Computed {
    match (end, name) {
        (Value::X500Name(end), Value::X500Name(name)) => Ok(Value::Boolean(end.is_end_of(name))),
        _ => Err(wrong_type("two distinguished names")),
    }
}

pub(super) fn rfc822_name_match(pattern: &Value, address: &Value) -> Computed {
    match (pattern, address) {
        (Value::String(pattern), Value::Rfc822Name(address)) => {
            Ok(Value::Boolean(address.is_covered_by(pattern)))
        }
        _ => Err(wrong_type("a string and a mail address")),
    }
}

/// Whether a part of the value's text is in the language of a regular expression (XACML 3.0, A.3.13).
pub(super) fn matches(pattern: &Value, value: &Value) -> Computed {
    let pattern = Pattern::compile(str(pattern)?)
        .map_err(|error| Fault::processing(format!("expected {}", error.reason())))?;
    Ok(Value::Boolean(pattern_matches(&pattern, value)))
}

pub(crate) fn pattern_matches(pattern: &Pattern, value: &Value) -> bool {
    match value.as_text() {
        Some(text) => pattern.matches(text),
        None => pattern.matches(&value.to_string()),
    }
}

fn str(value: &Value) -> Result<&str, Fault> {
    value.as_text().ok_or_else(|| wrong_type("a string"))
}
