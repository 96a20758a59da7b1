//! What a text of an order may hold.

use super::OrderError;

/// One line that says something.
pub(crate) fn check_line(field: &'static str, text: &str, limit: usize) -> Result<(), OrderError> {
    if text.trim().is_empty() {
        return Err(OrderError::Empty { field });
    }
    check_size(field, text.len(), limit)?;
    check_characters(field, text, "")
}

/// Text of any number of lines, with line feeds alone between them.
pub(crate) fn check_body(field: &'static str, body: &str, limit: usize) -> Result<String, OrderError> {
    if body.trim().is_empty() {
        return Err(OrderError::Empty { field });
    }
    check_size(field, body.len(), limit)?;
    let body = body.replace("\r\n", "\n").replace('\r', "\n");
    check_characters(field, &body, "\n\t")?;
    Ok(body)
}

pub(crate) fn check_size(field: &'static str, found: usize, limit: usize) -> Result<(), OrderError> {
    if found > limit { Err(OrderError::TooLarge { field, found, limit }) } else { Ok(()) }
}

fn check_characters(field: &'static str, text: &str, allowed: &str) -> Result<(), OrderError> {
    let breaks_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    match text.chars().find(|c| breaks_line(*c) && !allowed.contains(*c)) {
        None => Ok(()),
        Some(found) => Err(OrderError::ControlCharacter { field, found: found.into() }),
    }
}
