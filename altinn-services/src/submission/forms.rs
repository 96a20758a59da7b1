//! The forms of an instance as expressions and rules see them, in the task that it stands in.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::{DataElement, Instance, Service, SubmissionError};
use crate::definition::{AppDefinition, DataType, LayoutSet};
use crate::expression::{Context, InstanceSource, OwnerKind};
use crate::form::{FormData, HiddenData, Issue, IssueCode, give_row_ids, has_row_ids, take_row_ids, wording};

/// The forms of an instance, read once, in the task that it stands in.
#[derive(Debug)]
pub(super) struct Forms<'a> {
    app: &'a AppDefinition,
    task: &'a str,
    /// Those of the task's layouts first.
    models: Vec<Model>,
    attachments: BTreeMap<String, usize>,
    id: String,
    party: String,
    owner: OwnerKind,
}

/// A form that an instance holds.
#[derive(Debug)]
struct Model {
    element: Uuid,
    data_type: String,
    data: Value,
}

impl<'a> Forms<'a> {
    pub(super) fn of(
        service: &'a Service,
        instance: &Instance,
        task: &'a str,
        owner: OwnerKind,
    ) -> Result<Self, SubmissionError> {
        let app = service.definition();
        let mut models = Vec::new();
        let mut attachments: BTreeMap<String, usize> = BTreeMap::new();
        for element in instance.elements() {
            let is_form = app.metadata().data_type(element.data_type()).is_some_and(DataType::is_form);
            if is_form {
                let data_type = element.data_type().to_owned();
                models.push(Model { element: element.id(), data_type, data: element.form()? });
            } else {
                *attachments.entry(element.data_type().to_owned()).or_default() += 1;
            }
        }
        let first = app.layouts_of(task).and_then(|set| set.data_type.as_deref());
        let in_task = |data_type: &str| service.forms_of(task).any(|form| form.id == data_type);
        models.sort_by_key(|model| {
            let data_type = model.data_type.as_str();
            (Some(data_type) != first, !in_task(data_type))
        });
        let (id, party) = (instance.id().to_string(), instance.id().owner.to_string());
        Ok(Self { app, task, models, attachments, id, party, owner })
    }

    /// What an element holds, if it is a form.
    pub(super) fn data_of(&self, element: &DataElement) -> Option<&Value> {
        self.models.iter().find(|model| model.element == element.id()).map(|model| &model.data)
    }

