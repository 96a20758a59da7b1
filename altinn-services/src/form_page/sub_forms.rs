//! Forms below a page: any number of forms of one data type, each with pages of its own (`Subform`).

use std::fmt;

use serde_json::Value;
use uuid::Uuid;

use super::field::plain;
use super::kind::Kind;
use super::model::{Content, Notice};
use super::resolve::{At, Resolver};
use super::rich_text::RichText;
use super::view::FormView;
use crate::definition::LayoutSet;
use crate::expression::{Expression, FieldPath, Scope};

/// A form below the pages of another, as it is stored.
#[derive(Clone, Copy)]
pub struct SubForm<'a> {
    /// The id of its data element.
    pub element: Uuid,
    /// Its data type.
    pub data_type: &'a str,
    /// What is filled in.
    pub data: &'a Value,
    /// Whether something in it must be put right.
    pub is_wrong: bool,
}

/// Forms below a page, in a list.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SubForms {
    /// What they are called.
    pub title: Option<RichText>,
    /// What is said below the title.
    pub description: Option<RichText>,
    /// Their data type.
    pub data_type: String,
    /// What the columns of the list are called.
    pub columns: Vec<String>,
    /// The forms that are there.
    pub forms: Vec<SubFormRow>,
    /// Whether one more may be begun.
    pub can_add: bool,
    /// Whether they may be taken away.
    pub can_remove: bool,
    /// Whether they can only be read.
    pub read_only: bool,
    /// The text of the button that begins one, where the app has one.
    pub add_label: Option<String>,
    /// What is wrong with how many there are.
    pub issues: Vec<Notice>,
}

/// A form in the list.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubFormRow {
    /// The id of its data element.
    pub element: Uuid,
    /// What the columns show of it.
    pub cells: Vec<String>,
    /// Whether something in it must be put right.
    pub is_wrong: bool,
}

impl Resolver<'_, '_> {
    pub(super) fn sub_forms(&self, at: At<'_>) -> Content {
        let named = self.layouts.sub_form(at.component);
        let set = named.and_then(|id| self.view.app.layout_sets().iter().find(|set| set.id == id));
        let Some((set, data_type)) = set.and_then(|set| Some((set, set.data_type.as_deref()?))) else {
            return Content::NotRendered { title: self.text(at, "title") };
        };
        let columns = self.property(at, "tableColumns").and_then(Value::as_array);
        let columns: Vec<&Value> = columns.into_iter().flatten().collect();
        let forms = self.view.sub_forms.iter().filter(|form| form.data_type == data_type);
        let forms: Vec<SubFormRow> = forms.map(|form| self.row_of(set, form, &columns)).collect();
        let headers = columns.iter().filter_map(|column| column.get("headerContent"));
        let kind = self.view.app.metadata().data_type(data_type);
        let most = kind.map(|kind| kind.max_count).filter(|most| *most > 0).unwrap_or(u64::MAX);
        let logic = kind.and_then(|kind| kind.app_logic.as_ref());
        let read_only =
            self.view.only_reads(data_type) || self.is_true(at.component.read_only.as_ref(), at, true);
        let offers = |name: &str| !read_only && self.property(at, name) != Some(&Value::Bool(false));
        Content::SubForms(SubForms {
            title: self.text(at, "title"),
            description: self.text(at, "description"),
            data_type: data_type.to_owned(),
            columns: headers.map(|header| self.text_of(header, at)).collect(),
            can_add: offers("showAddButton")
                && (forms.len() as u64) < most
                && !logic.is_some_and(|logic| logic.disallow_user_create),
            can_remove: offers("showDeleteButton") && !logic.is_some_and(|logic| logic.disallow_user_delete),
            read_only,
            add_label: self.text(at, "addButton").map(|text| text.to_plain()),
            issues: self.issues_at(data_type, ""),
            forms,
        })
    }

    /// What a text or an expression in a property says.
    fn text_of(&self, stated: &Value, at: At<'_>) -> String {
        let text = Expression::from_json(stated).ok().and_then(|text| self.said(&text, at));
        text.map(|text| text.to_plain()).unwrap_or_default()
    }

    fn row_of(&self, set: &LayoutSet, form: &SubForm<'_>, columns: &[&Value]) -> SubFormRow {
        let view = self.view.below(set, form);
        let below = Resolver::new(&view, set);
        let cells = columns.iter().map(|column| {
            let content = column.get("cellContent").unwrap_or(&Value::Null);
            let said = |name: &str| content.get(name).and_then(|text| Expression::from_json(text).ok());
            let shown = match (content.get("query").and_then(Value::as_str), said("value")) {
                (Some(query), _) => below.shown_at(set, form, query),
                (None, Some(value)) => {
                    let value = below.evaluator.evaluate(&value, &Scope::default()).unwrap_or_default();
                    plain(&value, self.view.words())
                }
                (None, None) => String::new(),
            };
            if !shown.is_empty() {
                return shown;
            }
            let usual = said("default")
                .and_then(|text| below.evaluator.markdown(&text, &Scope::default()).ok().flatten());
            usual.map(|text| RichText::markdown(&text).to_plain()).unwrap_or_default()
        });
        SubFormRow { element: form.element, cells: cells.collect(), is_wrong: form.is_wrong }
    }

    /// What a form holds at a path, as the component that is bound to it shows it.
    fn shown_at(&self, set: &LayoutSet, form: &SubForm<'_>, query: &str) -> String {
        let is_bound = |field: Option<&str>| field == Some(query);
        let components = set.layouts.components().iter();
        let bound = components
            .filter(|known| is_bound(known.simple_binding().map(|binding| binding.field.as_str())))
            .find_map(|component| Some((component, Kind::of(component)?)));
        match bound {
            Some((component, kind)) => self.field(kind, At { component, rows: &[] }).shown,
            None => {
                let value = FieldPath::new(query).get(form.data, &[]);
                value.map(|value| plain(value, self.view.words())).unwrap_or_default()
            }
        }
    }
}

impl<'a> FormView<'a> {
    /// With a form below the pages: it stands in the list of its data type.
    #[must_use]
    pub fn with_sub_form(mut self, form: SubForm<'a>) -> Self {
        self.sub_forms.push(form);
        self
    }

    /// The same view of the pages of a form below: its own data come first.
    pub(crate) fn below<'b>(&self, set: &'b LayoutSet, form: &SubForm<'b>) -> FormView<'b>
    where
        'a: 'b,
    {
        let context = self.context.clone().with_first_model(form.data_type, form.data);
        let (issues, sub_forms) = (Vec::new(), Vec::new());
        FormView {
            set: Some(set),
            context: context.with_layouts(&set.layouts),
            issues,
            sub_forms,
            ..self.clone()
        }
    }
}

impl fmt::Debug for SubForm<'_> {
    /// Leaves out what was filled in: it is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubForm")
            .field("element", &self.element)
            .field("data_type", &self.data_type)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SubFormRow {
    /// Leaves out what was filled in: it is personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubFormRow").field("element", &self.element).finish_non_exhaustive()
    }
}
