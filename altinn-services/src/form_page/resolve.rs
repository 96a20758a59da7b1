//! From layouts and data to what is shown.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::kind::Kind;
use super::model::{Content, FormPage, Group, Item, Notice, Row, Rows};
use super::rich_text::RichText;
use super::summary::{Summary, SummaryPart};
use super::view::FormView;
use crate::definition::LayoutSet;
use crate::expression::{
    Binding, Component, ComponentInstance, Evaluator, Expression, Failure, Layouts, Page, Scope,
};
use crate::form::Severity;

/// How many rows a repeating group may have where the layout sets no limit.
pub(super) const MAX_ROWS: usize = 10_000;

pub(super) struct Resolver<'v, 'a> {
    pub(super) view: &'v FormView<'a>,
    pub(super) set: &'v LayoutSet,
    /// The pages of the set that are shown: the form's, or those aside.
    pub(super) layouts: &'v Layouts,
    pub(super) evaluator: Evaluator<'v>,
    /// Whether components that show others are left out.
    pub(super) leaves_out_summaries: bool,
    /// The ids of components that are left out.
    pub(super) leaves_out: BTreeSet<&'v str>,
    /// The issues that are shown at a component.
    placed: RefCell<BTreeSet<usize>>,
}

impl<'v, 'a> Resolver<'v, 'a> {
    pub(super) fn new(view: &'v FormView<'a>, set: &'v LayoutSet) -> Self {
        Self::of_layouts(view, set, &set.layouts)
    }

    /// As [`new`](Self::new), of certain pages of the set.
    pub(super) fn of_layouts(view: &'v FormView<'a>, set: &'v LayoutSet, layouts: &'v Layouts) -> Self {
        Self {
            view,
            set,
            layouts,
            evaluator: Evaluator::new(&view.context),
            leaves_out_summaries: false,
            leaves_out: BTreeSet::new(),
            placed: RefCell::default(),
        }
    }

    /// A page; none when it is hidden.
    pub(super) fn page(&self, page: &Page) -> Result<Option<FormPage>, Failure> {
        if self.evaluator.is_page_hidden(page).unwrap_or(false) {
            return Ok(None);
        }
        let items = self.items(self.layouts.instances(page, &self.view.context)?)?;
        let titled = self.evaluator.markdown_of(&page.name, &Scope::default()).ok().flatten();
        let heading = items.iter().find_map(|item| match &item.content {
            Content::Heading { text, .. } => Some(text.clone()),
            _ => None,
        });
        let title = titled.map(|text| RichText::markdown(&text)).or(heading);
        let title = title.unwrap_or_else(|| RichText::plain(&page.name));
        let is_checked = self.layouts.components_of(page).any(|component| self.checks(component));
        Ok(Some(FormPage { name: page.name.clone(), title, items, is_checked }))
    }

    /// Whether a button to the next page asks for what is on the page to be in order (`validateOnNext`, `validation`).
    fn checks(&self, component: &Component) -> bool {
        let source = self.layouts.source(component);
        let actions = source.get("actions").and_then(Value::as_array).into_iter().flatten();
        let mut onward =
            actions.filter(|action| action.get("id").and_then(Value::as_str) == Some("nextPage"));
        match Kind::of(component) {
            Some(Kind::PageButtons) => source.get("validateOnNext").is_some_and(Value::is_object),
            Some(Kind::CustomButton) => {
                onward.any(|action| action.get("validation").is_some_and(Value::is_object))
            }
            _ => false,
        }
    }

    fn items(&self, instances: Vec<ComponentInstance<'_>>) -> Result<Vec<Item>, Failure> {
        let mut items = Vec::new();
        for instance in instances {
            items.extend(self.item(instance)?);
        }
        Ok(items)
    }

    /// What an instance of a component shows; nothing when it is hidden. A component whose expression has no value is
    /// shown, as Altinn's front end does.
    fn item(&self, instance: ComponentInstance<'_>) -> Result<Option<Item>, Failure> {
        let is_left_out = self.leaves_out.contains(instance.component.id.as_str());
        if is_left_out || self.evaluator.is_hidden(&instance).unwrap_or(false) {
            return Ok(None);
        }
        let (component, rows) = (instance.component, instance.rows.clone());
        let at = At { component, rows: &rows };
        let content = match Kind::of(component) {
            Some(_) if self.is_summary(component) => self.summary_of(instance)?,
            Some(Kind::Rows) => self.rows(instance)?,
            Some(kind @ (Kind::Group | Kind::Folded)) => self.group(kind, instance)?,
            Some(Kind::Nothing) => return Ok(None),
            Some(Kind::Draft) if self.view.is_kept_nowhere => return Ok(None),
            Some(Kind::Summary | Kind::SummaryOf) if self.leaves_out_summaries => return Ok(None),
            Some(kind) => self.simple(kind, at)?,
            None => Content::NotRendered { title: self.text(at, "title") },
        };
        Ok(Some(Item { id: at.id(), kind: component.kind.clone(), content }))
    }

