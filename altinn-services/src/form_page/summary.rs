//! Summaries: what was filled in, to be read.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::kind::Kind;
use super::model::{Content, FormPage, Item, Row, Rows};
use super::resolve::{At, Resolver};
use super::rich_text::RichText;
use crate::definition::LayoutSet;
use crate::expression::{ComponentInstance, Failure};

/// How many columns a table has at most; with more, each row is a list of its own.
const MAX_COLUMNS: usize = 5;
/// The smallest heading.
const MAX_HEADING: u8 = 6;

/// What was filled in elsewhere.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Summary {
    /// What it is called.
    pub title: Option<RichText>,
    /// What was filled in.
    pub parts: Vec<SummaryPart>,
}

/// A part of what was filled in.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum SummaryPart {
    /// A field and what it holds.
    Entry {
        /// What it is called.
        label: String,
        /// What it holds; empty when it is not filled in.
        value: String,
    },
    /// A heading above what follows, from level 3.
    Heading {
        /// The level.
        level: u8,
        /// The text.
        text: String,
    },
    /// A text that stands between what was filled in; only documents show it.
    Text(String),
    /// The rows of a repeating group in which every row has the same fields.
    Table {
        /// What the group is called.
        caption: String,
        /// What the fields are called.
        columns: Vec<String>,
        /// What the rows hold, field by field.
        rows: Vec<Vec<String>>,
    },
}

impl Resolver<'_, '_> {
    /// A component that is only to be read (`renderAsSummary`).
    pub(super) fn summary_of(&self, instance: ComponentInstance<'_>) -> Result<Content, Failure> {
        let (component, rows) = (instance.component, instance.rows.clone());
        let at = At { component, rows: &rows };
        let content = match Kind::of(component) {
            Some(Kind::Rows) => self.rows(instance)?,
            Some(kind @ (Kind::Group | Kind::Folded)) => self.group(kind, instance)?,
            Some(Kind::ListToAddTo) => self.list_to_add_to(at),
            Some(Kind::Custom) => self.custom(at),
            Some(Kind::Shapes) => Content::Group(self.shapes(at)),
            Some(kind) if component.simple_binding().is_some() => {
                Content::Field(Box::new(self.field(kind, at)))
            }
            Some(Kind::Address) => Content::Group(self.address(at)),
            Some(Kind::Person) => Content::Group(self.person(at)),
            Some(Kind::Organization) => Content::Group(self.organization(at)),
            Some(Kind::Table) => return Ok(self.table(at)),
            Some(Kind::Likert) => Content::Likert(self.likert(at)),
            Some(Kind::List) => Content::Group(self.list(at)),
            Some(Kind::Files) => self.attachments(at),
            Some(Kind::SubForms) => self.sub_forms(at),
            Some(Kind::Payment) => return Ok(self.facts(at, &self.view.payment)),
            _ => Content::Text(RichText::default()),
        };
        let item = Item { id: at.id(), kind: component.kind.clone(), content };
        Ok(Content::Summary(Summary { title: None, parts: parts_of(&[item], 3) }))
    }

    /// `Summary`: of the component that `componentRef` names.
    pub(super) fn summary_of_reference(&self, at: At<'_>) -> Result<Content, Failure> {
        let named = self.property(at, "componentRef").and_then(Value::as_str);
        let parts = match named {
            Some(id) => self.parts_of_component(self.set, id, BTreeSet::new())?,
            None => Vec::new(),
        };
        Ok(Content::Summary(Summary { title: self.text(at, "title"), parts }))
    }

    /// `Summary2`: of a component, a page or all pages, of this task or another.
    pub(super) fn summary_of_target(&self, at: At<'_>) -> Result<Content, Failure> {
        let said = |name: &str| self.property(at, "target").and_then(|target| target.get(name)?.as_str());
        let overrides = self.property(at, "overrides").and_then(Value::as_array).into_iter().flatten();
        let hidden = overrides.filter(|of| of.get("hidden") == Some(&Value::Bool(true)));
        let hidden: BTreeSet<&str> =
            hidden.filter_map(|of| of.get("componentId").and_then(Value::as_str)).collect();
        let set = said("taskId").map_or(Some(self.set), |task| self.view.app.layouts_of(task));
        let mut parts = Vec::new();
        if let Some(set) = set {
            match (said("type"), said("id")) {
                (Some("component") | None, Some(id)) => parts = self.parts_of_component(set, id, hidden)?,
                (Some("page"), Some(id)) => parts = self.parts_of_pages(set, Some(id), hidden)?,
                _ => parts = self.parts_of_pages(set, None, hidden)?,
            }
        }
        if self.property(at, "hideEmptyFields") == Some(&Value::Bool(true)) {
            parts.retain(|part| !matches!(part, SummaryPart::Entry { value, .. } if value.is_empty()));
        }
        Ok(Content::Summary(Summary { title: self.text(at, "title"), parts }))
    }

