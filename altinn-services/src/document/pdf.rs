//! Documents as PDF.

use altinn_core::Language;
use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime as PdfTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Paint, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind,
    TagTree,
};
use krilla::{Document as Pdf, SerializeSettings};

use super::layout::{self, Element, ElementId, Kind, Laid, LaidPage, MARGIN, PAGE, lay_out};
use super::typeface::{Typeface, Typefaces};
use super::{Document, DocumentError};

/// What is written small at the head and the foot of pages.
const SMALL: f32 = 8.0;

impl Document {
    /// The document as a PDF that is both PDF/UA-1 and PDF/A-2a; the same document gives the same bytes.
    pub(crate) fn to_pdf(&self) -> Result<Vec<u8>, DocumentError> {
        let typefaces = Typefaces::load()?;
        let laid = lay_out(self, &typefaces);
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A2_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|_| fault("no version of PDF is both"))?;
        let settings =
            SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
        let mut pdf = Pdf::new_with(settings);
        let mut marks = vec![Vec::new(); laid.elements.len()];
        let count = laid.pages.len();
        for (index, page) in laid.pages.iter().enumerate() {
            self.draw(&mut pdf, &typefaces, page, (index + 1, count), &mut marks)?;
        }
        pdf.set_tag_tree(tag_tree(&laid, marks, self.language));
        pdf.set_outline(outline(&laid));
        pdf.set_metadata(self.metadata(&typefaces.regular));
        pdf.finish().map_err(|error| fault(&said(&error)))
    }

    fn metadata(&self, typeface: &Typeface) -> Metadata {
        let titles = [&self.title, &self.footer].map(|text| layout::shortened(&typeface.showable(text)));
        let title = titles.into_iter().find(|title| !title.is_empty()).unwrap_or_default();
        Metadata::new()
            .title(title)
            .language(self.language.code().to_owned())
            .creation_date(time(self.written))
            .creator("Altinn SDK".to_owned())
            .document_id(layout::shortened(&self.footer))
    }

    fn draw(
        &self,
        pdf: &mut Pdf,
        typefaces: &Typefaces,
        page: &LaidPage,
        (number, count): (usize, usize),
        marks: &mut [Vec<Identifier>],
    ) -> Result<(), DocumentError> {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| fault("a page has no size"))?;
        let mut drawn = pdf.start_page_with(settings);
        let mut surface = drawn.surface();
        if number > 1 {
            self.draw_head(&mut surface, &typefaces.regular);
        }
        draw_rules(&mut surface, &page.rules);
        for run in &page.runs {
            let tag = match run.element {
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
            };
            let mark = surface.start_tagged(tag);
            draw_text(&mut surface, typefaces.of(run.bold), &run.text, (run.x, run.y), run.size, INK);
            surface.end_tagged();
            if let Some(marks) = run.element.and_then(|element| marks.get_mut(element)) {
                marks.push(mark);
            }
        }
        self.draw_foot(&mut surface, &typefaces.regular, number, count);
        surface.finish();
        drawn.finish();
        Ok(())
    }

    fn draw_head(&self, surface: &mut Surface<'_>, typeface: &Typeface) {
        let title = shortened(typeface, &self.title, PAGE.0 - 2.0 * MARGIN);
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Header)));
        draw_text(surface, typeface, &title, (MARGIN, 48.0), SMALL, GREY);
        surface.end_tagged();
    }

    fn draw_foot(&self, surface: &mut Surface<'_>, typeface: &Typeface, number: usize, count: usize) {
        let page = match self.language {
            Language::En => format!("Page {number} of {count}"),
            _ => format!("Side {number} av {count}"),
        };
        let place = PAGE.0 - MARGIN - typeface.width(&page, SMALL);
        let footer = shortened(typeface, &self.footer, place - MARGIN - 20.0);
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
        draw_text(surface, typeface, &footer, (MARGIN, 808.0), SMALL, GREY);
        draw_text(surface, typeface, &page, (place, 808.0), SMALL, GREY);
        surface.end_tagged();
    }
}

/// Colours by red, green and blue; grey is dark enough for small text (WCAG 2.1, 1.4.3).
type Colour = (u8, u8, u8);
const INK: Colour = (30, 43, 60);
const GREY: Colour = (86, 96, 110);
const RULE: Colour = (214, 218, 224);

