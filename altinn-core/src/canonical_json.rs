//! One form for each JSON value (RFC 8785, JSON Canonicalization Scheme).

use serde_json::{Map, Number, Value};

/// The canonical form of a JSON value (RFC 8785): no white space, members in the order of their names' UTF-16 code
/// units, numbers as ECMAScript writes them.
///
/// Two values have one form exactly when every reader takes them for the same, so the form can be hashed and signed.
/// Numbers are IEEE 754 doubles, as the RFC has it: whole numbers beyond 2^53 are rounded, here as by every
/// other implementation. What must be exact beyond that is written as a string.
///
/// ```
/// use altinn_core::canonical_json;
/// use serde_json::json;
///
/// let value = json!({"time": 1.0, "name": "Søknad\n", "amount": 1e21});
/// assert_eq!(canonical_json(&value), r#"{"amount":1e+21,"name":"Søknad\n","time":1}"#.as_bytes());
/// ```
pub fn canonical_json(value: &Value) -> Vec<u8> {
    let mut out = String::new();
    write_value(&mut out, value);
    out.into_bytes()
}

/// The canonical form of the JSON array of these values, without an array being made of them.
///
/// ```
/// use altinn_core::{canonical_json, canonical_json_array};
/// use serde_json::json;
///
/// let (name, value) = (json!("title"), json!({"nb": "Søknad"}));
/// assert_eq!(canonical_json_array([&name, &value]), canonical_json(&json!([name, value])));
/// ```
pub fn canonical_json_array<'a>(elements: impl IntoIterator<Item = &'a Value>) -> Vec<u8> {
    let mut out = String::new();
    write_list(&mut out, ['[', ']'], elements, write_value);
    out.into_bytes()
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_string(out, text),
        Value::Array(elements) => {
            write_list(out, ['[', ']'], elements, write_value);
        }
        Value::Object(members) => write_object(out, members),
    }
}

fn write_object(out: &mut String, members: &Map<String, Value>) {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
    write_list(out, ['{', '}'], sorted, |out, (name, value)| {
        write_string(out, name);
        out.push(':');
        write_value(out, value);
    });
}

fn write_list<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl IntoIterator<Item = T>,
    write: impl Fn(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(close);
}

/// RFC 8785, section 3.2.2.2. What must be escaped is ASCII, and rare: the text between goes over as it is.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        let (plain, after) = rest.split_at(at);
        let mut after = after.chars();
        out.push_str(plain);
        write_escaped(out, after.next().unwrap_or_default());
        rest = after.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

fn write_escaped(out: &mut String, character: char) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\u{c}' => out.push_str("\\f"),
        '\r' => out.push_str("\\r"),
        control => out.push_str(&format!("\\u{:04x}", u32::from(control))),
    }
}

/// RFC 8785, section 3.2.2.3, that is ECMAScript's `Number::toString`.
///
/// A number that no double holds cannot come out of a parser; it would be written as `null`, as ECMAScript does.
fn write_number(out: &mut String, number: &Number) {
    match number.as_f64() {
        None => out.push_str("null"),
        // Both noughts are written alike.
        Some(0.0) => out.push('0'),
        Some(double) => write_double(out, double),
    }
}

/// Lays out the shortest digits that read back as the same double.
fn write_double(out: &mut String, double: f64) {
    let scientific = shortest(double.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits = mantissa.replace('.', "");
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if double < 0.0 {
        out.push('-');
    }
    out.push_str(&match exponent {
        0..=20 => with_point(&digits, usize::try_from(exponent).unwrap_or_default() + 1),
        -6..=-1 => {
            format!("0.{:0>width$}", digits, width = digits.len() + exponent.unsigned_abs() as usize - 1)
        }
        _ => format!("{}e{exponent:+}", with_point(&digits, 1)),
    });
}

/// The shortest digits that read back as the same double, as `d.dddeN`.
///
/// Where two of them are equally near, ECMAScript takes the even one, which is what rounding to that many digits gives;
/// next to a power of two the rounded ones may read back as another double, and then there is one choice only.
fn shortest(double: f64) -> String {
    let found = format!("{double:e}");
    let decimals = found.bytes().take_while(|byte| *byte != b'e').count().saturating_sub(2);
    let rounded = format!("{double:.decimals$e}");
    if rounded.parse() == Ok(double) { rounded } else { found }
}

/// Digits with the decimal point after so many of them, filled up with noughts; without a point where none is needed.
fn with_point(digits: &str, before: usize) -> String {
    match digits.split_at_checked(before) {
        Some((whole, "")) => whole.to_owned(),
        Some((whole, fraction)) => format!("{whole}.{fraction}"),
        None => format!("{digits:0<before$}"),
    }
}
