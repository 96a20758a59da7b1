//! Functions of texts. Lengths and places count UTF-16 units, as the front end and .NET do.

use std::borrow::Cow;

use super::failure::{Failure, FailureKind};

pub(super) fn comma_contains(list: &str, text: &str) -> bool {
    list.split(',').any(|item| item.trim() == text)
}

pub(super) fn with_first(text: &str, convert: fn(char) -> String) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(convert).unwrap_or_default();
    first + letters.as_str()
}

pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

pub(super) fn index_of(text: &str, part: &str) -> Option<usize> {
    let at = text.find(part)?;
    text.get(..at).map(length)
}

/// The part of a text between two places; a place before 0 counts from the end.
pub(super) fn slice(text: &str, start: f64, end: Option<f64>) -> Cow<'_, str> {
    let length = length(text);
    let start = place(start, length);
    let end = end.map_or(length, |end| place(end, length));
    if text.is_ascii() {
        return Cow::Borrowed(text.get(start..end).unwrap_or_default());
    }
    let units: Vec<u16> = text.encode_utf16().skip(start).take(end.saturating_sub(start)).collect();
    Cow::Owned(String::from_utf16_lossy(&units))
}

fn place(place: f64, length: usize) -> usize {
    #[allow(clippy::cast_precision_loss, reason = "a text is shorter than 2^53")]
    let from_start = if place < 0.0 { place + length as f64 } else { place };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` keeps it between 0 and the largest"
    )]
    let from_start = from_start.trunc() as usize;
    from_start.min(length)
}

pub(super) fn no_index() -> Failure {
    Failure::new(FailureKind::Lookup, "Start/end index cannot be null")
}

/// The size of a text in which every occurrence of a part is replaced, in bytes.
pub(super) fn size_replaced(text: &str, part: &str, by: &str) -> usize {
    let count = text.matches(part).count();
    (text.len() - count * part.len()).saturating_add(count.saturating_mul(by.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_either_end() {
        assert_eq!(slice("filename.pdf", -3.0, None), "pdf");
        assert_eq!(slice("hello", 1.0, Some(3.0)), "el");
        assert_eq!(slice("hello", 3.0, Some(1.0)), "");
        assert_eq!(slice("hello", -8.0, Some(99.0)), "hello");
        assert_eq!(slice("blåbær", 2.0, Some(-1.0)), "åbæ");
        assert_eq!(index_of("a🌍b", "b"), Some(3));
        assert_eq!(length("🌍"), 2);
    }
}
