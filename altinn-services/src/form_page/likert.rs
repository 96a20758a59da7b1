//! Questions with the same answers to choose from, one below the other (Likert).

use serde_json::Value;

use super::model::{Content, Control, Item};
use super::resolve::{At, Resolver};
use super::rich_text::RichText;
use crate::expression::Binding;

/// Questions that are answered by the same options.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Likert {
    /// What they are called.
    pub title: Option<RichText>,
    /// What is said below the title.
    pub description: Option<RichText>,
    /// The questions: a field each, with the same options.
    pub questions: Vec<Item>,
}

impl Resolver<'_, '_> {
    /// A question for each row of the data that it is bound to, as far as its filter lets through.
    pub(super) fn likert(&self, at: At<'_>) -> Likert {
        let rows = at.component.bindings.get("questions").and_then(|binding| self.length(binding, at.rows));
        let filter = self.property(at, "filter").and_then(Value::as_array);
        let bound = |key: &str| {
            let found = filter?.iter().find(|part| part.get("key").and_then(Value::as_str) == Some(key))?;
            let value = found.get("value")?;
            value.as_u64().or_else(|| value.as_str()?.parse().ok()).and_then(|row| usize::try_from(row).ok())
        };
        let stop = bound("stop").unwrap_or(usize::MAX).min(rows.unwrap_or(0));
        Likert {
            title: self.text(at, "title"),
            description: self.text(at, "description"),
            questions: (bound("start").unwrap_or(0)..stop).map(|row| self.question(at, row)).collect(),
        }
    }

    fn length(&self, binding: &Binding, rows: &[usize]) -> Option<usize> {
        let pointer = self.pointer(binding, rows)?;
        let model = self.view.context.model(Some(&self.data_type_of(binding))).ok().flatten()?;
        model.pointer(&pointer)?.as_array().map(Vec::len)
    }

    fn question(&self, around: At<'_>, row: usize) -> Item {
        let rows: Vec<usize> = around.rows.iter().copied().chain([row]).collect();
        let at = At { component: around.component, rows: &rows };
        let label = self.text(at, "questions");
        let mut field = self.bound_field(at, at.component.bindings.get("answer"), at.id(), label);
        (field.description, field.help) = (None, None);
        field.control = Control::Radio;
        field.options = self.options(at, &field.value);
        if field.options.is_empty() {
            // Nobody says what can be chosen: it is written.
            field.control = Control::Line;
        }
        field.shown = self.shown(at, &field);
        Item { id: at.id(), kind: at.component.kind.clone(), content: Content::Field(Box::new(field)) }
    }
}
