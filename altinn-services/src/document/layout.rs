//! Where everything stands: pages of lines, and the elements that they belong to.

use super::lines::broken;
use super::typeface::{Typeface, Typefaces};
use super::{Block, Document};

/// A4, in points.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
pub(super) const MARGIN: f32 = 56.0;
const TOP: f32 = 76.0;
const BOTTOM: f32 = 780.0;
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// How much of the width the names of entries take.
const NAMES: f32 = 0.38;
const GAP: f32 = 12.0;
const TEXT: f32 = 10.0;
const LINE: f32 = 14.0;

/// Where an element is in the document: its place among all.
pub(super) type ElementId = usize;

/// A part of the document as screen readers know it, with the parts in it.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) kind: Kind,
    pub(super) children: Vec<ElementId>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A heading: its level and its text.
    Heading(u8, String),
    Paragraph,
    /// A table: with a summary.
    Table(String),
    Caption,
    Head,
    Body,
    Row,
    /// A header cell of its column.
    ColumnHeader,
    /// A header cell of its row.
    RowHeader,
    Cell,
}

/// A line of text on a page.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) x: f32,
    /// Where the line stands, from the top.
    pub(super) y: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
    /// The element that it is of; none for what only repeats.
    pub(super) element: Option<ElementId>,
}

#[derive(Debug, Default)]
pub(super) struct LaidPage {
    pub(super) runs: Vec<Run>,
    /// Thin lines across the page: where from the top.
    pub(super) rules: Vec<f32>,
}

/// A heading in the list of contents.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) text: String,
    pub(super) page: usize,
    pub(super) y: f32,
}

/// A document laid out.
#[derive(Debug, Default)]
pub(super) struct Laid {
    pub(super) pages: Vec<LaidPage>,
    pub(super) elements: Vec<Element>,
    /// The elements that are in no other.
    pub(super) roots: Vec<ElementId>,
    pub(super) marks: Vec<Mark>,
}

pub(super) fn lay_out(document: &Document, typefaces: &Typefaces) -> Laid {
    let mut setter = Setter { typefaces, laid: Laid::default(), y: TOP, level: 0, repeats: None };
    setter.laid.pages.push(LaidPage::default());
    // A document has a title, whatever the service is called.
    setter.heading(1, if document.title.trim().is_empty() { &document.footer } else { &document.title });
    let mut blocks = document.blocks.iter().peekable();
    while let Some(block) = blocks.next() {
        match block {
            Block::Heading(level, text) => setter.heading(*level, text),
            Block::Paragraph(text) => setter.paragraph(text),
            Block::Table { caption, columns, rows } => setter.table(caption, columns, rows),
            Block::Entry(name, value) => {
                let mut entries = vec![(name.as_str(), value.as_str())];
                while let Some(Block::Entry(name, value)) = blocks.peek() {
                    entries.push((name, value));
                    blocks.next();
                }
                setter.entries(&entries);
            }
        }
    }
    setter.laid
}

/// A text as titles of elements have it: PDF/A limits the length of what is no text on a page.
pub(super) fn shortened(text: &str) -> String {
    text.chars()
        .map(|letter| if letter == '\n' { ' ' } else { letter })
        .take(500)
        .collect::<String>()
        .trim()
        .to_owned()
}

/// Lines that stand beside each other: cells of a row.
struct Cell {
    element: Option<ElementId>,
    x: f32,
    bold: bool,
    lines: Vec<String>,
}

struct Setter<'t> {
    typefaces: &'t Typefaces,
    laid: Laid,
    y: f32,
    /// The level of the heading before.
    level: u8,
    /// The header cells that each further page of a table begins with.
    repeats: Option<Vec<(f32, Vec<String>)>>,
}

