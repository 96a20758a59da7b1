//! A service that is published here.

use std::sync::Arc;

use altinn_core::{Language, ServiceId};

use crate::definition::{AppDefinition, DataType};

/// A service that is published here. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service(Arc<Published>);

#[derive(Debug)]
struct Published {
    id: ServiceId,
    app: AppDefinition,
}

impl Service {
    pub(crate) fn new(id: ServiceId, app: AppDefinition) -> Self {
        Self(Arc::new(Published { id, app }))
    }

    /// The id: `org/name`.
    pub fn id(&self) -> &ServiceId {
        &self.0.id
    }

    /// Its definition.
    pub fn definition(&self) -> &AppDefinition {
        &self.0.app
    }

    /// Its title.
    pub fn title(&self, language: Language) -> &str {
        let title = self.definition().metadata().title().in_language(language);
        if title.is_empty() { self.id().name() } else { title }
    }

    /// The forms that are filled in in a task, those below its pages included.
    pub fn forms_of(&self, task: &str) -> impl Iterator<Item = &DataType> {
        let types = self.definition().metadata().data_types().iter();
        types.filter(move |data_type| {
            let is_of_task = match data_type.task_id.as_deref() {
                Some(own) => own == task,
                // A sub-form may leave it to the page that it is below.
                None => self.definition().sub_form(task, &data_type.id).is_some(),
            };
            data_type.is_form() && is_of_task
        })
    }

    /// Whether an instance may hold several forms of a data type in a task: a sub-form, or one that says so.
    pub(crate) fn takes_several(&self, task: &str, data_type: &DataType) -> bool {
        let is_below = || {
            data_type.app_logic.as_ref().is_some_and(|logic| logic.allow_in_subform)
                || self.definition().sub_form(task, &data_type.id).is_some()
        };
        data_type.max_count > 1 || (data_type.max_count == 0 && is_below())
    }
}
