//! Legal holds: what may not be erased, whatever a rule or an order says.

use std::fmt;

use altinn_core::store::{Batch, params};
use uuid::Uuid;

use crate::archive::Archive;
use crate::cipher::random_name;
use crate::entry::EntryId;
use crate::error::ArchiveError;

/// What a legal hold is on, also what will be archived later.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HoldScope {
    /// One entry.
    Entry(EntryId),
    /// All entries of a party, by its id.
    Party(String),
    /// All entries of a service.
    Service(String),
    /// All entries of a service in an archive class.
    Class {
        /// The service.
        service: String,
        /// The archive class.
        class: String,
    },
}

/// A hold that was placed: what releases it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct HoldId(Uuid);

impl HoldId {
    /// The hold with this UUID.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Debug for HoldScope {
    /// Does not name the party.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(entry) => write!(f, "Entry({entry})"),
            Self::Party(_) => f.write_str("Party(***)"),
            Self::Service(service) => write!(f, "Service({service})"),
            Self::Class { service, class } => write!(f, "Class({service}, {class})"),
        }
    }
}

/// Adds that the holds are others now: every erasure that is under way conflicts, and looks at them again.
fn change(batch: &mut Batch) {
    batch.execute_one("update archive_hold_head set version = version + 1 where id = 1", params![]);
}

impl Archive {
    /// Places a legal hold: nothing in its scope is erased from now on until it is [released](Archive::release).
    ///
    /// # Errors
    /// [`ArchiveError::Store`].
    pub async fn hold(&self, scope: &HoldScope) -> Result<HoldId, ArchiveError> {
        let tags = self.tags();
        let tag = match scope {
            HoldScope::Entry(entry) => tags.entry(*entry),
            HoldScope::Party(party) => tags.party(party),
            HoldScope::Service(service) => tags.service(service),
            HoldScope::Class { service, class } => tags.class(service, class),
        };
        let id = random_name()?;
        let mut batch = Batch::new();
        change(&mut batch);
        batch.execute_one(
            "insert into archive_hold (id, tag, placed_at) values ($1, $2, $3)",
            params![id, tag, self.now()],
        );
        self.store().commit(batch).await?;
        Ok(HoldId(id))
    }

    /// Releases a hold; others on the same entries go on. One that was released already stays so.
    ///
    /// # Errors
    /// [`ArchiveError::Store`].
    pub async fn release(&self, hold: HoldId) -> Result<(), ArchiveError> {
        let mut batch = Batch::new();
        change(&mut batch);
        batch.execute("delete from archive_hold where id = $1", params![hold.0]);
        self.store().commit(batch).await?;
        Ok(())
    }
}
