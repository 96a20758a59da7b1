//! Pictures, links and HTML that an app brings along.

use serde_json::Value;

use super::model::Content;
use super::resolve::{At, Resolver};
use super::rich_text::RichText;

impl Resolver<'_, '_> {
    /// `Image`: said in words. A picture that stands elsewhere has an address.
    pub(super) fn image(&self, at: At<'_>) -> Content {
        let sources = self.property(at, "image").and_then(|image| image.get("src"));
        let of = |language: &str| sources?.get(language)?.as_str();
        let source = of(self.view.language().code()).or_else(|| of("nb"));
        Content::Image {
            alternative: self.label(at, "altTextImg", ""),
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
