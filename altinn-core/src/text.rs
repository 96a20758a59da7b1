//! Text in the languages of the public sector.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A language that ID-porten and the contact register (KRR) know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Bokmål.
    Nb,
    /// Nynorsk.
    Nn,
    /// English.
    En,
    /// Northern Sami.
    Se,
}

impl Language {
    /// Every language, in the order in which a missing text is looked for.
    pub const ALL: [Self; 4] = [Self::Nb, Self::Nn, Self::En, Self::Se];

    /// The code, as in `resource.nb.json` and in HTML's `lang`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::Nn => "nn",
            Self::En => "en",
            Self::Se => "se",
        }
    }

    /// A size in bytes with the unit that people read it in.
    ///
    /// ```
    /// use altinn_core::Language;
    ///
    /// assert_eq!(Language::Nb.size(999), "999 B");
    /// assert_eq!(Language::Nb.size(1_250_000), "1,2 MB");
    /// assert_eq!(Language::En.size(20_000_000_000), "20.0 GB");
    /// ```
    pub fn size(self, bytes: u64) -> String {
        let (divisor, unit) = match bytes {
            0..1_000 => return format!("{bytes} B"),
            1_000..1_000_000 => (100, "kB"),
            1_000_000..1_000_000_000 => (100_000, "MB"),
            _ => (100_000_000, "GB"),
        };
        let tenths = bytes / divisor;
        let mark = if self == Self::En { '.' } else { ',' };
        format!("{}{mark}{} {unit}", tenths / 10, tenths % 10)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A code that names no language of the public sector.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("language `{0}` is not one of nb, nn, en and se")]
pub struct UnknownLanguage(pub String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL
            .into_iter()
            .find(|language| language.code() == code)
            .ok_or_else(|| UnknownLanguage(code.chars().take(20).collect()))
    }
}

/// One text in several languages.
///
/// Serialized as Altinn writes titles: `{"nb": "Søknad", "en": "Application"}`. Languages that are not of the
/// public sector are refused.
///
/// ```
/// use altinn_core::{Language, Text};
///
/// let title = Text::new(Language::Nb, "Søknad").with(Language::En, "Application");
/// assert_eq!(title.in_language(Language::En), "Application");
/// assert_eq!(title.in_language(Language::Nn), "Søknad");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(BTreeMap<Language, String>);

impl Text {
    /// A text in one language.
    pub fn new(language: Language, text: impl Into<String>) -> Self {
        Self(BTreeMap::from([(language, text.into())]))
    }

    /// The same text with one language more, or another wording in it.
    #[must_use]
    pub fn with(mut self, language: Language, text: impl Into<String>) -> Self {
        self.0.insert(language, text.into());
        self
    }

    /// The wording in exactly this language.
    pub fn get(&self, language: Language) -> Option<&str> {
        self.0.get(&language).map(String::as_str)
    }

    /// The wording in this language, else in the first one there is of nb, nn, en and se, else nothing ("").
    pub fn in_language(&self, language: Language) -> &str {
        self.get(language)
            .or_else(|| Language::ALL.into_iter().find_map(|other| self.get(other)))
            .unwrap_or("")
    }

    /// The languages that are there.
    pub fn languages(&self) -> impl Iterator<Item = Language> + '_ {
        self.0.keys().copied()
    }
}
