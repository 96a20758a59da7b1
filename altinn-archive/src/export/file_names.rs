//! The names of an entry's elements as files.

use std::collections::BTreeSet;

use crate::entry::{Element, Fields};

/// The most bytes of a name.
const MAX_LENGTH: usize = 150;

/// A file name for each element, in their order: harmless on every system, and each there once, whatever the names in
/// the entry are.
pub(crate) fn file_names(fields: &Fields) -> Vec<String> {
    let mut taken = BTreeSet::new();
    fields.elements.iter().map(|element| unique(&file_name(element), &mut taken)).collect()
}

/// The name of the file that the element was, or the element's with the ending of its media type.
fn file_name(element: &Element) -> String {
    let wanted = match &element.file_name {
        Some(name) if !name.is_empty() => name.clone(),
        _ => format!("{}{}", element.name, ending(&element.content_type)),
    };
    let harmless = |c: char| if c.is_alphanumeric() || " .-_()".contains(c) { c } else { '_' };
    let name: String = wanted.chars().map(harmless).collect();
    let name = name.trim_matches([' ', '.']);
    let (stem, ending) = name.rsplit_once('.').map_or((name, ""), |(stem, ending)| (stem, ending));
    let ending = if ending.is_empty() || ending.len() > 10 { String::new() } else { format!(".{ending}") };
    let stem = if ending.is_empty() { name } else { stem };
    let mut short = String::new();
    for character in stem.chars() {
        if short.len() + character.len_utf8() > MAX_LENGTH {
            break;
        }
        short.push(character);
    }
    if short.is_empty() { format!("element{ending}") } else { format!("{short}{ending}") }
}

/// The usual endings of what forms and attachments are.
fn ending(content_type: &str) -> &'static str {
    match content_type.split(';').next().unwrap_or_default().trim() {
        "application/json" => ".json",
        "application/pdf" => ".pdf",
        "application/xml" | "text/xml" => ".xml",
        "text/plain" => ".txt",
        "text/html" => ".html",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        _ => "",
    }
}

fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) => (stem, format!(".{ending}")),
        None => (name, String::new()),
    };
    let numbered = (2_u32..).map(|number| format!("{stem} ({number}){ending}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| taken.insert(name.to_lowercase())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use altinn_core::{AuthenticationLevel, Digest, Text};

    use super::*;
    use crate::entry::Participant;

    fn names(elements: &[(&str, &str, Option<&str>)]) -> Vec<String> {
        let element = |(name, content_type, file_name): &(&str, &str, Option<&str>)| {
            let json = serde_json::json!({"name": name, "dataType": name, "contentType": content_type,
                "fileName": file_name, "size": 0, "sha256": Digest::of(b"")});
            serde_json::from_value(json).unwrap()
        };
        let party = Participant::new("1", "A");
        file_names(&Fields {
            service: "s".to_owned(),
            time: Default::default(),
            party: party.clone(),
            actor: party,
            level: AuthenticationLevel::VerySensitive,
            title: Text::default(),
            class: "default".to_owned(),
            labels: Default::default(),
            elements: elements.iter().map(element).collect(),
        })
    }

    #[test]
    fn every_element_has_a_harmless_name_of_its_own() {
        let named = names(&[
            ("form", "application/json", None),
            ("plan", "application/pdf", Some("Plan A.pdf")),
            ("other", "application/pdf", Some("plan a.PDF")),
            ("third", "application/pdf", Some("plan a.PDF")),
            ("../../x", "text/plain; charset=utf-8", None),
            ("evil", "", Some("..\\..\\evil\0.exe")),
            ("dots", "", Some("...")),
            ("", "", None),
            ("mimetype", "", Some("META-INF/x.p7s")),
        ]);
        let expected = [
            "form.json",
            "Plan A.pdf",
            "plan a (2).PDF",
            "plan a (3).PDF",
            "_.._x.txt",
            "_.._evil_.exe",
            "element",
            "element (2)",
            "META-INF_x.p7s",
        ];
        assert_eq!(named, expected);
        assert!(names(&[("a", "", Some(&"æ".repeat(255)))])[0].len() <= MAX_LENGTH);
    }
}
