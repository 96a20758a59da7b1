//! `resource.*.json`: the texts of an app.

use std::collections::BTreeMap;

use altinn_core::{Language, Text};
use serde::Deserialize;

use super::data_type::or_default;

/// The texts of an app in its languages.
///
/// ```
/// # use altinn_services::definition::TextResources;
/// let texts = TextResources::default();
/// assert!(texts.text("appName").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextResources(BTreeMap<Language, BTreeMap<String, TextResource>>);

/// One text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TextResource {
    /// The id that layouts and configuration name.
    pub id: String,
    /// The text, with `{0}`, `{1}`, ... where variables go.
    #[serde(default, deserialize_with = "or_default")]
    pub value: String,
    /// What fills `{0}`, `{1}`, ...
    #[serde(default, deserialize_with = "or_default")]
    pub variables: Vec<TextVariable>,
}

/// What fills a place in a text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TextVariable {
    /// The field or setting.
    pub key: String,
    /// Where it is looked up (`dataModel.default`, `instanceContext`, `applicationSettings`, ...).
    #[serde(default, deserialize_with = "or_default")]
    pub data_source: String,
    /// What stands there when there is none.
    #[serde(default)]
    pub default_value: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ResourceFile {
    #[serde(default, deserialize_with = "or_default")]
    pub(super) resources: Vec<TextResource>,
}

impl TextResource {
    /// The text with its variables filled in: what `lookup` gives, else the variable's default value, else its key, as
    /// Altinn shows it.
    ///
    /// ```
    /// use altinn_services::definition::TextResource;
    ///
    /// let text: TextResource = serde_json::from_str(r#"{"id": "hi", "value": "Hei, {0}!",
    ///     "variables": [{"key": "name", "dataSource": "dataModel.default", "defaultValue": "du"}]}"#)?;
    /// assert_eq!(text.filled_in(|_| Some("Kari".to_owned())), "Hei, Kari!");
    /// assert_eq!(text.filled_in(|_| None), "Hei, du!");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn filled_in(&self, lookup: impl Fn(&TextVariable) -> Option<String>) -> String {
        self.variables.iter().enumerate().fold(self.value.clone(), |text, (number, variable)| {
            let place = format!("{{{number}}}");
            if !text.contains(&place) {
                return text;
            }
            let default = || variable.default_value.clone().unwrap_or_else(|| variable.key.clone());
            text.replace(&place, &lookup(variable).unwrap_or_else(default))
        })
    }
}

impl TextResources {
    /// The ids of all texts, whatever language they are in.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let all: std::collections::BTreeSet<&str> =
            self.0.values().flat_map(|texts| texts.keys().map(String::as_str)).collect();
        all.into_iter()
    }

    /// What fills the places of all texts.
    pub(super) fn variables(&self) -> impl Iterator<Item = &TextVariable> {
        self.0.values().flat_map(BTreeMap::values).flat_map(|text| &text.variables)
    }

    pub(super) fn add(&mut self, language: Language, file: ResourceFile) {
        let texts = file.resources.into_iter().map(|text| (text.id.clone(), text));
        self.0.entry(language).or_default().extend(texts);
    }

    /// The same texts and these in a language, which take the place of those with the same id.
    #[must_use]
    pub fn with(mut self, language: Language, texts: Vec<TextResource>) -> Self {
        self.add(language, ResourceFile { resources: texts });
        self
    }

    /// The languages that there are texts in.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.0.keys().copied()
    }

    /// One text in exactly this language, with its variables.
    pub fn get(&self, language: Language, id: &str) -> Option<&TextResource> {
        self.0.get(&language)?.get(id)
    }

    /// One text in every language it is there in; none when it is there in no language.
    pub fn text(&self, id: &str) -> Option<Text> {
        let there = self.0.iter().filter_map(|(language, texts)| Some((*language, &texts.get(id)?.value)));
        there.fold(None, |text: Option<Text>, (language, value)| {
            Some(text.unwrap_or_default().with(language, value))
        })
    }
}