fn paint((red, green, blue): Colour) -> Paint {
    rgb::Color::new(red, green, blue).into()
}

fn draw_text(
    surface: &mut Surface<'_>,
    typeface: &Typeface,
    text: &str,
    (x, y): (f32, f32),
    size: f32,
    colour: Colour,
) {
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: paint(colour), ..Fill::default() }));
    surface.draw_glyphs(Point::from_xy(x, y), &typeface.glyphs(text), typeface.font(), text, size, false);
}

fn draw_rules(surface: &mut Surface<'_>, rules: &[f32]) {
    if rules.is_empty() {
        return;
    }
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { paint: paint(RULE), width: 0.5, ..Stroke::default() }));
    for y in rules {
        let mut path = PathBuilder::new();
        path.move_to(MARGIN, *y);
        path.line_to(PAGE.0 - MARGIN, *y);
        path.finish().iter().for_each(|path| surface.draw_path(path));
    }
    surface.end_tagged();
}

/// A text on one line of at most so many points.
fn shortened(typeface: &Typeface, text: &str, width: f32) -> String {
    let text = typeface.showable(text).replace('\n', " ");
    if typeface.width(&text, SMALL) <= width {
        return text;
    }
    let mut shown = String::new();
    for letter in text.chars() {
        if typeface.width(&shown, SMALL) + 2.0 * SMALL > width {
            break;
        }
        shown.push(letter);
    }
    shown + "…"
}

fn tag_tree(laid: &Laid, marks: Vec<Vec<Identifier>>, language: Language) -> TagTree {
    let mut marks = marks;
    let mut tree = TagTree::new().with_lang(Some(language.code().to_owned()));
    for root in &laid.roots {
        tree.push(group(&laid.elements, *root, &mut marks));
    }
    tree
}

/// Elements are nested four deep at most: a table, its body, a row, a cell.
fn group(elements: &[Element], id: ElementId, marks: &mut [Vec<Identifier>]) -> TagGroup {
    let Some(element) = elements.get(id) else { return TagGroup::new(Tag::P) };
    let mut group = TagGroup::new(tag(&element.kind));
    marks.get_mut(id).into_iter().flat_map(std::mem::take).for_each(|mark| group.push(mark));
    element.children.iter().for_each(|child| group.push(self::group(elements, *child, marks)));
    group
}

fn tag(kind: &Kind) -> TagKind {
    match kind {
        Kind::Heading(level, title) => {
            let level = std::num::NonZeroU16::new(u16::from(*level)).unwrap_or(std::num::NonZeroU16::MIN);
            Tag::Hn(level, Some(title.clone())).into()
        }
        Kind::Paragraph => Tag::P.into(),
        Kind::Table(summary) => {
            Tag::Table.with_summary(Some(summary.clone()).filter(|summary| !summary.is_empty())).into()
        }
        Kind::Caption => Tag::Caption.into(),
        Kind::Head => Tag::THead.into(),
        Kind::Body => Tag::TBody.into(),
        Kind::Row => Tag::TR.into(),
        Kind::ColumnHeader => Tag::TH(TableHeaderScope::Column).into(),
        Kind::RowHeader => Tag::TH(TableHeaderScope::Row).into(),
        Kind::Cell => Tag::TD.into(),
    }
}

