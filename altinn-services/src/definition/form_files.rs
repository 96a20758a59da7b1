//! What an app's folder says of its forms beside their schemas: layouts, rules that are expressions, prefill, how they
//! are written as XML, and the settings that concern them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::app::OWNER_KIND;
use super::error::DefinitionError;
use super::folder::AppFolder;
use super::json_file;
use super::layout_sets::LayoutSet;
use crate::expression::LayoutError;
use crate::form::{ExpressionValidation, Prefill, XmlModel};

const MODELS: &str = "models";
const SETTINGS: &str = "appsettings.json";
const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// What an app says of its forms.
#[derive(Debug, Clone, Default)]
pub(super) struct FormFiles {
    layout_sets: Vec<LayoutSet>,
    rules: BTreeMap<String, ExpressionValidation>,
    prefill: BTreeMap<String, Prefill>,
    xml: BTreeMap<String, XmlModel>,
    frontend_settings: Value,
    removes_hidden_data: bool,
    asks_for_owner_kind: bool,
}

impl FormFiles {
    /// Reads the files of the forms, which are given with the names of their models.
    pub(super) fn read(
        folder: &AppFolder,
        models: &BTreeMap<String, String>,
        layout_sets: Vec<LayoutSet>,
    ) -> Result<Self, DefinitionError> {
        let asks_for_owner_kind = layout_sets.iter().any(|set| set.asks_for_owner_kind);
        let mut files = Self { layout_sets, asks_for_owner_kind, ..Self::default() };
        for (data_type, model) in models {
            files.read_model(folder, data_type, model)?;
        }
        files.read_settings(folder)?;
        Ok(files)
    }

    fn read_model(
        &mut self,
        folder: &AppFolder,
        data_type: &str,
        model: &str,
    ) -> Result<(), DefinitionError> {
        let file = |suffix: &str| -> Result<Option<(String, String)>, DefinitionError> {
            let names = folder.names(MODELS, "", suffix)?;
            let wanted = [model, data_type].map(|stem| format!("{stem}{suffix}").to_lowercase());
            let found =
                wanted.iter().find_map(|wanted| names.iter().find(|name| name.to_lowercase() == *wanted));
            let Some(name) = found else { return Ok(None) };
            let path = format!("{MODELS}/{name}");
            let text = folder.text(&path, MAX_BYTES)?;
            Ok(Some((path, text)))
        };
        if let Some((file, text)) = file(".validation.json")? {
            self.asks_for_owner_kind |= text.contains(OWNER_KIND);
            let rules = ExpressionValidation::read(&json_file::<Value>(&file, &text)?)
                .map_err(|source| DefinitionError::Rules { file, source: Box::new(source) })?;
            self.rules.insert(data_type.to_owned(), rules);
        }
        if let Some((file, text)) = file(".prefill.json")? {
            let prefill = Prefill::read(&json_file::<Value>(&file, &text)?)
                .map_err(|source| DefinitionError::Prefill { file, source })?;
            self.prefill.insert(data_type.to_owned(), prefill);
        }
        let xml = match (file(".xsd")?, file(".schema.json")?) {
            (Some((file, text)), _) => Some((file, XmlModel::from_xsd(&text))),
            (None, Some((file, text))) => Some((file, XmlModel::from_json_schema(&text, data_type))),
            (None, None) => None,
        };
        if let Some((file, model)) = xml {
            let model = model.map_err(|source| DefinitionError::XmlModel { file, source })?;
            self.xml.insert(data_type.to_owned(), model);
        }
        Ok(())
    }

    /// Of the settings only what concerns forms is kept: the file may hold secrets.
    fn read_settings(&mut self, folder: &AppFolder) -> Result<(), DefinitionError> {
        if !folder.names("", "appsettings", ".json")?.iter().any(|name| name == SETTINGS) {
            return Ok(());
        }
        let settings: Value = json_file(SETTINGS, &folder.text(SETTINGS, MAX_BYTES)?)?;
        let asks = |name: &str| settings.pointer(&format!("/AppSettings/{name}")) == Some(&Value::Bool(true));
        self.removes_hidden_data = asks("RemoveHiddenData") || asks("RemoveHiddenDataPreview");
        self.frontend_settings = settings.get("FrontEndSettings").cloned().unwrap_or_default();
        Ok(())
    }

    pub(super) fn layout_sets(&self) -> &[LayoutSet] {
        &self.layout_sets
    }

    pub(super) fn layouts_of(&self, task: &str) -> Option<&LayoutSet> {
        let own = self.layout_sets.iter().find(|set| set.is_for(task));
        // What a stateless app opens on is named as a task is, and is the id of a set.
        let named = || self.layout_sets.iter().find(|set| set.tasks.is_empty() && set.id == task);
        own.or_else(named).or_else(|| self.layout_sets.iter().find(|set| set.is_for_all()))
    }

    /// The layouts of the forms that are filled in below a task's pages.
    pub(super) fn sub_forms_of(&self, task: &str) -> impl Iterator<Item = &LayoutSet> {
        let named = self.layouts_of(task).into_iter().flat_map(|set| &set.sub_forms);
        named.filter_map(move |id| self.layout_sets.iter().find(|set| set.id == *id))
    }

    /// What was passed over in the layouts, with the set that it is in.
    pub(super) fn faults(&self) -> impl Iterator<Item = (&str, &LayoutError)> {
        self.layout_sets.iter().flat_map(|set| set.faults.iter().map(|fault| (set.id.as_str(), fault)))
    }

    pub(super) fn rules(&self, data_type: &str) -> Option<&ExpressionValidation> {
        self.rules.get(data_type)
    }

    pub(super) fn prefill(&self, data_type: &str) -> Option<&Prefill> {
        self.prefill.get(data_type)
    }

    pub(super) fn xml(&self, data_type: &str) -> Option<&XmlModel> {
        self.xml.get(data_type)
    }

    pub(super) fn frontend_settings(&self) -> &Value {
        &self.frontend_settings
    }

    /// Whether a rule or a page looks at what kind of party owns an instance.
    pub(super) fn asks_for_owner_kind(&self) -> bool {
        self.asks_for_owner_kind
    }

    pub(super) fn removes_hidden_data(&self) -> bool {
        self.removes_hidden_data
    }
}