    fn parts_of_component(
        &self,
        set: &LayoutSet,
        id: &str,
        hidden: BTreeSet<&str>,
    ) -> Result<Vec<SummaryPart>, Failure> {
        let pages = self.plain_pages(set, None, hidden)?;
        let found = pages.iter().flat_map(FormPage::all_items).filter(|item| {
            item.id == id
                || item.id.strip_prefix(id).is_some_and(|rest| rest.starts_with('-') && is_rows(rest))
        });
        Ok(found.flat_map(|item| parts_of(std::slice::from_ref(item), 3)).collect())
    }

    fn parts_of_pages(
        &self,
        set: &LayoutSet,
        name: Option<&str>,
        hidden: BTreeSet<&str>,
    ) -> Result<Vec<SummaryPart>, Failure> {
        let mut parts = Vec::new();
        for page in self.plain_pages(set, name, hidden)? {
            let filled_in = parts_of(&page.items, 4);
            if filled_in.iter().any(|part| !matches!(part, SummaryPart::Heading { .. })) {
                if name.is_none() {
                    parts.push(SummaryPart::Heading { level: 3, text: page.title.to_plain() });
                }
                parts.extend(filled_in);
            }
        }
        Ok(parts)
    }

    /// The pages of a set without the components that show others, so that no summary is in itself, and without those that
    /// are hidden in the summary.
    fn plain_pages(
        &self,
        set: &LayoutSet,
        name: Option<&str>,
        hidden: BTreeSet<&str>,
    ) -> Result<Vec<FormPage>, Failure> {
        let view = self.view.of_set(set);
        let mut resolver = Resolver::new(&view, set);
        resolver.leaves_out_summaries = true;
        resolver.leaves_out = hidden;
        let wanted = set.layouts.pages().iter().filter(|page| name.is_none_or(|name| name == page.name));
        let mut pages = Vec::new();
        for page in wanted {
            pages.extend(resolver.page(page)?);
        }
        Ok(pages)
    }
}

fn is_rows(rest: &str) -> bool {
    rest.chars().all(|letter| letter == '-' || letter.is_ascii_digit())
}

impl FormPage {
    /// What is filled in on the page, to be read: for a review, and for documents.
    pub fn summary(&self) -> Vec<SummaryPart> {
        parts_of(&self.items, 3)
    }

    /// All that is to be read on the page, texts too: for documents that show it instead of the form.
    pub fn read_out(&self) -> Vec<SummaryPart> {
        let mut parts = Vec::new();
        self.items.iter().for_each(|item| read_out(&mut parts, item, 3));
        parts
    }
}

/// As [`add`], with the texts.
fn read_out(parts: &mut Vec<SummaryPart>, item: &Item, level: u8) {
    match &item.content {
        Content::Text(text) => add_text(parts, text),
        Content::Panel { title, body, .. } => {
            title.iter().chain([body]).for_each(|text| add_text(parts, text));
        }
        Content::Group(group) => {
            if let Some(title) = &group.title {
                add_heading(parts, level, title.to_plain());
            }
            group.items.iter().for_each(|item| read_out(parts, item, below(level)));
        }
        Content::Summary(summary) => {
            if let Some(title) = &summary.title {
                add_heading(parts, level, title.to_plain());
            }
            parts.extend(summary.parts.iter().cloned());
        }
        _ => add(parts, item, level),
    }
}

fn add_text(parts: &mut Vec<SummaryPart>, text: &RichText) {
    let text = text.to_plain();
    if !text.trim().is_empty() {
        parts.push(SummaryPart::Text(text));
    }
}