    fn is_summary(&self, component: &Component) -> bool {
        self.layouts.source(component).get("renderAsSummary") == Some(&Value::Bool(true))
    }

    fn simple(&self, kind: Kind, at: At<'_>) -> Result<Content, Failure> {
        Ok(match kind {
            Kind::Heading => {
                Content::Heading { level: self.level(at), text: self.text(at, "title").unwrap_or_default() }
            }
            Kind::Text if self.property(at, "value").is_some() && self.text(at, "title").is_some() => {
                Content::Field(Box::new(self.field(Kind::Shown, at)))
            }
            Kind::Text => Content::Text(self.value_text(at)),
            Kind::Link => Content::Text(self.link(at)),
            Kind::Panel => self.panel(at),
            Kind::Address => Content::Group(self.address(at)),
            Kind::Person => Content::Group(self.person(at)),
            Kind::Organization => Content::Group(self.organization(at)),
            Kind::Shapes => Content::Group(self.shapes(at)),
            Kind::ListToAddTo => self.list_to_add_to(at),
            Kind::Custom => self.custom(at),
            Kind::Media => self.media(at),
            Kind::Table => self.table(at),
            Kind::Signees => self.signees(at),
            Kind::SignedFiles => self.signed_files(at),
            Kind::SigningActions => self.signing_actions(at),
            Kind::Files => self.attachments(at),
            Kind::FileList => self.file_list(at),
            Kind::Submit => self.submit(at),
            Kind::Action => self.action(at),
            Kind::Draft => self.draft(at),
            Kind::Instantiation => self.instantiation(at),
            Kind::PageButtons => self.page_buttons(at),
            Kind::PageList => Content::PageList,
            Kind::Summary => self.summary_of_reference(at)?,
            Kind::SummaryOf => self.summary_of_target(at)?,
            Kind::Facts => self.facts(at, &self.view.facts),
            Kind::Payment => self.facts(at, &self.view.payment),
            Kind::Likert => Content::Likert(self.likert(at)),
            Kind::List => Content::Group(self.list(at)),
            Kind::CustomButton => self.custom_button(at),
            Kind::Image => self.image(at),
            Kind::Frame => self.frame(at),
            Kind::SubForms => self.sub_forms(at),
            field => Content::Field(Box::new(self.field(field, at))),
        })
    }

    /// A text property of a component, in the user's language.
    pub(super) fn text(&self, at: At<'_>, name: &str) -> Option<RichText> {
        self.said(at.component.texts.get(name)?, at)
    }

    pub(super) fn said(&self, text: &Expression, at: At<'_>) -> Option<RichText> {
        let text = self.evaluator.markdown(text, &at.scope()).ok().flatten()?;
        let text = self.view.words().of_front_end(&text).map_or(text.as_str(), |usual| usual);
        Some(RichText::markdown(text)).filter(|text| !text.is_empty())
    }

