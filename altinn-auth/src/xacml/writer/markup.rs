//! XML text, put together element by element.

use std::fmt::Write as _;

/// XML that grows.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

impl Markup {
    /// An element with attributes; those without a value are left out.
    pub(super) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, Option<&str>)],
        content: impl FnOnce(&mut Self),
    ) {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            if let Some(value) = value {
                let _ = write!(self.0, " {attribute}=\"");
                self.escaped(value);
                self.0.push('"');
            }
        }
        self.0.push('>');
        let start = self.0.len();
        content(self);
        if self.0.len() == start {
            self.0.pop();
            self.0.push_str("/>");
        } else {
            let _ = write!(self.0, "</{name}>");
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.escaped(text);
    }

    /// XML that is well-formed already.
    pub(super) fn raw(&mut self, xml: &str) {
        self.0.push_str(xml);
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }

    /// What XML cannot hold becomes the replacement character.
    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\t' | '\n' | '\r' => {
                    let _ = write!(self.0, "&#{};", u32::from(c));
                }
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.0.push('\u{fffd}'),
                c => self.0.push(c),
            }
        }
    }
}