/// What is filled in in these items, under headings from a level.
fn parts_of(items: &[Item], level: u8) -> Vec<SummaryPart> {
    let mut parts = Vec::new();
    items.iter().for_each(|item| add(&mut parts, item, level));
    parts
}

fn add(parts: &mut Vec<SummaryPart>, item: &Item, level: u8) {
    match &item.content {
        Content::Field(field) => {
            parts.push(SummaryPart::Entry { label: field.label.to_plain(), value: field.shown.clone() });
        }
        Content::Heading { text, .. } => add_heading(parts, level, text.to_plain()),
        Content::Group(group) => {
            let inner = parts_of(&group.items, below(level));
            if let Some(title) = group.title.as_ref().filter(|_| !inner.is_empty()) {
                add_heading(parts, level, title.to_plain());
            }
            parts.extend(inner);
        }
        Content::Likert(likert) => {
            if let Some(title) = &likert.title {
                add_heading(parts, level, title.to_plain());
            }
            parts.extend(parts_of(&likert.questions, below(level)));
        }
        Content::Rows(rows) => add_rows(parts, rows, level),
        Content::SubForms(list) if !list.columns.is_empty() && !list.forms.is_empty() => {
            let caption = list.title.as_ref().map(RichText::to_plain).unwrap_or_default();
            let rows = list.forms.iter().map(|form| form.cells.clone()).collect();
            parts.push(SummaryPart::Table { caption, columns: list.columns.clone(), rows });
        }
        Content::Summary(summary) => parts.extend(summary.parts.iter().cloned()),
        Content::Attachments(attachments) => {
            let names: Vec<String> = attachments.files.iter().map(|file| attachments.named(file)).collect();
            let (label, value) = (attachments.title.to_plain(), names.join(", "));
            parts.push(SummaryPart::Entry { label, value });
        }
        _ => {}
    }
}

/// A heading; one that nothing stands under is not shown.
fn add_heading(parts: &mut Vec<SummaryPart>, level: u8, text: String) {
    while matches!(parts.last(), Some(SummaryPart::Heading { level: before, .. }) if *before >= level) {
        parts.pop();
    }
    if !text.is_empty() {
        parts.push(SummaryPart::Heading { level: level.min(MAX_HEADING), text });
    }
}

fn below(level: u8) -> u8 {
    (level + 1).min(MAX_HEADING)
}

fn add_rows(parts: &mut Vec<SummaryPart>, rows: &Rows, level: u8) {
    let caption = rows.title.as_ref().map(RichText::to_plain).unwrap_or_default();
    if rows.rows.is_empty() {
        return;
    }
    if let Some((columns, cells)) = as_table(&rows.rows) {
        parts.push(SummaryPart::Table { caption, columns, rows: cells });
        return;
    }
    for row in &rows.rows {
        let number = row.index + 1;
        let text = if caption.is_empty() { number.to_string() } else { format!("{caption} {number}") };
        add_heading(parts, level, text);
        parts.extend(parts_of(&row.items, below(level)));
    }
}

/// Rows of the same few fields as a table.
fn as_table(rows: &[Row]) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let mut columns: Option<Vec<String>> = None;
    let mut cells = Vec::new();
    for row in rows {
        let entries = parts_of(&row.items, 3).into_iter().map(|part| match part {
            SummaryPart::Entry { label, value } => Some((label, value)),
            _ => None,
        });
        let (labels, values): (Vec<_>, Vec<_>) = entries.collect::<Option<Vec<_>>>()?.into_iter().unzip();
        if labels.is_empty() || labels.len() > MAX_COLUMNS {
            return None;
        }
        if columns.get_or_insert_with(|| labels.clone()) != &labels {
            return None;
        }
        cells.push(values);
    }
    columns.map(|columns| (columns, cells))
}

impl fmt::Debug for SummaryPart {
    /// Leaves out what was filled in: it is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text"),
            Self::Entry { label, .. } => {
                f.debug_struct("Entry").field("label", label).finish_non_exhaustive()
            }
            Self::Heading { level, text } => {
                f.debug_struct("Heading").field("level", level).field("text", text).finish()
            }
            Self::Table { columns, rows, .. } => {
                let rows = rows.len();
                f.debug_struct("Table").field("columns", columns).field("rows", &rows).finish_non_exhaustive()
            }
        }
    }
}
