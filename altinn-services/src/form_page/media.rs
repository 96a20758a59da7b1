//! Pictures, links and HTML that an app brings along.

use serde_json::Value;

use super::field::plain;
use super::model::Content;
use super::resolve::{At, Resolver};
use super::rich_text::RichText;
use super::summary::{Summary, SummaryPart};
use crate::expression::FieldPath;

impl Resolver<'_, '_> {
    /// `Image`: said in words. A picture that stands elsewhere has an address.
    pub(super) fn image(&self, at: At<'_>) -> Content {
        self.elsewhere(at, "image", "altTextImg")
    }

    /// `Video` and `Audio`: said in words, with the address of what stands elsewhere.
    pub(super) fn media(&self, at: At<'_>) -> Content {
        self.elsewhere(at, &at.component.kind.to_ascii_lowercase(), "altText")
    }

    fn elsewhere(&self, at: At<'_>, property: &str, alternative: &str) -> Content {
        let sources = self.property(at, property).and_then(|stated| stated.get("src"));
        let of = |language: &str| sources?.get(language)?.as_str();
        let source = of(self.view.language().code()).or_else(|| of("nb"));
        Content::Image {
            alternative: self.label(at, alternative, ""),
            address: source.filter(|address| address.starts_with("https://")).map(str::to_owned),
        }
    }

    /// `Link`: a text that leads to an address.
    pub(super) fn link(&self, at: At<'_>) -> RichText {
        let said = |name: &str| {
            let text = at.component.texts.get(name)?;
            self.evaluator.markdown(text, &at.scope()).ok().flatten()
        };
        let (title, target) = (said("title").unwrap_or_default(), said("target").unwrap_or_default());
        RichText::markdown(&format!("[{title}](<{target}>)"))
    }

    /// `IFrame`: the HTML that its title is.
    pub(super) fn frame(&self, at: At<'_>) -> Content {
        let title = at.component.texts.get("title");
        let html = title.and_then(|title| self.evaluator.markdown(title, &at.scope()).ok().flatten());
        Content::Frame { html: html.unwrap_or_default() }
    }

    /// `SimpleTable`: the rows of a list in the data, to be read.
    pub(super) fn table(&self, at: At<'_>) -> Content {
        let stated = self.property(at, "columns").and_then(Value::as_array);
        let stated: Vec<&Value> = stated.into_iter().flatten().collect();
        let header = |column: &&Value| {
            let text = column.get("header").and_then(Value::as_str).unwrap_or_default();
            self.option_text(text, at).to_plain()
        };
        let pointer = at.component.bindings.get("tableData").and_then(|binding| {
            let model = self.view.context.model(Some(&self.data_type_of(binding))).ok().flatten()?;
            model.pointer(&self.pointer(binding, at.rows)?)?.as_array()
        });
        let cell = |row: &Value, column: &Value| {
            let fields = column.get("accessors").and_then(Value::as_array).into_iter().flatten();
            let values = fields.filter_map(|field| FieldPath::new(field.as_str()?).get(row, &[]));
            let shown: Vec<String> = values.map(|value| plain(value, self.view.words())).collect();
            shown.join(", ")
        };
        let rows = pointer.into_iter().flatten();
        let rows = rows.map(|row| stated.iter().map(|column| cell(row, column)).collect()).collect();
        let columns = stated.iter().map(header).collect();
        let table = SummaryPart::Table { caption: String::new(), columns, rows };
        Content::Summary(Summary { title: self.text(at, "title"), parts: vec![table] })
    }

    /// `List`: a row of a list that the app's code gives is chosen in Altinn's front end. Here what the row would fill in is
    /// filled in: a field for each of its columns that is bound.
    pub(super) fn list(&self, at: At<'_>) -> super::Group {
        let headers = self.property(at, "tableHeaders");
        let items = at.component.bindings.iter().map(|(name, binding)| {
            let header = headers.and_then(|headers| headers.get(name)).and_then(Value::as_str);
            let label = self.option_text(header.unwrap_or(name), at);
            let id = format!("{}.{name}", at.id());
            let mut field = self.bound_field(at, Some(binding), id.clone(), Some(label));
            (field.description, field.help) = (None, None);
            field.shown = self.shown(at, &field);
            super::Item { id, kind: at.component.kind.clone(), content: Content::Field(Box::new(field)) }
        });
        super::Group {
            items: items.collect(),
            title: self.text(at, "title"),
            description: self.text(at, "description"),
            folds: false,
        }
    }
}
