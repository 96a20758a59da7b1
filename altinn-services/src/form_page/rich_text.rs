//! The texts of an app, which are Markdown with a little HTML, as paragraphs, lists and links.
//!
//! Nothing of a text comes through but what is named here: tags are left out and what is between them stays, images
//! become their alternative text, and links lead by https, http, mailto and tel only. So a text can be shown whatever
//! stands in it.

use std::mem;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// How long a text may be, in bytes; what is beyond is left out.
const MAX_BYTES: usize = 200 * 1024;
/// How many blocks a text may have.
const MAX_BLOCKS: usize = 2_000;

/// A text of an app: what it says, and how it is laid out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RichText {
    blocks: Vec<Block>,
}

/// A part of a text that stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A heading inside the text.
    Heading(Vec<Inline>),
    /// A list: whether it is numbered, and its items.
    List {
        /// Whether the items are numbered.
        ordered: bool,
        /// The items.
        items: Vec<Vec<Inline>>,
    },
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Text that is stressed.
    Strong(String),
    /// A link.
    Link {
        /// What is shown.
        text: String,
        /// Where it leads.
        address: String,
    },
    /// A new line.
    Break,
}

impl RichText {
    /// A text that is no Markdown: it is shown as it is.
    pub fn plain(text: &str) -> Self {
        if text.is_empty() {
            return Self::default();
        }
        Self { blocks: vec![Block::Paragraph(vec![Inline::Text(text.to_owned())])] }
    }

    /// Reads Markdown.
    pub fn markdown(text: &str) -> Self {
        let mut end = text.len().min(MAX_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or_default();
        if is_plain(text) {
            return Self::plain(text.trim());
        }
        let mut reader = Reader::default();
        Parser::new_ext(text, Options::empty()).for_each(|event| reader.take(event));
        reader.end_line();
        Self { blocks: reader.blocks }
    }

    /// The blocks, in their order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// What it says, on one line.
    pub fn to_plain(&self) -> String {
        let mut plain = String::new();
        for block in &self.blocks {
            match block {
                Block::Paragraph(line) | Block::Heading(line) => add_line(&mut plain, line),
                Block::List { items, .. } => items.iter().for_each(|item| add_line(&mut plain, item)),
            }
        }
        plain
    }
}

fn add_line(plain: &mut String, line: &[Inline]) {
    if !plain.is_empty() {
        plain.push(' ');
    }
    for piece in line {
        plain.push_str(piece.text());
    }
}

impl Inline {
    /// What it shows.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Strong(text) | Self::Link { text, .. } => text,
            Self::Break => " ",
        }
    }
}

/// Whether a text is one line without anything that Markdown or HTML means something by: most are.
fn is_plain(text: &str) -> bool {
    let marks = ['*', '_', '`', '[', ']', '<', '>', '&', '#', '\\', '\n', '!', '~', '|'];
    !text.contains(marks)
}

