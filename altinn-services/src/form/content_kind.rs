//! What a file is, by what it holds and not by its name.
//!
//! Written by hand: what matters is which few kinds an agency lets in, that text has no control characters, and that
//! programs never pass; a library of hundreds of kinds would have to be trusted to tell them apart as well.

/// A kind of file that can be told by its first bytes.
struct Kind {
    content_types: &'static [&'static str],
    is: fn(&[u8]) -> bool,
}

const OFFICE_OPEN: &str = "application/vnd.openxmlformats-officedocument.";
const OPEN_DOCUMENT: &str = "application/vnd.oasis.opendocument.";

const KINDS: &[Kind] = &[
    Kind { content_types: &["application/pdf"], is: |bytes| within(bytes, 1024, b"%PDF-") },
    Kind { content_types: &["image/png"], is: |bytes| bytes.starts_with(b"\x89PNG\r\n\x1a\n") },
    Kind { content_types: &["image/jpeg", "image/jpg"], is: |bytes| bytes.starts_with(b"\xff\xd8\xff") },
    Kind { content_types: &["image/gif"], is: |bytes| begins(bytes, &[b"GIF87a", b"GIF89a"]) },
    Kind { content_types: &["image/tiff"], is: |bytes| begins(bytes, &[b"II*\0", b"MM\0*"]) },
    Kind { content_types: &["image/bmp"], is: |bytes| bytes.starts_with(b"BM") && bytes.len() > 26 },
    Kind { content_types: &["image/webp"], is: |bytes| bytes.starts_with(b"RIFF") && at(bytes, 8, b"WEBP") },
    Kind {
        content_types: &["image/heic", "image/heif"],
        is: |bytes| at(bytes, 4, b"ftyphe") || at(bytes, 4, b"ftypmif1"),
    },
    Kind { content_types: &["video/mp4", "video/quicktime", "audio/mp4"], is: |bytes| at(bytes, 4, b"ftyp") },
    Kind {
        content_types: &["application/gzip", "application/x-gzip"],
        is: |bytes| bytes.starts_with(b"\x1f\x8b"),
    },
    Kind { content_types: &["application/rtf", "text/rtf"], is: |bytes| bytes.starts_with(b"{\\rtf") },
    Kind {
        content_types: &["application/zip", "application/x-zip-compressed", OFFICE_OPEN, OPEN_DOCUMENT],
        is: |bytes| begins(bytes, &[b"PK\x03\x04", b"PK\x05\x06"]),
    },
    Kind {
        content_types: &[
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.ms-outlook",
        ],
        is: |bytes| bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    },
    Kind {
        content_types: &["application/vnd.microsoft.portable-executable", "application/x-msdownload"],
        is: |bytes| bytes.starts_with(b"MZ"),
    },
    Kind { content_types: &["application/x-executable"], is: |bytes| bytes.starts_with(b"\x7fELF") },
    Kind { content_types: &["application/x-sh"], is: |bytes| bytes.starts_with(b"#!") },
];

/// Whether a file may be of the content type that it is said to be: what has known first bytes must have them, what
/// has those of another kind is that kind, and text is text. A content type that says nothing
/// (`application/octet-stream`) fits everything but programs.
pub(crate) fn fits(content_type: &str, bytes: &[u8]) -> bool {
    let said = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let names = |kind: &&Kind| {
        kind.content_types.iter().any(|name| *name == said || (name.ends_with('.') && said.starts_with(name)))
    };
    let has = KINDS.iter().find(|kind| (kind.is)(bytes));
    match (KINDS.iter().find(names), has) {
        (Some(_), Some(has)) => names(&has),
        (Some(_), None) => false,
        (None, Some(has)) => said == "application/octet-stream" && !is_program(has),
        (None, None) => is_as_text(&said, bytes),
    }
}

fn is_program(kind: &Kind) -> bool {
    kind.content_types.iter().any(|name| name.contains("executable") || name.ends_with("x-sh"))
}

/// Whether what should be text is text; what is neither text nor a known kind passes.
fn is_as_text(said: &str, bytes: &[u8]) -> bool {
    let start = || std::str::from_utf8(bytes).map(|text| text.trim_start_matches('\u{feff}').trim_start());
    match said {
        "application/json" => serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok(),
        "application/xml" | "text/xml" | "image/svg+xml" => start().is_ok_and(|text| text.starts_with('<')),
        said if said.starts_with("text/") => {
            !bytes.iter().any(|byte| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
        }
        _ => true,
    }
}

fn begins(bytes: &[u8], starts: &[&[u8]]) -> bool {
    starts.iter().any(|start| bytes.starts_with(start))
}

fn at(bytes: &[u8], place: usize, part: &[u8]) -> bool {
    bytes.get(place..).is_some_and(|rest| rest.starts_with(part))
}

fn within(bytes: &[u8], reach: usize, part: &[u8]) -> bool {
    bytes.get(..reach.min(bytes.len())).unwrap_or_default().windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide() {
        let pdf = b"%PDF-1.7\n...";
        let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
        let cases: [(&str, &[u8], bool); 14] = [
            ("application/pdf", pdf, true),
            ("application/pdf; charset=binary", pdf, true),
            ("application/pdf", b"hello", false),
            ("image/png", pdf, false),
            ("text/plain", pdf, false),
            ("text/plain", "blåbær\n".as_bytes(), true),
            ("text/plain", b"a\0b", false),
            (docx, b"PK\x03\x04....", true),
            (docx, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", false),
            ("application/octet-stream", b"MZ\x90\0", false),
            ("application/octet-stream", pdf, true),
            ("application/json", b"{\"a\": 1}", true),
            ("application/json", b"{a}", false),
            ("application/xml", b"<?xml version=\"1.0\"?><a/>", true),
        ];
        for (content_type, bytes, expected) in cases {
            assert_eq!(fits(content_type, bytes), expected, "{content_type} {bytes:?}");
        }
    }
}
