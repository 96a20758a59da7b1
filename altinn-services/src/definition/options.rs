//! Code lists: what can be chosen in a form.

use altinn_core::Text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text_resources::TextResources;

/// A choice of a code list, as Altinn's option files have them.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
#[cfg_attr(feature = "axum", derive(utoipa::ToSchema), schema(title = "AppOption"))]
pub struct Choice {
    /// What is stored: a text, a number, true or false, or null.
    #[serde(default)]
    pub value: Value,
    /// What is shown, or the id of the text that is.
    #[serde(default)]
    pub label: String,
    /// More about it, or the id of the text that says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Help with it, or the id of the text that helps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help_text: Option<String>,
}

impl Choice {
    /// What is shown, in every language there is a text in; the label itself where it is no id of a text.
    pub fn label_text(&self, texts: &TextResources) -> Text {
        let label = || Text::new(altinn_core::Language::Nb, self.label.as_str());
        texts.text(&self.label).unwrap_or_else(label)
    }
}

/// Reads the choices of an option file; nothing when it is no list of choices.
pub(super) fn read_choices(file: &Value) -> Option<Vec<Choice>> {
    serde_json::from_value(file.clone()).ok()
}
