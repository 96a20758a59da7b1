//! A page of a party's archive.

use altinn_core::store::{Column, ColumnKind, InsertRows, Row, Value, params};
use chrono::{DateTime, Utc};

use super::query::{Cursor, Listing};
use super::tag::{Tag, TagKey};
use crate::archive::{Archive, Kept, Record};
use crate::entry::{EntryId, Fields};
use crate::error::ArchiveError;

/// The rows of the index.
pub(crate) static TAGS: InsertRows = InsertRows::new(
    "archive_tag",
    &[
        Column::new("tag", ColumnKind::Blob),
        Column::new("time", ColumnKind::Int),
        Column::new("entry_id", ColumnKind::Uuid),
    ],
);

/// The index's rows for an entry.
pub(crate) fn tag_rows(key: &TagKey, entry: EntryId, fields: &Fields) -> Vec<Vec<Value>> {
    key.of_entry(fields).into_iter().map(|tag| params![tag, fields.time, entry]).collect()
}

/// A page of a party's archive, newest first.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page {
    /// The entries, and what they say.
    pub entries: Vec<Listed>,
    /// Where the next page begins, unless this is the last one.
    pub next: Option<Cursor>,
}

/// An entry of a page.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Listed {
    /// Which entry.
    pub entry: EntryId,
    /// What it says.
    pub fields: Fields,
}

impl Archive {
    /// A page of a party's archive. What it costs does not depend on how much the archive holds.
    ///
    /// # Errors
    /// [`ArchiveError::Store`]; [`ArchiveError::Key`]; [`ArchiveError::Damaged`] when an entry is not what was archived.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list(&self, listing: &Listing) -> Result<Page, ArchiveError> {
        let (condition, values) = listing.condition(self.tags());
        let rows = self.store().query(list_sql(&condition), values).await?;
        self.page_of(&rows, listing.page(), &listing.tags(self.tags())).await
    }

    /// The page that begins with these rows, of which there is one more than it has entries if others follow. An entry
    /// that does not have the tags it was found by is not shown: somebody has put it there past the archive.
    pub(crate) async fn page_of(
        &self,
        rows: &[Row],
        limit: usize,
        asked: &[Tag],
    ) -> Result<Page, ArchiveError> {
        let mut page = Page { entries: Vec::new(), next: None };
        for row in rows.iter().take(limit) {
            // An entry that was erased while the page was read is no longer of it.
            let Kept::Whole(record) = self.kept(row).await? else { continue };
            let entry = record.header.entry;
            let damaged = |what| ArchiveError::damaged(format!("{what} of entry `{entry}`"));
            let fields = record.fields().map_err(damaged)?;
            let tags = self.tags().of_entry(&fields);
            if row.get::<DateTime<Utc>>("time")? != fields.time || !asked.iter().all(|tag| tags.contains(tag))
            {
                return Err(damaged("the index"));
            }
            page.entries.push(Listed { entry, fields });
        }
        if let Some(last) = rows.get(limit.saturating_sub(1)).filter(|_| rows.len() > limit) {
            let time: DateTime<Utc> = last.get("time")?;
            page.next = Some(Cursor { time, entry: last.get("id")? });
        }
        Ok(page)
    }
}

/// The query for a page's rows.
pub(crate) fn list_sql(condition: &str) -> String {
    format!(
        "select t.time, {} from archive_tag t join archive_entry e on e.id = t.entry_id \
         left join archive_key k on k.id = e.key_id where {condition}",
        Record::COLUMNS
    )
}

#[cfg(test)]
mod tests {
    use altinn_core::key::SecretKey;

    use super::*;

    /// What SQLite does for a listing.
    fn plan(listing: &Listing) -> Vec<String> {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for step in crate::MIGRATIONS {
            connection.execute_batch(step.sqlite).unwrap();
        }
        let (condition, values) = listing.condition(&TagKey::new(&SecretKey::from_bytes([1; 32])));
        let mut query = connection.prepare(&format!("explain query plan {}", list_sql(&condition))).unwrap();
        let nothing = rusqlite::params_from_iter(values.iter().map(|_| rusqlite::types::Null));
        query.query_map(nothing, |row| row.get(3)).unwrap().map(Result::unwrap).collect()
    }

    #[test]
    fn no_search_looks_at_more_than_a_range_of_the_index_or_sorts() {
        let all = Listing::of("50001");
        let one = all.clone().service("ttd/grants");
        let many = one.clone().title("søknad om bakeri").label("case", "2026/17");
        for (listing, searches) in [(all, 3), (one, 3), (many, 7)] {
            let plan = plan(&listing);
            assert!(!plan.iter().any(|step| step.contains("SCAN") || step.contains("TEMP")), "{plan:#?}");
            let found = plan.iter().filter(|step| step.contains("SEARCH")).count();
            assert_eq!(found, searches, "{plan:#?}");
        }
    }

    #[cfg(feature = "postgres")]
    #[tokio::test]
    async fn no_search_reads_a_table_from_end_to_end_or_sorts_in_postgres() {
        let key = TagKey::new(&SecretKey::from_bytes([1; 32]));
        let all = Listing::of("50001");
        let one = all.clone().service("ttd/grants");
        let many = one.clone().title("søknad om bakeri").label("case", "2026/17");
        let asked = [all, one, many];
        let tags: Vec<_> = asked.iter().flat_map(|listing| listing.tags(&key)).collect();
        let Some(plans) = crate::plans::Plans::filled(&tags).await else {
            return altinn_core::testing::report("skipped: no PostgreSQL is named");
        };
        for listing in asked {
            let (condition, values) = listing.condition(&key);
            let plan = plans.assert_indexed(&list_sql(&condition), values).await;
            assert!(!plan.iter().any(|step| step.contains("Sort")), "{plan:#?}");
        }
    }
}
