//! Rows that have the fields of their schema (`AddToList`), and fields of a web component (`Custom`).
//!
//! Source: Altinn's front end: `AddToList` asks for what the schema of its list's items has, in a window of its own; `Custom`
//! hands its bound values to a web component that the app brings along. Here nothing of an app runs: what is bound is written
//! in fields, and what is no text, number or truth value is read.

use serde_json::{Map, Value};

use super::field::plain;
use super::model::{Content, Control, Field, FieldOption, Group, Item, Row, Rows, Written};
use super::resolve::{At, MAX_ROWS, Resolver};
use super::rich_text::RichText;
use crate::expression::Binding;

impl Resolver<'_, '_> {
    /// `AddToList`: a row for each item of the list, with a field for each that its schema has.
    pub(super) fn list_to_add_to(&self, at: At<'_>) -> Content {
        let binding = at.component.bindings.get("data");
        let data_type = binding.map(|binding| self.data_type_of(binding)).unwrap_or_default();
        let pointer = binding.and_then(|binding| self.pointer(binding, at.rows));
        let model = self.view.context.model(Some(&data_type)).ok().flatten();
        let list = pointer.as_deref().and_then(|pointer| model?.pointer(pointer)?.as_array());
        let count = list.map_or(0, Vec::len).min(MAX_ROWS);
        let writes = pointer.is_some()
            && !self.view.only_reads(&data_type)
            && !self.is_true(at.component.read_only.as_ref(), at, true);
        let fields = binding.map(|binding| self.fields_of_items(&data_type, binding)).unwrap_or_default();
        let row = |index: usize| {
            let rows: Vec<usize> = at.rows.iter().copied().chain([index]).collect();
            let at = At { component: at.component, rows: &rows };
            let items = fields.iter().map(|(name, binding, is_required)| {
                let label = self.titled(&data_type, binding).unwrap_or_else(|| name.clone());
                let mut field = self.bound_value(at, binding, name, RichText::plain(&label));
                field.required = *is_required && !field.read_only;
                item(at, field)
            });
            Row { index, items: items.collect(), can_remove: writes }
        };
        Content::Rows(Rows {
            title: self.text(at, "title").or_else(|| self.stated_title(at)),
            description: self.text(at, "description"),
            rows: (0..count).map(row).collect(),
            issues: pointer.as_deref().map(|at| self.issues_at(&data_type, at)).unwrap_or_default(),
            can_add: writes && !fields.is_empty() && count < MAX_ROWS,
            data_type,
            pointer,
            beside: Vec::new(),
            new_row: Map::new(),
            min: 0,
            add_label: None,
        })
    }

    /// `AddToList` has its title as a property of its own.
    fn stated_title(&self, at: At<'_>) -> Option<RichText> {
        let title = self.property(at, "title")?.as_str()?;
        Some(self.option_text(title, at)).filter(|title| !title.is_empty())
    }

    /// `Custom`: what is said of the web component, and a field for each of its values.
    pub(super) fn custom(&self, at: At<'_>) -> Content {
        let title = self.text(at, "title");
        let bindings = &at.component.bindings;
        let only = title.clone().filter(|_| bindings.len() == 1);
        let fields = bindings.iter().map(|(name, binding)| {
            let label = only.clone().unwrap_or_else(|| {
                RichText::plain(
                    &self.titled(&self.data_type_of(binding), binding).unwrap_or_else(|| name.clone()),
                )
            });
            item(at, self.bound_value(at, binding, name, label))
        });
        let mut items: Vec<Item> = fields.collect();
        let words = self.view.words();
        let about = match items.as_slice() {
            [] => Some(words.not_rendered()),
            _ if self.view.is_read_only => None,
            _ => Some(words.of_web_component()),
        };
        let about = about.map(|about| Item {
            id: format!("{}.about", at.id()),
            kind: at.component.kind.clone(),
            content: Content::Text(RichText::plain(about)),
        });
        items.splice(0..0, about);
        // The only field has the title.
        let title = title.filter(|_| only.is_none());
        Content::Group(Group { title, description: self.text(at, "description"), folds: false, items })
    }

