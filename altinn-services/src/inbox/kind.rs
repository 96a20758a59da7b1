//! What an element of an inbox is of.

use altinn_core::{Language, Text};
use serde::{Deserialize, Serialize};

/// What an element of an inbox is of: the type of its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ElementKind {
    /// An instance, from its first draft until it is deleted for good; with its entry of the archive once it is submitted.
    Submission,
    /// A correspondence that was published to the party.
    Correspondence,
    /// A transfer of a file, to its sender and its recipients.
    Broker,
    /// A case, to those who take part in it.
    Collaboration,
    /// The archived answer of a lookup, to the party that it was asked for.
    Lookup,
}

impl ElementKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Submission, Self::Correspondence, Self::Broker, Self::Collaboration, Self::Lookup];

    /// The name, as a service's `type` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Submission => "submission",
            Self::Correspondence => "correspondence",
            Self::Broker => "broker",
            Self::Collaboration => "collaboration",
            Self::Lookup => "lookup",
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (nb, nn, en) = match self {
            Self::Submission => ("Innsending", "Innsending", "Submission"),
            Self::Correspondence => ("Melding", "Melding", "Message"),
            Self::Broker => ("Formidling", "Formidling", "File transfer"),
            Self::Collaboration => ("Samhandling", "Samhandling", "Collaboration"),
            Self::Lookup => ("Innsyn", "Innsyn", "Lookup"),
        };
        Text::new(Language::Nb, nb).with(Language::Nn, nn).with(Language::En, en)
    }

    /// Whether a decision on an element names it as an instance, so that a right to it alone may be delegated.
    pub(super) fn is_instance(self) -> bool {
        matches!(self, Self::Submission | Self::Correspondence)
    }
}
