//! Who has looked.

use altinn_auth::decision::Authorizer;
use altinn_auth::register::RegisterError;
use altinn_core::store::{Store, StoreError, params};
use altinn_core::{Actor, PartyId};
use uuid::Uuid;

use super::TrailEntry;

/// The most lines that one page holds.
const PAGE: u32 = 100;

/// The trail of a store, for the parties that it tells of.
#[derive(Debug)]
pub struct Trail<'a> {
    store: &'a Store,
    authorizer: &'a Authorizer,
}

/// Some lines of a trail, the latest first, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailPage {
    /// The lines.
    pub entries: Vec<TrailEntry>,
    /// What to ask for the next page before; none when there is no more.
    pub before: Option<Uuid>,
}

/// Why a trail cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrailError {
    /// The caller does not represent the party; or there is none.
    #[error("there is no such trail")]
    NotFound,
    /// The register.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrailError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "TRAIL-NOT-FOUND",
            Self::Register(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

impl<'a> Trail<'a> {
    pub(crate) fn new(store: &'a Store, authorizer: &'a Authorizer) -> Self {
        Self { store, authorizer }
    }

    /// What was done for a party, the latest first: at most 100 lines that come before one.
    ///
    /// # Errors
    /// [`TrailError::NotFound`] when the caller neither is the party nor holds a role for it.
    pub async fn of(
        &self,
        actor: &Actor,
        party: PartyId,
        before: Option<Uuid>,
    ) -> Result<TrailPage, TrailError> {
        if !self.authorizer.represents(actor, party).await? {
            return Err(TrailError::NotFound);
        }
        let select = "select * from services_trail where party = $1 and id < $2 order by id desc limit $3";
        let before = before.unwrap_or(Uuid::max());
        let rows = self.store.query(select, params![party, before, PAGE]).await?;
        let entries: Vec<_> = rows.iter().map(TrailEntry::stored).collect::<Result<_, _>>()?;
        let more = entries.len() == PAGE as usize;
        let before = entries.last().filter(|_| more).map(|entry| entry.id);
        Ok(TrailPage { entries, before })
    }
}
