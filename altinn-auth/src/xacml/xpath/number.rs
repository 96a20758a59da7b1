//! Numbers as texts, and texts as numbers (XPath 1.0, 4.2 and 4.4).

/// The number that a text is, or not a number.
pub(super) fn of_text(text: &str) -> f64 {
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    if is_number { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
}

pub(super) fn to_text(number: f64) -> String {
    if number.is_infinite() {
        return (if number > 0.0 { "Infinity" } else { "-Infinity" }).to_owned();
    }
    // Minus zero is written as zero.
    (number + 0.0).to_string()
}
