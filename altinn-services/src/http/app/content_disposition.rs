//! The name of a file in `Content-Disposition` (RFC 6266), read and written.

use axum::http::HeaderValue;

/// The file name that a header gives: `filename*` in UTF-8 before `filename`, without any path.
pub(super) fn file_name(header: &str) -> Option<String> {
    let mut plain = None;
    for parameter in parameters(header) {
        let Some((name, value)) = parameter.split_once('=') else { continue };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "filename*" => {
                let encoded =
                    value.split_once("''").filter(|(charset, _)| charset.eq_ignore_ascii_case("utf-8"));
                if let Some(name) = encoded.and_then(|(_, text)| percent_decoded(text)) {
                    return Some(bare(&name));
                }
            }
            "filename" => plain = Some(bare(&unquoted(value))),
            _ => {}
        }
    }
    plain.filter(|name| !name.is_empty())
}

/// A header that makes a browser keep a file under this name, and never show it.
pub(in crate::http) fn attachment(file_name: &str) -> HeaderValue {
    let plain: String = file_name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\') { c } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in file_name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    let text = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"))
}

/// The parameters, parted by semicolons outside of quotes.
fn parameters(header: &str) -> Vec<&str> {
    let (mut parts, mut begin, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in header.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.push(header.get(begin..at).unwrap_or_default());
                begin = at + 1;
            }
            _ => {}
        }
    }
    parts.push(header.get(begin..).unwrap_or_default());
    parts
}

fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')) else {
        return value.to_owned();
    };
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        text.extend(if c == '\\' { characters.next() } else { Some(c) });
    }
    text
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The last part of a path, without control characters.
fn bare(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_read_in_every_form_and_no_path_comes_with_it() {
        for (header, name) in [
            ("attachment; filename=plan.pdf", Some("plan.pdf")),
            ("attachment; filename=\"a; b.pdf\"", Some("a; b.pdf")),
            ("attachment; filename=\"x.pdf\"; filename*=UTF-8''sm%C3%B8r.pdf", Some("smør.pdf")),
            ("attachment; filename=\"../../etc/passwd\"", Some("passwd")),
            ("attachment; filename=\"C:\\\\temp\\\\plan.pdf\"", Some("plan.pdf")),
            ("attachment", None),
            ("attachment; filename*=UTF-8''%zz", None),
        ] {
            assert_eq!(file_name(header).as_deref(), name, "{header}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for name in ["plan.pdf", "smør & brød.pdf", "a\"b.txt"] {
            let header = attachment(name);
            assert_eq!(file_name(header.to_str().unwrap_or_default()).as_deref(), Some(name));
        }
    }
}
