//! Someone whom an entry names.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Someone whom an entry names, as they were called then: the party (avgiver) whose entry it is, or the actor who
/// made it.
///
/// Personal data: its `Debug` shows neither id nor name.
///
/// ```
/// use altinn_archive::Participant;
///
/// let party = Participant::new("50001", "Bakeriet AS");
/// assert_eq!(party.expose(), ("50001", "Bakeriet AS"));
/// assert_eq!(format!("{party:?}"), "Participant(***)");
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    id: String,
    name: String,
}

impl Participant {
    /// The participant with this id, best one that outlives changes of name, and this name.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        Self { id: id.into(), name: name.into() }
    }

    /// Id and name.
    pub fn expose(&self) -> (&str, &str) {
        (&self.id, &self.name)
    }
}

impl fmt::Debug for Participant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Participant(***)")
    }
}