#[derive(Debug, Default)]
struct Reader {
    blocks: Vec<Block>,
    line: Vec<Inline>,
    heading: bool,
    strong: usize,
    link: Option<(String, String)>,
    list: Option<(Option<u64>, Vec<Vec<Inline>>)>,
    depth: usize,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.text(&text),
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.line.push(Inline::Break),
            Event::Html(tag) | Event::InlineHtml(tag) => self.tag(&tag),
            Event::Rule => self.end_line(),
            _ => {}
        }
    }

    /// Of HTML, lines that break and paragraphs that end are kept.
    fn tag(&mut self, tag: &str) {
        let name = tag.trim_start_matches(['<', '/']).to_ascii_lowercase();
        if name.starts_with("br") {
            self.line.push(Inline::Break);
        } else if name.starts_with('p') && self.list.is_none() {
            self.end_line();
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Heading { .. } => {
                self.end_line();
                self.heading = true;
            }
            Tag::Strong => self.strong += 1,
            Tag::Link { dest_url, .. } => self.link = Some((String::new(), dest_url.to_string())),
            Tag::List(first) => {
                self.depth += 1;
                if self.depth == 1 {
                    self.end_line();
                    self.list = Some((*first, Vec::new()));
                }
            }
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::BlockQuote(_) if self.list.is_none() => self.end_line(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.end_line();
                self.heading = false;
            }
            TagEnd::Strong => self.strong = self.strong.saturating_sub(1),
            TagEnd::Link => self.end_link(),
            TagEnd::Item => self.end_line(),
            TagEnd::List(_) => {
                self.end_line();
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0
                    && let Some((first, items)) = self.list.take()
                {
                    self.end_list(first, items);
                }
            }
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::BlockQuote(_) if self.list.is_none() => {
                self.end_line();
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((shown, _)) = &mut self.link {
            shown.push_str(text);
            return;
        }
        match self.line.last_mut() {
            Some(Inline::Text(line)) if self.strong == 0 => line.push_str(text),
            Some(Inline::Strong(line)) if self.strong > 0 => line.push_str(text),
            _ if self.strong > 0 => self.line.push(Inline::Strong(text.to_owned())),
            _ => self.line.push(Inline::Text(text.to_owned())),
        }
    }

    fn end_link(&mut self) {
        let Some((text, address)) = self.link.take() else { return };
        if leads_somewhere(&address) {
            self.line.push(Inline::Link { text, address });
        } else {
            self.text(&text);
        }
    }

    fn end_line(&mut self) {
        let mut line = mem::take(&mut self.line);
        while line.last() == Some(&Inline::Break) {
            line.pop();
        }
        if line.iter().all(|piece| piece.text().trim().is_empty()) {
            return;
        }
        match &mut self.list {
            Some((_, items)) if items.len() < MAX_BLOCKS => items.push(line),
            Some(_) => {}
            None if self.heading => self.push(Block::Heading(line)),
            None => self.push(Block::Paragraph(line)),
        }
    }

    /// One numbered item alone is a text that begins with a number: `1. Om søkeren`.
    fn end_list(&mut self, first: Option<u64>, mut items: Vec<Vec<Inline>>) {
        match (first, items.as_mut_slice()) {
            (Some(number), [only]) => {
                let mut line = mem::take(only);
                line.insert(0, Inline::Text(format!("{number}. ")));
                self.push(Block::Paragraph(line));
            }
            _ => self.push(Block::List { ordered: first.is_some(), items }),
        }
    }

    fn push(&mut self, block: Block) {
        if self.blocks.len() < MAX_BLOCKS {
            self.blocks.push(block);
        }
    }
}

/// Whether an address may be followed.
fn leads_somewhere(address: &str) -> bool {
    ["https://", "http://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_blocks_and_tags_are_left_out() {
        let text = RichText::markdown(
            "## Du kan **ikke** bekrefte\n\nSkjemaet er lagret.<br><br>Les <script>mer</script> [her](https://altinn.no).\n\n- en\n- **to**\n",
        );
        assert_eq!(text.blocks().len(), 3);
        assert!(
            matches!(&text.blocks()[0], Block::Heading(line) if line[1] == Inline::Strong("ikke".into()))
        );
        assert!(matches!(&text.blocks()[2], Block::List { ordered: false, items } if items.len() == 2));
        let plain = text.to_plain();
        assert!(plain.contains("Les mer her.") && !plain.contains('<'), "{plain}");
    }

    #[test]
    fn links_that_run_something_are_only_text() {
        let text = RichText::markdown("[trykk](javascript:alert(1)) ![bilde](https://spor.no/x.png)");
        assert_eq!(text.to_plain(), "trykk bilde");
        assert!(matches!(&text.blocks()[0], Block::Paragraph(line)
            if line.iter().all(|piece| matches!(piece, Inline::Text(_)))));
    }

    #[test]
    fn a_plain_line_is_left_as_it_is() {
        assert_eq!(RichText::markdown("Navn på søker").to_plain(), "Navn på søker");
        assert_eq!(RichText::markdown("1. januar").to_plain(), "1. januar");
        assert_eq!(RichText::markdown("3. Om **søkeren**").to_plain(), "3. Om søkeren");
        assert!(RichText::markdown("").is_empty());
    }
}