fn outline(laid: &Laid) -> Outline {
    let mut outline = Outline::new();
    for mark in &laid.marks {
        let target = XyzDestination::new(mark.page, Point::from_xy(0.0, (mark.y - 20.0).max(0.0)));
        outline.push_child(OutlineNode::new(mark.text.clone(), target));
    }
    outline
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "parts of a date are small")]
fn time(at: DateTime<Utc>) -> PdfTime {
    PdfTime::new(at.year().clamp(0, 9999) as u16)
        .month(at.month() as u8)
        .day(at.day() as u8)
        .hour(at.hour() as u8)
        .minute(at.minute() as u8)
        .second(at.second() as u8)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn fault(problem: &str) -> DocumentError {
    DocumentError { problem: problem.to_owned() }
}

/// What went wrong, without the text of the document.
fn said(error: &krilla::error::KrillaError) -> String {
    match error {
        krilla::error::KrillaError::Validation(faults) => format!("{} rules are not kept", faults.len()),
        krilla::error::KrillaError::Font(..) => "its typeface can not be embedded".to_owned(),
        _ => "a limit of the format was passed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Block;
    use super::*;

    fn document(blocks: Vec<Block>) -> Document {
        let written = "2026-11-29T12:00:00Z".parse().unwrap();
        let (title, footer) = ("Søknad (bakeri)".to_owned(), "Referanse a1".to_owned());
        Document { language: Language::Nb, title, footer, written, blocks }
    }

    /// Texts as nobody should write them.
    fn hostile() -> Vec<String> {
        let words = [
            "",
            " ",
            "\u{0}\u{1}\u{7f}\u{85}",
            ") endstream endobj",
            "漢字 العربية 👩\u{200d}🚀",
            "\u{202e}snu\u{2066}",
            "\u{e000}\u{fffe}\u{10ffff}",
            "e\u{301}\u{301}\u{301}",
            "a\nb\r\nc\td",
            "áčđŋšŧž ÁČĐŊŠŦŽ æøå",
        ];
        words.map(str::to_owned).into_iter().chain(["x".repeat(20_000), "ord ".repeat(5_000)]).collect()
    }

    #[test]
    fn the_same_document_gives_the_same_bytes() {
        let blocks = vec![Block::Heading(2, "Om".into()), Block::Entry("Navn".into(), "Kari".into())];
        let document = document(blocks);
        let bytes = document.to_pdf().unwrap();
        assert!(bytes.starts_with(b"%PDF-1.7"));
        assert_eq!(document.to_pdf().unwrap(), bytes);
    }

    #[test]
    fn whatever_is_filled_in_gives_a_document() {
        let texts = hostile();
        let mut blocks = Vec::new();
        for text in &texts {
            blocks.push(Block::Heading(9, text.chars().take(300).collect()));
            blocks.push(Block::Paragraph(text.clone()));
            blocks.push(Block::Entry(text.clone(), text.clone()));
            let (columns, rows) =
                (vec![text.clone(), "To".to_owned()], vec![vec![text.clone(); 3], Vec::new()]);
            blocks.push(Block::Table { caption: text.clone(), columns, rows });
        }
        blocks.push(Block::Table { caption: String::new(), columns: Vec::new(), rows: vec![Vec::new()] });
        let mut document = document(blocks);
        document.title = texts.concat();
        document.footer = texts.concat();
        assert!(document.to_pdf().unwrap().len() > 10_000);
    }

    #[test]
    fn long_tables_take_many_pages_and_repeat_their_headers_for_the_eye_alone() {
        let rows: usize = if std::env::var_os("ALTINN_TEST_LONG").is_some() { 10_000 } else { 1_000 };
        let row = |index: usize| vec![format!("Ansatt {index}"), "Baker".to_owned()];
        let columns = vec!["Navn".to_owned(), "Arbeid".to_owned()];
        let table = Block::Table { caption: "Ansatte".into(), columns, rows: (0..rows).map(row).collect() };
        let document = document(vec![table]);
        let laid = lay_out(&document, &Typefaces::load().unwrap());
        assert!(laid.pages.len() > rows / 40);
        let headers = laid.pages.iter().flat_map(|page| &page.runs).filter(|run| run.text == "Navn");
        let (tagged, repeated): (Vec<_>, Vec<_>) = headers.partition(|run| run.element.is_some());
        assert_eq!((tagged.len(), repeated.len()), (1, laid.pages.len() - 1));
        assert!(document.to_pdf().is_ok());
    }

    #[test]
    fn headings_follow_each_other_without_a_gap() {
        let levels = [4, 6, 2, 5].map(|level| Block::Heading(level, "x".into()));
        let laid = lay_out(&document(levels.into()), &Typefaces::load().unwrap());
        let found: Vec<u8> = laid
            .elements
            .iter()
            .filter_map(|element| match element.kind {
                Kind::Heading(level, _) => Some(level),
                _ => None,
            })
            .collect();
        assert_eq!(found, [1, 2, 3, 2, 3]);
    }
}
