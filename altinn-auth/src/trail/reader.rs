//! Who has looked.

use altinn_core::store::{StoreError, params};
use altinn_core::{Actor, PartyId};
use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

use super::entry::TrailEntry;
use super::kept::Trail;
use crate::decision::Authorizer;
use crate::register::RegisterError;

/// How the trail names itself, where somebody was refused to read it.
const TRAIL: &str = "trail";

/// The most lines that one page holds.
const PAGE: u32 = 100;

/// A trail, for the parties that it tells of.
#[derive(Debug, Clone, Copy)]
pub struct TrailReader<'a> {
    trail: &'a Trail,
    authorizer: &'a Authorizer,
}

/// Some lines of a trail, the latest first, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailPage {
    /// The lines.
    pub entries: Vec<TrailEntry>,
    /// What to ask for the lines before; none when there is no more.
    pub before: Option<(DateTime<Utc>, Uuid)>,
}

/// Why a trail cannot be read.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum TrailError {
    /// The caller neither is the party nor holds a role for it; or there is none.
    #[error("there is no such trail")]
    NotFound,
    /// The register cannot tell.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TrailError {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "AUTH-TRAIL-NOT-FOUND",
            Self::Register(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }
}

impl<'a> TrailReader<'a> {
    /// A reader of a trail; the authorizer tells who may read it.
    pub fn new(trail: &'a Trail, authorizer: &'a Authorizer) -> Self {
        Self { trail, authorizer }
    }

    /// What was decided and done on behalf of a party, the latest first: at most 100 lines before one. What this program
    /// has noted and not written yet is written first, so that nothing of it is missing.
    ///
    /// # Errors
    /// [`TrailError::NotFound`] when the caller neither is the party nor holds a role for it.
    pub async fn of(
        &self,
        actor: &Actor,
        party: PartyId,
        before: Option<(DateTime<Utc>, Uuid)>,
    ) -> Result<TrailPage, TrailError> {
        if !self.authorizer.holds_role(actor, party).await? {
            let (id, by) =
                ((self.trail.next_id(), self.trail.now()), (actor.reference(), actor.level().into()));
            let code = TrailError::NotFound.code();
            self.trail.note(TrailEntry::of_management(id, by, party, (TRAIL, "read", ""), code));
            return Err(TrailError::NotFound);
        }
        self.trail.flush().await?;
        let (at, id) = before.unwrap_or((DateTime::<Utc>::MAX_UTC, Uuid::max()));
        let select = "select * from auth_trail where party = $1 and (at, id) < ($2, $3) \
            order by at desc, id desc limit $4";
        let rows = self.trail.store().query(select, params![party, at, id, PAGE]).await?;
        let entries: Vec<TrailEntry> = rows.iter().map(TrailEntry::read).collect::<Result<_, _>>()?;
        let last = entries.last().filter(|_| entries.len() == PAGE as usize);
        let before = last.map(|entry| (entry.at, entry.id));
        Ok(TrailPage { entries, before })
    }
}
