//! What an element of an inbox waits for.

use altinn_core::{Language, Text};
use serde::{Deserialize, Serialize};

/// What an element waits for, by the names of Dialogporten's statuses of dialogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum InboxStatus {
    /// For nothing: it is there to be known.
    NotApplicable,
    /// For the machine.
    InProgress,
    /// For the party to finish what it has begun.
    Draft,
    /// For somebody else.
    Awaiting,
    /// For the party, which must do something.
    RequiresAttention,
    /// For nothing: it has come to its end.
    Completed,
}

impl InboxStatus {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::NotApplicable,
        Self::InProgress,
        Self::Draft,
        Self::Awaiting,
        Self::RequiresAttention,
        Self::Completed,
    ];

    /// Dialogporten's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotApplicable => "NotApplicable",
            Self::InProgress => "InProgress",
            Self::Draft => "Draft",
            Self::Awaiting => "Awaiting",
            Self::RequiresAttention => "RequiresAttention",
            Self::Completed => "Completed",
        }
    }

    /// The status of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// What it is called.
    pub fn title(self) -> Text {
        let (nb, nn, en) = match self {
            Self::NotApplicable => ("Til orientering", "Til orientering", "For information"),
            Self::InProgress => ("Under arbeid", "Under arbeid", "In progress"),
            Self::Draft => ("Utkast", "Utkast", "Draft"),
            Self::Awaiting => ("Venter på andre", "Ventar på andre", "Waiting for others"),
            Self::RequiresAttention => ("Krever handling", "Krev handling", "Requires attention"),
            Self::Completed => ("Fullført", "Fullført", "Completed"),
        };
        Text::new(Language::Nb, nb).with(Language::Nn, nn).with(Language::En, en)
    }
}
