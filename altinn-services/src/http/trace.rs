//! The id by which a request is found in the log.

use altinn_core::IdSource;
use axum::http::HeaderMap;

/// The trace id of a request: that of `traceparent` (W3C Trace Context), or a new one. 32 hexadecimal digits.
pub(super) fn trace_id(headers: &HeaderMap, ids: &dyn IdSource) -> String {
    let sent = headers.get("traceparent").and_then(|value| value.to_str().ok());
    match sent.and_then(trace_of) {
        Some(id) => id.to_owned(),
        None => ids.next_id().simple().to_string(),
    }
}

/// The trace id in `00-<trace id>-<parent id>-<flags>`.
fn trace_of(parent: &str) -> Option<&str> {
    let mut parts = parent.split('-');
    let (version, id) = (parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_one =
        is_hex(version, 2) && version != "ff" && is_hex(id, 32) && id.bytes().any(|byte| byte != b'0');
    is_one.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::trace_of;

    #[test]
    fn only_a_trace_id_in_order_is_taken_over() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace_of(&format!("00-{id}-00f067aa0ba902b7-01")), Some(id));
        for wrong in [
            String::new(),
            id.to_owned(),
            format!("ff-{id}-00f067aa0ba902b7-01"),
            format!("00-{}-00f067aa0ba902b7-01", id.to_uppercase()),
            format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            "00-12345-00f067aa0ba902b7-01".to_owned(),
        ] {
            assert_eq!(trace_of(&wrong), None, "{wrong}");
        }
    }
}
