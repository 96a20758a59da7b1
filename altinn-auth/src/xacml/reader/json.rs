//! JSON, asked for what must be there: names of properties are read in any case, and `null` is as if it were not there.

use serde_json::{Map, Value as Json};

use super::super::error::{Position, XacmlError, XacmlFault};
use super::element::shortened;

pub(super) type Read<T> = Result<T, XacmlFault>;

/// A text as JSON.
pub(super) fn parse(text: &str) -> Result<Json, XacmlError> {
    serde_json::from_str(text).map_err(|error| {
        let place = |number: usize| u32::try_from(number.max(1)).unwrap_or(u32::MAX);
        let position = Position { line: place(error.line()), column: place(error.column()) };
        XacmlError { position, fault: XacmlFault::NotJson(not_json(&error)) }
    })
}

/// What is wrong with the JSON, without its place, which is told apart, and without what stands there, which may be
/// personal.
fn not_json(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Eof => "it ends too early".to_owned(),
        _ => "a sign that may not stand here".to_owned(),
    }
}

/// A property in whatever case it is written; nothing when it is `null`.
pub(super) fn field<'a>(object: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    let spelled = object.get(name).or_else(|| {
        object.iter().find(|(property, _)| property.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    });
    spelled.filter(|value| !value.is_null())
}

pub(super) fn text_field<'a>(object: &'a Map<String, Json>, name: &'static str) -> Read<Option<&'a str>> {
    match field(object, name) {
        None => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or_else(|| invalid(name, "a text")),
    }
}

pub(super) fn flag(object: &Map<String, Json>, name: &'static str) -> Read<bool> {
    match field(object, name) {
        None => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| invalid(name, "`true` or `false`")),
    }
}

/// The elements of a list; a single one may stand without one, and `null` is none.
pub(super) fn elements(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(elements) => elements.iter().collect(),
        Json::Null => Vec::new(),
        single => vec![single],
    }
}

pub(super) fn object<'a>(value: &'a Json, expected: &'static str) -> Read<&'a Map<String, Json>> {
    value.as_object().ok_or_else(|| invalid("the value", expected))
}

pub(super) fn missing(element: &'static str, missing: &'static str) -> XacmlFault {
    XacmlFault::Missing { element, missing }
}

pub(super) fn invalid(found: &str, expected: impl Into<String>) -> XacmlFault {
    XacmlFault::InvalidValue { found: shortened(found), expected: expected.into() }
}
