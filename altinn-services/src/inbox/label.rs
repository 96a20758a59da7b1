//! Labels of elements.

use std::fmt;
use std::str::FromStr;

use altinn_core::{Language, Text};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Where a party has an element: the labels of Dialogporten of which an element has exactly one. All who represent the
/// party see it there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    /// In the inbox.
    #[default]
    Default,
    /// Put away.
    Archive,
    /// In the bin. A submission that its party deletes comes here; nothing is deleted by moving it here.
    Bin,
}

impl Place {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Default, Self::Archive, Self::Bin];

    /// Dialogporten's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "Default",
            Self::Archive => "Archive",
            Self::Bin => "Bin",
        }
    }

    /// The place of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.as_str() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (nb, nn, en) = match self {
            Self::Default => ("Innboks", "Innboks", "Inbox"),
            Self::Archive => ("Arkiv", "Arkiv", "Archive"),
            Self::Bin => ("Papirkurv", "Papirkorg", "Bin"),
        };
        Text::new(Language::Nb, nb).with(Language::Nn, nn).with(Language::En, en)
    }

    pub(super) fn number(self) -> i64 {
        match self {
            Self::Default => 0,
            Self::Archive => 1,
            Self::Bin => 2,
        }
    }

    pub(super) fn numbered(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.number() == number)
    }
}

/// A label of somebody's own: 1 to 50 characters, none of them a control character. Nobody else sees it. `Debug` does
/// not show it.
///
/// ```
/// use altinn_services::inbox::OwnLabel;
///
/// let label: OwnLabel = " Skatt 2026 ".parse()?;
/// assert_eq!(label.as_str(), "Skatt 2026");
/// # Ok::<(), altinn_services::inbox::InvalidLabel>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct OwnLabel(String);

/// A text that is no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a label has 1 to {} characters, none of them a control character", OwnLabel::MAX)]
pub struct InvalidLabel;

impl OwnLabel {
    /// The most characters.
    pub const MAX: usize = 50;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OwnLabel {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, InvalidLabel> {
        let text = text.trim();
        let fits = (1..=Self::MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidLabel) }
    }
}

impl fmt::Debug for OwnLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnLabel(***)")
    }
}
