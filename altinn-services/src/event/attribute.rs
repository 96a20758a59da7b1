//! What an attribute of an event may be called, and hold (CloudEvents 1.0.2, sections 2 and 3).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde_json::Value;

use super::error::EventError;

/// The most characters of a name; the standard asks for 20 at the most, others' events have longer ones.
const NAME: usize = 64;

/// Checks an attribute, or one of the members `data` and `data_base64`.
pub(super) fn check(name: &str, value: &Value) -> Result<(), EventError> {
    let wrong = |why| Err(EventError::Attribute { name: name.to_owned(), why });
    match (name, value) {
        ("data", _) => Ok(()),
        ("data_base64", Value::String(text)) if STANDARD.decode(text).is_ok() => Ok(()),
        ("data_base64", _) => wrong("it is not base64"),
        _ if !is_name(name) => Err(EventError::Name(name.chars().take(NAME).collect())),
        ("specversion", Value::String(version)) if version == "1.0" => Ok(()),
        ("specversion", _) => wrong("it is not `1.0`"),
        (_, Value::String(text)) if text.chars().any(char::is_control) => wrong("it has control characters"),
        ("id" | "source" | "type" | "subject" | "dataschema" | "datacontenttype", Value::String(text)) => {
            check_text(name, text).or_else(wrong)
        }
        ("time", Value::String(time)) if DateTime::parse_from_rfc3339(time).is_ok() => Ok(()),
        ("time", _) => wrong("it is no time of RFC 3339"),
        ("id" | "source" | "type" | "subject" | "dataschema" | "datacontenttype", _) => {
            wrong("it is no text")
        }
        (_, Value::String(_) | Value::Bool(_)) => Ok(()),
        (_, Value::Number(number)) if number.as_i64().is_some_and(|number| i32::try_from(number).is_ok()) => {
            Ok(())
        }
        _ => wrong("it is neither text, truth value nor whole number of 32 bits"),
    }
}

/// The text of an attribute that the standard defines.
fn check_text(name: &str, text: &str) -> Result<(), &'static str> {
    let is_reference = !text
        .chars()
        .any(|c| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\\' | '^' | '`' | '{' | '|' | '}'));
    match name {
        _ if text.is_empty() => Err("it is empty"),
        "source" if !is_reference => Err("it is no URI reference"),
        "dataschema" if !is_reference || !text.contains(':') => Err("it is no absolute URI"),
        "datacontenttype" if !is_media_type(text) => Err("it is no media type"),
        _ => Ok(()),
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= NAME
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// `type/subtype`, with parameters behind it (RFC 2046).
fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    essence.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}
