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

    /// The forms that are filled in in a task.
    pub fn forms_of(&self, task: &str) -> impl Iterator<Item = &DataType> {
        let types = self.definition().metadata().data_types().iter();
        types.filter(move |data_type| data_type.is_form() && data_type.task_id.as_deref() == Some(task))
    }
}
