//! Who is behind a change.

use altinn_core::store::{Row, StoreError};
use altinn_core::{Actor, AuthenticationLevel, PartyId};

/// Who is behind a change, as the trail, the archive and the receipt's mail know them: it outlives the caller's token,
/// since the machine may go on long after they have left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Author {
    /// [`Subject::reference`](altinn_core::Subject::reference).
    pub(super) reference: String,
    pub(super) party: Option<PartyId>,
    pub(super) level: AuthenticationLevel,
}

impl From<&Actor> for Author {
    fn from(actor: &Actor) -> Self {
        Self { reference: actor.reference(), party: actor.party(), level: actor.level() }
    }
}

impl Author {
    /// The author in the columns `author`, `author_party` and `author_level`.
    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        let level: u8 = row.get("author_level")?;
        let level = AuthenticationLevel::try_from(level).map_err(|_| StoreError::Decode {
            column: "author_level".to_owned(),
            expected: "a level from 0 to 4",
        })?;
        Ok(Self { reference: row.get("author")?, party: row.get("author_party")?, level })
    }
}
