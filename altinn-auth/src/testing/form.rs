//! Fields of forms and queries, as fakes write and read them.

use std::collections::HashMap;

use axum::extract::Query;

/// Text as a field of a form or a query has it.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

/// The text of a field.
pub(super) fn decoded(text: &str) -> String {
    let uri = format!("/?v={text}").parse().unwrap_or_default();
    Query::<HashMap<String, String>>::try_from_uri(&uri)
        .ok()
        .and_then(|Query(mut fields)| fields.remove("v"))
        .unwrap_or_default()
}
