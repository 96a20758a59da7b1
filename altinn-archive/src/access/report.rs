//! All that is kept about a person, with who has read it.

use altinn_core::store::params;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::read_log::Read;
use crate::archive::Archive;
use crate::entry::{EntryId, Fields};
use crate::error::ArchiveError;
use crate::listing::{Cursor, Listing, list_sql};

/// A page of what is kept about a person (article 15 of the GDPR), newest first. Content is read by
/// [`Archive::content`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AccessPage {
    /// What is kept.
    pub kept: Vec<Kept>,
    /// Where the next page begins, unless this is the last one.
    pub next: Option<Cursor>,
}

/// An entry that concerns a person, as party or as actor.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Kept {
    /// Which entry.
    pub entry: EntryId,
    /// What it says.
    pub fields: Fields,
    /// Who has read it, the last ones first.
    pub reads: Vec<Read>,
}

impl Archive {
    /// A page of everything that is kept about a person, by the id that entries name them with, with who has read it.
    ///
    /// # Errors
    /// As [`Archive::list`].
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn access_report(
        &self,
        person: &str,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<AccessPage, ArchiveError> {
        let limit = limit.clamp(1, Listing::MAX_LIMIT);
        let (time, entry) = match after {
            Some(cursor) => cursor.place(),
            None => (DateTime::<Utc>::MAX_UTC, EntryId::new(Uuid::nil())),
        };
        let condition = "t.tag = $1 and (t.time, t.entry_id) < ($2, $3) \
                         order by t.time desc, t.entry_id desc limit $4";
        let tag = self.tags().person(person);
        let params = params![tag, time, entry, i64::from(limit) + 1];
        let rows = self.store().query(list_sql(condition), params).await?;
        let page = self.page_of(&rows, usize::try_from(limit).unwrap_or(usize::MAX), &[tag]).await?;
        let mut kept = Vec::new();
        for listed in page.entries {
            let reads = self.reads(listed.entry).await?;
            kept.push(Kept { entry: listed.entry, fields: listed.fields, reads });
        }
        Ok(AccessPage { kept, next: page.next })
    }
}
