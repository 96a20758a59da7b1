//! The first, plain receipt document: what was submitted, as text on the pages of a PDF.
//!
//! Written by hand, since the accessible receipt costs more than all else that a step does: text in one typeface that every
//! reader has (Courier, Windows-1252), so that lines can be broken without measuring; letters outside it become `?`.

use altinn_core::{Language, oslo};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::receipt_words::ReceiptWords;
use crate::form_page::SummaryPart;

/// How many characters stand in a line and how many lines on a page: A4, 10 points, margins of 50 points.
const COLUMNS: usize = 82;
const LINES: usize = 60;

/// What the document shows.
#[derive(Clone, Copy)]
pub(super) struct ReceiptDocument<'a> {
    /// The service's title in the reader's language.
    pub title: &'a str,
    /// The reference of the instance: the last part of its id.
    pub reference: &'a str,
    /// When it was written.
    pub written: DateTime<Utc>,
    /// What was submitted.
    pub parts: &'a [Part<'a>],
}

/// A part of what was submitted.
#[derive(Clone)]
pub(super) enum Part<'a> {
    /// A page of the app's own.
    Page(Vec<SummaryPart>),
    /// A form as its data have it, under the name of its data type.
    Form(&'a str, &'a Value),
}

impl ReceiptDocument<'_> {
    /// The document as a PDF; the same input gives the same bytes.
    pub(super) fn to_pdf(self) -> Vec<u8> {
        pdf(self.title, &self.lines())
    }

    fn lines(self) -> Vec<String> {
        let words = ReceiptWords(Language::Nb);
        let mut lines = vec![
            self.title.to_owned(),
            String::new(),
            format!("{}: {}", words.reference(), self.reference),
            format!("{}: {}", words.at(), oslo::local(self.written).format(words.time())),
        ];
        for part in self.parts {
            lines.push(String::new());
            match part {
                Part::Page(parts) => parts.iter().for_each(|part| add_part(&mut lines, part, words)),
                Part::Form(name, form) => {
                    lines.push((*name).to_owned());
                    add_fields(&mut lines, "", form);
                }
            }
        }
        lines.iter().flat_map(|line| wrap(line)).collect()
    }
}

fn add_part(lines: &mut Vec<String>, part: &SummaryPart, words: ReceiptWords) {
    let shown = |value: &str| if value.trim().is_empty() { words.nothing() } else { value }.to_owned();
    match part {
        SummaryPart::Heading { text, .. } => lines.extend([String::new(), text.clone()]),
        SummaryPart::Text(text) => lines.extend(text.lines().map(str::to_owned)),
        SummaryPart::Entry { label, value } => lines.push(format!("  {label}: {}", shown(value))),
        SummaryPart::Table { caption, columns, rows } => {
            lines.push(caption.clone());
            for row in rows {
                let cells =
                    columns.iter().zip(row).map(|(column, cell)| format!("{column}: {}", shown(cell)));
                lines.push(format!("  {}", cells.collect::<Vec<_>>().join(", ")));
            }
        }
    }
}

fn add_fields(lines: &mut Vec<String>, path: &str, value: &Value) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| add_fields(lines, &below(name), value));
        }
        Value::Array(items) => {
            let numbered = items.iter().zip(1..);
            numbered.for_each(|(item, number)| add_fields(lines, &below(&number.to_string()), item));
        }
        Value::String(text) => lines.push(format!("  {path}: {text}")),
        other => lines.push(format!("  {path}: {other}")),
    }
}

fn wrap(line: &str) -> Vec<String> {
    let letters: Vec<char> =
        line.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if letters.is_empty() {
        return vec![String::new()];
    }
    letters.chunks(COLUMNS).map(|chunk| chunk.iter().collect()).collect()
}

