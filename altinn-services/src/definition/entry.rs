//! How instances are begun, listed and copied.

use serde::Deserialize;

use super::data_type::or_default;

/// A field of a form that is kept with its instance.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DataField {
    /// The name that it is kept under.
    pub id: String,
    /// Where it is in the form, with full stops between the names.
    pub path: String,
    /// The data type of the form.
    pub data_type_id: String,
}

/// Whether a user may copy an earlier instance, and what a copy leaves out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct CopyInstanceSettings {
    /// Whether a user may.
    #[serde(deserialize_with = "or_default")]
    pub enabled: bool,
    /// The data types that a copy leaves out.
    #[serde(deserialize_with = "or_default")]
    pub excluded_data_types: Vec<String>,
    /// The fields that a copy leaves out.
    #[serde(deserialize_with = "or_default")]
    pub excluded_data_fields: Vec<String>,
    /// Whether attachments are copied too.
    #[serde(deserialize_with = "or_default")]
    pub include_attachments: bool,
}

/// How the instances are listed that a user chooses between.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct InstanceSelection {
    /// How many rows a page may have.
    #[serde(deserialize_with = "or_default")]
    pub rows_per_page_options: Vec<u32>,
    /// Which of them is chosen, from 0.
    pub default_selected_option: Option<usize>,
    /// The same, in the spelling of older apps.
    pub default_rows_per_page: Option<usize>,
    /// `asc` or `desc`, by the time of the last change.
    pub sort_direction: Option<String>,
}

/// What the inbox is told.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MessageBoxConfig {
    #[serde(deserialize_with = "or_default")]
    pub(super) hide_settings: HideSettings,
}

/// When instances are left out of the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct HideSettings {
    /// Always.
    #[serde(deserialize_with = "or_default")]
    pub hide_always: bool,
    /// While they stand in one of these tasks.
    #[serde(deserialize_with = "or_default")]
    pub hide_on_task: Vec<String>,
}

impl HideSettings {
    /// Whether an instance that stands in a task, or in none any more, is left out.
    pub(crate) fn hides(&self, task: Option<&str>) -> bool {
        self.hide_always || task.is_some_and(|task| self.hide_on_task.iter().any(|hidden| hidden == task))
    }
}
