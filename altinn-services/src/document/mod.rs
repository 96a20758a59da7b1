//! Documents to be read and kept: headings, paragraphs, entries and tables, written as accessible PDFs.
//!
//! A document is tagged as PDF/UA-1 (ISO 14289-1) asks, and kept as PDF/A-2a (ISO 19005-2): language, title, headings in
//! their order, tables with header cells, what repeats on each page as artifacts, and the typeface inside. The same
//! document gives the same bytes.

mod layout;
mod lines;
mod pdf;
mod typeface;

use altinn_core::Language;
use chrono::{DateTime, Utc};
use thiserror::Error;

/// A document.
#[derive(Clone, PartialEq)]
pub(crate) struct Document {
    /// The language that it is in.
    pub(crate) language: Language,
    /// What it is called.
    pub(crate) title: String,
    /// What stands at the foot of every page.
    pub(crate) footer: String,
    /// When it was written.
    pub(crate) written: DateTime<Utc>,
    /// What stands in it, below its title.
    pub(crate) blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Clone, PartialEq)]
pub(crate) enum Block {
    /// A heading, from level 2.
    Heading(u8, String),
    /// A paragraph.
    Paragraph(String),
    /// What something is called, and what it is.
    Entry(String, String),
    /// Rows of the same columns.
    Table { caption: String, columns: Vec<String>, rows: Vec<Vec<String>> },
}

/// A document could not be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the document can not be written as an accessible PDF: {problem}")]
pub struct DocumentError {
    problem: String,
}

impl std::fmt::Debug for Document {
    /// Leaves out what stands in it: it is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("blocks", &self.blocks.len()).finish_non_exhaustive()
    }
}
