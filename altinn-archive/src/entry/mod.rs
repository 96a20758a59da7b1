//! What an entry is: its fields, and how the log commits to them.

mod field;
mod fields;
mod header;
mod new_entry;
mod participant;
mod salt;

use std::fmt;
use std::str::FromStr;

use altinn_core::store::{FromValue, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use field::{Field, Opening};
pub(crate) use fields::LABELS;
pub use fields::{Element, Fields};
pub(crate) use header::Header;
pub use new_entry::{EntryError, NewElement, NewEntry};
pub use participant::Participant;
pub use salt::{NoRandomNumbers, SaltSource, SystemSalts};

/// The id of an entry in the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(Uuid);

impl EntryId {
    /// The id with this UUID.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for EntryId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl From<EntryId> for Value {
    fn from(id: EntryId) -> Self {
        id.0.into()
    }
}

impl FromValue for EntryId {
    const NAME: &'static str = Uuid::NAME;

    fn from_value(value: &Value) -> Option<Self> {
        Uuid::from_value(value).map(Self)
    }
}