    /// A property of a component that the layout file states outright.
    pub(super) fn property(&self, at: At<'_>, name: &str) -> Option<&'v Value> {
        self.layouts.source(at.component).get(name)
    }

    pub(super) fn is_true(&self, expression: Option<&Expression>, at: At<'_>, without_value: bool) -> bool {
        let said = expression.map(|expression| self.evaluator.is_true(expression, &at.scope()));
        said.is_some_and(|said| said.unwrap_or(without_value))
    }

    /// The text of a component that shows a value of its own, or its title.
    fn value_text(&self, at: At<'_>) -> RichText {
        let shown = self.property(at, "value").and_then(|value| Expression::from_json(value).ok());
        shown.and_then(|value| self.said(&value, at)).or_else(|| self.text(at, "title")).unwrap_or_default()
    }

    fn level(&self, at: At<'_>) -> u8 {
        match self.property(at, "size").and_then(Value::as_str) {
            Some("M" | "h3") => 3,
            Some("S" | "h4" | "XS") => 4,
            _ => 2,
        }
    }

    fn panel(&self, at: At<'_>) -> Content {
        let severity = ["variant", "severity"].into_iter().find_map(|name| self.property(at, name)?.as_str());
        let severity = severity.and_then(Severity::named).unwrap_or(Severity::Info);
        let body = self.text(at, "body").unwrap_or_default();
        Content::Panel { severity, title: self.text(at, "title"), body }
    }

    pub(super) fn group(&self, kind: Kind, instance: ComponentInstance<'_>) -> Result<Content, Failure> {
        let at = At { component: instance.component, rows: &instance.rows };
        let (title, description) = (self.text(at, "title"), self.text(at, "description"));
        let items = self.items(instance.children)?;
        Ok(Content::Group(Group { title, description, folds: kind == Kind::Folded, items }))
    }

    pub(super) fn rows(&self, mut instance: ComponentInstance<'_>) -> Result<Content, Failure> {
        let count = instance.row_count(&self.view.context)?.min(MAX_ROWS);
        let children = std::mem::take(&mut instance.children);
        let at = At { component: instance.component, rows: &instance.rows };
        let depth = instance.rows.len();
        let (mut beside, mut in_rows) = (Vec::new(), vec![Vec::new(); count]);
        for child in children {
            match child.rows.get(depth).copied() {
                Some(row) => {
                    in_rows.get_mut(row).into_iter().zip([child]).for_each(|(row, child)| row.push(child));
                }
                None => beside.push(child),
            }
        }
        let edit = |name: &str, at: At<'_>| {
            let stated = self.property(at, "edit").and_then(|edit| edit.get(name));
            let said = stated.and_then(|stated| Expression::from_json(stated).ok());
            said.is_none_or(|said| self.is_true(Some(&said), at, true))
        };
        let most = self.property(at, "maxCount").and_then(Value::as_u64).unwrap_or(MAX_ROWS as u64);
        let binding = at.component.group_binding();
        let pointer = binding.and_then(|binding| self.pointer(binding, at.rows));
        let data_type = binding.map(|binding| self.data_type_of(binding)).unwrap_or_default();
        let writes = pointer.is_some()
            && !self.view.only_reads(&data_type)
            && !self.is_true(at.component.read_only.as_ref(), at, true);
        let issues =
            pointer.as_deref().map(|pointer| self.issues_at(&data_type, pointer)).unwrap_or_default();
        let mut rows = Vec::new();
        for (index, children) in in_rows.into_iter().enumerate() {
            if self.evaluator.is_row_hidden(&instance, index).unwrap_or(false) {
                continue;
            }
            let in_row: Vec<usize> = at.rows.iter().copied().chain([index]).collect();
            let can_remove = writes && edit("deleteButton", At { component: at.component, rows: &in_row });
            rows.push(Row { index, items: self.items(children)?, can_remove });
        }
        Ok(Content::Rows(Rows {
            title: self.text(at, "title"),
            description: self.text(at, "description"),
            can_add: writes && edit("addButton", at) && (count as u64) < most,
            min: self.property(at, "minCount").and_then(Value::as_u64).filter(|_| writes).unwrap_or(0),
            add_label: self.text(at, "add_button").map(|text| text.to_plain()),
            beside: self.items(beside)?,
            new_row: Map::new(),
            data_type,
            pointer,
            rows,
            issues,
        }))
    }

    pub(super) fn label(&self, at: At<'_>, name: &str, usual: &str) -> String {
        self.text(at, name).map_or_else(|| usual.to_owned(), |text| text.to_plain())
    }

    pub(super) fn facts(&self, at: At<'_>, parts: &[SummaryPart]) -> Content {
        Content::Summary(Summary { title: self.text(at, "title"), parts: parts.to_vec() })
    }

    /// The data type that a binding is in.
    pub(super) fn data_type_of(&self, binding: &Binding) -> String {
        let stated = binding.data_type.as_deref().or(self.set.data_type.as_deref());
        stated.or_else(|| self.view.context.first_data_type()).unwrap_or_default().to_owned()
    }

    /// Where a binding is in the data, in these rows.
    pub(super) fn pointer(&self, binding: &Binding, rows: &[usize]) -> Option<String> {
        let data_type = self.data_type_of(binding);
        let model = self.view.context.model(Some(&data_type)).ok().flatten()?;
        let steps = binding.steps(model, rows)?;
        Some(steps.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect())
    }

    /// What is wrong with a field.
    pub(super) fn issues_at(&self, data_type: &str, pointer: &str) -> Vec<Notice> {
        let mut found = Vec::new();
        for (index, (of, issue)) in self.view.issues.iter().enumerate() {
            if of == data_type && issue.path == pointer {
                self.placed.borrow_mut().insert(index);
                found.push(self.view.notice(issue));
            }
        }
        found
    }

    /// What is wrong that no component shows.
    pub(super) fn issues_left(&self) -> Vec<Notice> {
        let placed = self.placed.borrow();
        let all = self.view.issues.iter().enumerate().filter(|(index, _)| !placed.contains(index));
        all.map(|(_, (_, issue))| self.view.notice(issue)).collect()
    }
}

/// A component in its rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'c> {
    pub(super) component: &'c Component,
    pub(super) rows: &'c [usize],
}

impl<'c> At<'c> {
    pub(super) fn scope(self) -> Scope<'c> {
        Scope { component: Some(&self.component.id), rows: self.rows, ..Scope::default() }
    }

    /// The id on the page: the component's, with its rows.
    pub(super) fn id(self) -> String {
        self.rows.iter().fold(self.component.id.clone(), |id, row| format!("{id}-{row}"))
    }
}