    /// A field of what a binding leads to.
    fn bound_value(&self, at: At<'_>, binding: &Binding, name: &str, label: RichText) -> Field {
        let mut field = self.bound_field(at, Some(binding), format!("{}.{name}", at.id()), Some(label));
        (field.description, field.help) = (None, None);
        let schema = self.view.app.form_schema(&field.data_type);
        let said = schema.map(|schema| schema.facts(&binding.field)).unwrap_or_default();
        let is = |kind: &str| said.iter().any(|said| is_of(said, kind));
        if field.value.is_object() || field.value.is_array() || is("object") || is("array") {
            field.read_only = true;
        }
        let words = self.view.words();
        field.options = match said.iter().find_map(|said| said.get("enum")?.as_array()) {
            _ if field.written == Written::Boolean => {
                let answer = |value, label| option(Value::Bool(value), label, &field.value);
                vec![answer(true, words.yes()), answer(false, words.no())]
            }
            Some(choices) => choices
                .iter()
                .filter(|choice| !choice.is_null())
                .map(|choice| option(choice.clone(), &plain(choice, words), &field.value))
                .collect(),
            None => Vec::new(),
        };
        let is_date = said.iter().any(|said| said.get("format").and_then(Value::as_str) == Some("date"));
        field.control = match field.written {
            Written::Boolean => Control::Radio,
            _ if !field.options.is_empty() => Control::Dropdown,
            Written::Integer => Control::Integer,
            Written::Number => Control::Decimal,
            _ if is_date => Control::Date,
            _ => field.control,
        };
        field.shown = plain(&field.value, words);
        field
    }

    /// The fields that the items of a list may have by their schema, with whether they must: those that must in the schema's
    /// order, then the others by name. Lists and groups in them are left out.
    fn fields_of_items(&self, data_type: &str, list: &Binding) -> Vec<(String, Binding, bool)> {
        let Some(schema) = self.view.app.form_schema(data_type) else { return Vec::new() };
        let (names, required) = schema.fields_of_items(&list.field);
        let ordered =
            required.iter().copied().chain(names.iter().copied().filter(|name| !required.contains(name)));
        let fields = ordered.filter_map(|name| {
            let binding = list.below(name);
            let said = schema.facts(&binding.field);
            let is_value = !said.iter().any(|said| is_of(said, "object") || is_of(said, "array"));
            (is_value && names.contains(&name)).then(|| (name.to_owned(), binding, required.contains(&name)))
        });
        fields.collect()
    }

    /// What a field is called: by the app's text of its name, as in receipts, or by its schema.
    fn titled(&self, data_type: &str, binding: &Binding) -> Option<String> {
        let keys = [binding.field.clone(), format!("{}.title", binding.field)];
        let text = keys.iter().find_map(|key| self.view.app.texts().text(key));
        if let Some(text) = text {
            return Some(text.in_language(self.view.language()).to_owned());
        }
        let said = self.view.app.form_schema(data_type)?.facts(&binding.field);
        said.iter().find_map(|said| Some(said.get("title")?.as_str()?.to_owned()))
    }
}

fn item(at: At<'_>, field: Field) -> Item {
    Item { id: field.name.clone(), kind: at.component.kind.clone(), content: Content::Field(Box::new(field)) }
}

fn option(value: Value, label: &str, stored: &Value) -> FieldOption {
    FieldOption { chosen: value == *stored, label: RichText::plain(label), description: None, value }
}

/// Whether a schema says that a value is of a kind.
fn is_of(said: &Value, kind: &str) -> bool {
    match said.get("type") {
        Some(Value::Array(several)) => several.iter().any(|named| named == kind),
        Some(one) => one == kind,
        None => kind == "object" && said.get("properties").is_some(),
    }
}