impl Setter<'_> {
    fn element(&mut self, kind: Kind, around: Option<ElementId>) -> ElementId {
        let id = self.laid.elements.len();
        self.laid.elements.push(Element { kind, children: Vec::new() });
        match around.and_then(|around| self.laid.elements.get_mut(around)) {
            Some(around) => around.children.push(id),
            None => self.laid.roots.push(id),
        }
        id
    }

    fn face(&self, bold: bool) -> &Typeface {
        self.typefaces.of(bold)
    }

    fn put(&mut self, run: Run) {
        if let Some(page) = self.laid.pages.last_mut() {
            page.runs.push(run);
        }
    }

    fn new_page(&mut self) {
        self.laid.pages.push(LaidPage::default());
        self.y = TOP;
        let Some(headers) = self.repeats.clone() else { return };
        let height = headers.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        for (x, lines) in headers {
            self.lines_at(x, self.y, &lines, TEXT, LINE, true, None);
        }
        self.y += height as f32 * LINE + 6.0;
        self.rule();
    }

    /// Goes to a new page where there is not room for so much.
    fn make_room(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.new_page();
        }
    }

    fn rule(&mut self) {
        let y = self.y;
        self.laid.pages.last_mut().into_iter().for_each(|page| page.rules.push(y));
        self.y += 5.0;
    }

    #[allow(clippy::too_many_arguments, reason = "a line is all of these")]
    fn lines_at(
        &mut self,
        x: f32,
        y: f32,
        lines: &[String],
        size: f32,
        height: f32,
        bold: bool,
        element: Option<ElementId>,
    ) {
        for (index, text) in lines.iter().enumerate() {
            let y = y + index as f32 * height + size;
            self.put(Run { text: text.clone(), x, y, size, bold, element });
        }
    }

    /// A heading; levels follow each other without a gap.
    fn heading(&mut self, level: u8, text: &str) {
        let level = level.min(self.level + 1).clamp(1, 6);
        let (size, before) = match level {
            1 => (20.0, 0.0),
            2 => (14.0, 18.0),
            3 => (11.5, 12.0),
            _ => (10.5, 8.0),
        };
        let height = size * 1.3;
        let lines = broken(text, self.face(true), size, WIDTH);
        let title = shortened(&lines.concat());
        if title.is_empty() {
            return;
        }
        self.level = level;
        if self.y > TOP {
            self.y += before;
        }
        // A heading does not stand alone at the end of a page.
        self.make_room(lines.len() as f32 * height + 3.0 * LINE);
        if level <= 2 {
            let page = self.laid.pages.len() - 1;
            self.laid.marks.push(Mark { text: title.clone(), page, y: self.y });
        }
        let element = self.element(Kind::Heading(level, title), None);
        for line in lines {
            self.make_room(height);
            self.lines_at(MARGIN, self.y, &[line], size, height, true, Some(element));
            self.y += height;
        }
        self.y += 4.0;
    }

    fn paragraph(&mut self, text: &str) {
        let element = self.element(Kind::Paragraph, None);
        for line in broken(text, self.face(false), TEXT, WIDTH) {
            self.make_room(LINE);
            self.lines_at(MARGIN, self.y, &[line], TEXT, LINE, false, Some(element));
            self.y += LINE;
        }
        self.y += 6.0;
    }

    /// Names and values: a table whose rows have a header cell.
    fn entries(&mut self, entries: &[(&str, &str)]) {
        let table = self.element(Kind::Table(String::new()), None);
        let body = self.element(Kind::Body, Some(table));
        let names = WIDTH * NAMES - GAP;
        for (name, value) in entries {
            let row = self.element(Kind::Row, Some(body));
            let header = self.element(Kind::RowHeader, Some(row));
            let cell = self.element(Kind::Cell, Some(row));
            let cells = vec![
                Cell {
                    element: Some(header),
                    x: MARGIN,
                    bold: true,
                    lines: broken(name, self.face(true), TEXT, names),
                },
                Cell {
                    element: Some(cell),
                    x: MARGIN + WIDTH * NAMES,
                    bold: false,
                    lines: broken(value, self.face(false), TEXT, WIDTH * (1.0 - NAMES)),
                },
            ];
            self.row(&cells);
        }
        self.y += 4.0;
    }

    fn table(&mut self, caption: &str, columns: &[String], rows: &[Vec<String>]) {
        let summary = shortened(&self.face(true).showable(caption));
        let table = self.element(Kind::Table(summary), None);
        if !caption.is_empty() {
            let element = self.element(Kind::Caption, Some(table));
            let lines = broken(caption, self.face(true), 11.5, WIDTH);
            self.y += 8.0;
            self.make_room(lines.len() as f32 * 16.0 + 4.0 * LINE);
            for line in lines {
                self.make_room(16.0);
                self.lines_at(MARGIN, self.y, &[line], 11.5, 16.0, true, Some(element));
                self.y += 16.0;
            }
            self.y += 2.0;
        }
        let width = WIDTH / columns.len().max(1) as f32;
        let x = |column: usize| MARGIN + column as f32 * width;
        let head = self.element(Kind::Head, Some(table));
        let row = self.element(Kind::Row, Some(head));
        let mut headers = Vec::new();
        for (column, name) in columns.iter().enumerate() {
            let element = Some(self.element(Kind::ColumnHeader, Some(row)));
            let lines = broken(name, self.face(true), TEXT, width - GAP);
            headers.push(Cell { element, x: x(column), bold: true, lines });
        }
        self.row(&headers);
        let repeated = headers.into_iter().map(|cell| (cell.x, cell.lines)).collect::<Vec<_>>();
        // Headers that take much of a page are not repeated.
        self.repeats = Some(repeated).filter(|cells| cells.iter().all(|(_, lines)| lines.len() <= 6));
        let body = self.element(Kind::Body, Some(table));
        for values in rows {
            let row = self.element(Kind::Row, Some(body));
            let mut cells = Vec::new();
            for (column, value) in values.iter().enumerate().take(columns.len()) {
                let element = Some(self.element(Kind::Cell, Some(row)));
                let lines = broken(value, self.face(false), TEXT, width - GAP);
                cells.push(Cell { element, x: x(column), bold: false, lines });
            }
            self.row(&cells);
        }
        self.repeats = None;
        self.y += 8.0;
    }

    /// A row of cells: on one page where it fits on one, else line by line over several.
    fn row(&mut self, cells: &[Cell]) {
        let height = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(0);
        let fits_on_a_page = height as f32 * LINE < (BOTTOM - TOP) / 2.0;
        if fits_on_a_page {
            self.make_room(height as f32 * LINE);
        }
        for line in 0..height {
            self.make_room(LINE);
            for cell in cells {
                if let Some(text) = cell.lines.get(line) {
                    let text = std::slice::from_ref(text);
                    self.lines_at(cell.x, self.y, text, TEXT, LINE, cell.bold, cell.element);
                }
            }
            self.y += LINE;
        }
        self.y += 4.0;
        self.rule();
    }
}
