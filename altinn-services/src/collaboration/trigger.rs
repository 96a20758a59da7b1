//! What may happen in a case.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What happens to an instance of a member, by Altinn II's names of the predefined events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MemberEvent {
    /// It was made.
    Instantiated,
    /// It was sent in.
    Submitted,
    /// It is in the archive.
    Archived,
    /// It was opened by its recipient.
    Opened,
    /// Its recipient has confirmed it.
    Confirmed,
}

impl MemberEvent {
    /// All of them, in the order in which they happen.
    pub const ALL: [Self; 5] =
        [Self::Instantiated, Self::Submitted, Self::Archived, Self::Opened, Self::Confirmed];

    /// Altinn II's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Instantiated => "Instantiated",
            Self::Submitted => "Submitted",
            Self::Archived => "Archived",
            Self::Opened => "Opened",
            Self::Confirmed => "Confirmed",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == name)
    }
}

/// What a transition waits for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trigger {
    /// Something happened to a member's instance.
    Member {
        /// The member.
        member: String,
        /// What happened.
        event: MemberEvent,
    },
    /// An event of the collaboration's own.
    Custom(String),
    /// A deadline has passed.
    Deadline(String),
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member { member, event } => write!(f, "{} of {member}", event.as_str()),
            Self::Custom(name) => f.write_str(name),
            Self::Deadline(name) => write!(f, "deadline {name}"),
        }
    }
}