/// A PDF 1.4 file: catalogue, page tree, font, information, then a page and its text for every 60 lines.
fn pdf(title: &str, lines: &[String]) -> Vec<u8> {
    let pages: Vec<&[String]> = lines.chunks(LINES).collect();
    let kids: Vec<String> = (0..pages.len()).map(|page| format!("{} 0 R", 5 + 2 * page)).collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R /Lang (nb) >>".to_vec(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()).into_bytes(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>".to_vec(),
        [b"<< /Title (", string(title).as_slice(), b") >>"].concat(),
    ];
    for (index, page) in pages.iter().enumerate() {
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {} 0 R /Resources << /Font << /F 3 0 R >> >> >>",
                6 + 2 * index
            )
            .into_bytes(),
        );
        let shown = page.iter().flat_map(|line| [b"(", string(line).as_slice(), b") Tj T*\n"].concat());
        let text: Vec<u8> =
            b"BT /F 10 Tf 12.4 TL 50 790 Td\n".iter().copied().chain(shown).chain(*b"ET").collect();
        let head = format!("<< /Length {} >>\nstream\n", text.len());
        objects.push([head.as_bytes(), &text, b"\nendstream"].concat());
    }
    assemble(&objects)
}

fn assemble(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (object, number) in objects.iter().zip(1..) {
        table.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.extend([format!("{number} 0 obj\n").as_bytes(), object, b"\nendobj\n"].concat());
    }
    let end = format!(
        "trailer\n<< /Size {} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{}\n%%EOF\n",
        objects.len() + 1,
        file.len()
    );
    file.extend(table.bytes().chain(end.bytes()));
    file
}

/// The content of a PDF string in Windows-1252, as far as it agrees with Latin-1.
fn string(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        let byte = match u8::try_from(letter) {
            Ok(byte) if !(0x7f..0xa0).contains(&byte) && byte >= b' ' => byte,
            _ => b'?',
        };
        if matches!(byte, b'(' | b')' | b'\\') {
            bytes.push(b'\\');
        }
        bytes.push(byte);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(form: &Value) -> Vec<u8> {
        let parts = [Part::Form("søknad", form)];
        let written = "2026-11-23T12:00:00Z".parse().unwrap();
        ReceiptDocument { title: "Søknad (bakeri)", reference: "a1", written, parts: &parts }.to_pdf()
    }

    /// The offsets of the cross-reference table point to the objects that they name.
    fn assert_well_formed(pdf: &[u8]) {
        assert!(pdf.starts_with(b"%PDF-1.4") && pdf.ends_with(b"%%EOF\n"));
        let table = pdf.windows(5).position(|bytes| bytes == b"xref\n").unwrap();
        let table = String::from_utf8(pdf[table..].to_vec()).unwrap();
        let rows: Vec<_> = table.lines().skip(3).take_while(|line| line.ends_with("n ")).collect();
        assert!(rows.len() >= 6, "a page has six objects");
        for (row, number) in rows.into_iter().zip(1..) {
            let offset: usize = row[..10].parse().unwrap();
            assert!(pdf[offset..].starts_with(format!("{number} 0 obj").as_bytes()), "object {number}");
        }
    }

    #[test]
    fn every_field_that_was_filled_in_is_shown() {
        let pdf = document(
            &json!({"navn": "Bakeren (i Vågå)", "ansatte": [{"fornavn": "Kari"}], "antall": 3, "tom": null}),
        );
        assert_well_formed(&pdf);
        let text: String = pdf.iter().map(|byte| char::from(*byte)).collect();
        for line in
            ["navn: Bakeren \\(i Vågå\\)", "ansatte.1.fornavn: Kari", "antall: 3", "Arkivreferanse: a1"]
        {
            assert!(text.contains(line), "{line}");
        }
        assert!(!text.contains("tom"));
    }

    #[test]
    fn long_forms_take_several_pages() {
        let form: Value = (0..100)
            .map(|number| (format!("felt{number}"), json!("x".repeat(200))))
            .collect::<serde_json::Map<_, _>>()
            .into();
        let pdf = document(&form);
        assert_well_formed(&pdf);
        let text: String = pdf.iter().map(|byte| char::from(*byte)).collect();
        assert_eq!(text.matches("/Type /Page ").count(), 6);
    }

    #[test]
    fn letters_outside_the_typeface_and_control_characters_do_no_harm() {
        assert_well_formed(&document(&json!({"a": "čáŋŋ\u{0}\n) endstream", "b\\": "\u{85}"})));
    }
}
