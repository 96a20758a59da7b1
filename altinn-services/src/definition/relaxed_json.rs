//! JSON as Altinn's own reader accepts it: with comments, trailing commas and a byte order mark.

use serde::de::DeserializeOwned;

use super::position::Position;

/// Why a text is not the JSON that was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonFault {
    pub(crate) at: Position,
    pub(crate) problem: String,
}

/// Reads JSON with comments, trailing commas and a byte order mark into a type; places stay true.
pub(crate) fn read_relaxed<T: DeserializeOwned>(text: &str) -> Result<T, JsonFault> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let strict = blank_comments_and_trailing_commas(text);
    serde_json::from_str(&strict).map_err(|error| fault(text, &error))
}

/// What serde_json found, and where in `text`, with the column in characters.
pub(crate) fn fault(text: &str, error: &serde_json::Error) -> JsonFault {
    let line = error.line().max(1);
    let before: String = text.split('\n').nth(line - 1).unwrap_or_default().to_owned();
    let bytes = error.column().min(before.len());
    let column = before.char_indices().take_while(|(at, _)| *at < bytes).count().max(1);
    let whole = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    let problem = whole.strip_suffix(&suffix).unwrap_or(&whole).chars().take(200).collect();
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    JsonFault { at: Position::new(number(line), number(column)), problem }
}

/// The same text with comments and trailing commas overwritten by spaces, byte for byte, so that every other
/// character stays where it was. Text inside strings is left alone. What is no valid JSON stays so.
pub(crate) fn blank_comments_and_trailing_commas(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut scan = Scan { at: 0, previous: b'[', comma: None };
    while scan.at < bytes.len() {
        scan.advance(&mut bytes);
    }
    // Only whole comments and commas were overwritten, so the bytes are UTF-8 still.
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The same text with a small first letter in the names of all fields: Altinn's own reader finds `DataTypes` as well as
/// `dataTypes`. Every character stays where it was.
pub(crate) fn with_small_initials(text: &str) -> String {
    let mut bytes = blank_comments_and_trailing_commas(text).into_bytes();
    let mut at = 0;
    while let Some(start) = position(&bytes, at, |byte| byte == b'"') {
        at = start + end_of_string(bytes.get(start..).unwrap_or_default());
        let is_name = position(&bytes, at, |byte| !byte.is_ascii_whitespace())
            .is_some_and(|next| bytes.get(next) == Some(&b':'));
        if let Some(initial) = bytes.get_mut(start + 1).filter(|_| is_name) {
            initial.make_ascii_lowercase();
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// The first place from `from` on whose byte is as asked.
fn position(bytes: &[u8], from: usize, is_it: impl Fn(u8) -> bool) -> Option<usize> {
    Some(from + bytes.get(from..)?.iter().position(|byte| is_it(*byte))?)
}

/// Where the pass stands, the last byte that meant something, and the comma that may prove trailing.
struct Scan {
    at: usize,
    previous: u8,
    comma: Option<usize>,
}

impl Scan {
    fn advance(&mut self, bytes: &mut [u8]) {
        let rest = bytes.get(self.at..).unwrap_or_default();
        match rest {
            [b'/', b'/', ..] => self.blank(bytes, end_of_line(rest)),
            [b'/', b'*', ..] => match end_of_block(rest) {
                Some(length) => self.blank(bytes, length),
                None => self.at = bytes.len(),
            },
            [b'"', ..] => self.pass(b'"', end_of_string(rest)),
            [b' ' | b'\t' | b'\r' | b'\n', ..] => self.at += 1,
            [b',', ..] => {
                let follows_value = !matches!(self.previous, b'[' | b'{' | b',' | b':');
                let comma = follows_value.then_some(self.at);
                self.pass(b',', 1);
                self.comma = comma;
            }
            [closing @ (b']' | b'}'), ..] => {
                let closing = *closing;
                if let Some(comma) = self.comma.and_then(|at| bytes.get_mut(at)) {
                    *comma = b' ';
                }
                self.pass(closing, 1);
            }
            [other, ..] => self.pass(*other, 1),
            [] => self.at += 1,
        }
    }

    fn pass(&mut self, meaning: u8, length: usize) {
        self.at += length;
        self.previous = meaning;
        self.comma = None;
    }

    fn blank(&mut self, bytes: &mut [u8], length: usize) {
        let comment = bytes.iter_mut().skip(self.at).take(length);
        comment.filter(|byte| !matches!(**byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
        self.at += length;
    }
}

fn end_of_line(rest: &[u8]) -> usize {
    rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
}

/// None for a comment that is never closed: it is left in place for the JSON reader to refuse.
fn end_of_block(rest: &[u8]) -> Option<usize> {
    let inside = rest.get(2..)?;
    inside.windows(2).position(|pair| pair == b"*/").map(|at| at + 4)
}

fn end_of_string(rest: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_read() {
        let text =
            "\u{feff}{ // naïve, with ] and \"\n \"a\": [1, 2,], /* ø , */ \"b\": \"// no comment, }\", }";
        let value: Value = read_relaxed(text).unwrap();
        assert_eq!(value, json!({"a": [1, 2], "b": "// no comment, }"}));
    }

    #[test]
    fn names_of_fields_are_found_with_a_capital_too() {
        let text = "{\"Id\": \"Ost\", // \"No\": 1\n \"Åre\": [{\"A\" : \"B:\"}], \"\": \"C\",}";
        let value: Value = read_relaxed(&with_small_initials(text)).unwrap();
        assert_eq!(value, json!({"id": "Ost", "Åre": [{"a": "B:"}], "": "C"}));
        assert_eq!(with_small_initials("\"").len(), 1);
    }

    #[test]
    fn a_comma_without_a_value_before_it_is_refused() {
        for text in ["[,]", "{,}", "[1,,]", "{\"a\":,}", "[1,", ",", "[/* never closed ]"] {
            assert!(read_relaxed::<Value>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_fault_is_placed_by_line_and_character() {
        let fault = read_relaxed::<Vec<u8>>("[ // tall\n  /* æøå */ 1,\n  /* ø */ \"to\",\n]").unwrap_err();
        assert_eq!((fault.at.line, fault.at.column), (3, 14));
        assert_eq!(fault.problem, "invalid type: string \"to\", expected u8");
    }

    proptest! {
        #[test]
        fn strict_json_is_left_as_it_is(numbers in proptest::collection::vec(".{0,9}", 0..9)) {
            let strict = serde_json::to_string_pretty(&json!({"of": numbers, "more": [{}, [], null]})).unwrap();
            prop_assert_eq!(blank_comments_and_trailing_commas(&strict), strict);
        }

        #[test]
        fn any_text_keeps_its_length(text in "[\\[\\]{},:\"/*\\\\a1 \n\u{e6}]{0,60}") {
            prop_assert_eq!(blank_comments_and_trailing_commas(&text).len(), text.len());
            prop_assert_eq!(with_small_initials(&text).len(), text.len());
        }
    }
}