    pub(super) fn task(&self) -> &'a str {
        self.task
    }

    /// The data by data type: of several forms of a type, the first one.
    pub(super) fn models(&self) -> impl Iterator<Item = (&str, &Value)> {
        let first = |index: usize, name: &str| {
            self.models.iter().position(|model| model.data_type == name) == Some(index)
        };
        let all =
            self.models.iter().enumerate().filter(move |(index, model)| first(*index, &model.data_type));
        all.map(|(_, model)| (model.data_type.as_str(), &model.data))
    }

    fn layouts(&self) -> Option<&'a LayoutSet> {
        self.app.layouts_of(self.task)
    }

    /// The layouts that show a form: those of its own where it is a sub-form, else the task's.
    fn layouts_of(&self, data_type: &str) -> Option<&'a LayoutSet> {
        self.app.sub_form(self.task, data_type).or_else(|| self.layouts())
    }

    /// What the conditions of the process may look at.
    pub(super) fn of_process(&self) -> Context<'_> {
        self.with_stored(self.around(), None)
    }

    /// What expressions may look at when they are about a form that holds `data`.
    fn context<'c>(&'c self, data_type: &'c str, data: &'c Value) -> Context<'c> {
        let set = self.layouts_of(data_type);
        let first = set.and_then(|set| set.data_type.as_deref());
        let is_first = first.is_none_or(|first| first == data_type);
        let around = self.around();
        let context = match set {
            Some(set) => around.with_layouts(&set.layouts),
            None => around,
        };
        if is_first {
            return self.with_stored(context.with_model(data_type, data), Some(data_type));
        }
        self.with_stored(context, Some(data_type)).with_model(data_type, data)
    }

    /// The stored forms, but for the first one of a data type that is looked at as it is to be.
    fn with_stored<'c>(&'c self, context: Context<'c>, instead_of: Option<&str>) -> Context<'c> {
        let mut seen: Vec<&str> = instead_of.into_iter().collect();
        let mut is_left_out = instead_of.is_none();
        let mut context = context;
        for Model { data_type: name, data: stored, .. } in &self.models {
            if !is_left_out && Some(name.as_str()) == instead_of {
                is_left_out = true;
            } else if seen.contains(&name.as_str()) {
                context = context.with_elements(name, 1);
            } else {
                seen.push(name);
                context = context.with_model(name, stored);
            }
        }
        context
    }

    /// What there is beside the forms.
    fn around(&self) -> Context<'_> {
        let mut context = Context::default()
            .with_task(self.task)
            .with_texts(self.app.texts())
            .with_options(self.app.all_options())
            .with_frontend_settings(self.app.frontend_settings())
            .with_instance(InstanceSource {
                id: &self.id,
                app_id: self.app.metadata().id(),
                owner_party_id: &self.party,
                owner: self.owner,
            });
        if let Some(set) = self.layouts() {
            context = context.with_layouts(&set.layouts);
        }
        for (data_type, count) in &self.attachments {
            context = context.with_elements(data_type, *count);
        }
        context
    }

    /// What is wrong with a form that holds `data`: by its schema, and by its rules. What came as text gives places.
    pub(super) fn issues(&self, data_type: &str, data: &Value, sent: Option<&FormData>) -> Vec<Issue> {
        let mut issues = self.schema_issues(data_type, data);
        issues.extend(self.app.rule_issues(data_type, &self.context(data_type, data)));
        if self.app.removes_hidden_data()
            && let Ok(hidden) = self.hidden(data_type, data)
        {
            // What is hidden will be removed: nobody can fill it in, and nobody has to.
            issues.retain(|issue| !hidden.holds(&issue.path));
        }
        for issue in &mut issues {
            issue.position = sent.and_then(|sent| sent.position(&issue.path));
        }
        issues
    }

    fn schema_issues(&self, data_type: &str, data: &Value) -> Vec<Issue> {
        let Some(schema) = self.app.form_schema(data_type) else { return Vec::new() };
        if !has_row_ids(data) {
            return schema.validate(data);
        }
        let mut plain = data.clone();
        take_row_ids(&mut plain);
        schema.validate(&plain)
    }

    fn hidden(&self, data_type: &str, data: &Value) -> Result<HiddenData, Issue> {
        let Some(set) = self.layouts_of(data_type) else { return Ok(HiddenData::default()) };
        let found = HiddenData::find(data_type, &set.layouts, &self.context(data_type, data));
        found.map_err(|_| Issue::error(IssueCode::NotChecked, "", wording::not_checked()))
    }

    /// A form as it is kept when its task is done: without the ids of rows, and without what is hidden where the app
    /// asks for it. None when that is what it is.
    ///
    /// # Errors
    /// An issue when it can not be decided what is hidden.
    pub(super) fn finished(&self, data_type: &str, data: &Value) -> Result<Option<Value>, Issue> {
        if !self.app.removes_hidden_data() && !has_row_ids(data) {
            return Ok(None);
        }
        let mut finished = data.clone();
        let mut changed =
            self.app.removes_hidden_data() && self.hidden(data_type, data)?.remove_from(&mut finished);
        changed |= take_row_ids(&mut finished);
        Ok(changed.then_some(finished))
    }

    /// Gives ids to the rows of the repeating groups that the task's layouts show of a form. Says whether any row
    /// got one.
    pub(super) fn give_row_ids(
        &self,
        data_type: &str,
        data: &mut Value,
        ids: &dyn altinn_core::IdSource,
    ) -> bool {
        let Some(set) = self.layouts_of(data_type) else { return false };
        let own =
            |other: Option<&str>| other.or(set.data_type.as_deref()).is_none_or(|name| name == data_type);
        let groups = set.layouts.components().iter().filter(|component| component.is_repeating());
        let bindings = groups.filter_map(|group| group.group_binding());
        let fields = bindings.filter(|binding| own(binding.data_type.as_deref()));
        let fields = fields.map(|binding| binding.field.as_str()).collect();
        give_row_ids(data, &fields, &mut || ids.next_id())
    }
}
