//! Reading what was archived.

use altinn_core::store::params;

use super::Archive;
use super::record::{CONTENT_COLUMNS, ContentRow, Record};
use crate::content::ContentReader;
use crate::entry::{EntryId, Fields};
use crate::error::ArchiveError;

impl Archive {
    /// What an entry says.
    ///
    /// # Errors
    /// [`ArchiveError::NotFound`]; [`ArchiveError::Damaged`] when the fields are not those that were archived;
    /// [`ArchiveError::Store`].
    #[tracing::instrument(level = "debug", skip(self))]
    pub async fn get(&self, entry: EntryId) -> Result<Fields, ArchiveError> {
        let sql = format!("select {} from archive_entry e where e.id = $1", Record::COLUMNS);
        let row = self.store.query_opt(sql, params![entry]).await?;
        let record = Record::from_row(&row.ok_or(ArchiveError::NotFound { entry })?)?;
        record.fields().map_err(|what| ArchiveError::damaged(format!("{what} of entry `{entry}`")))
    }

    /// The content of an element.
    ///
    /// # Errors
    /// As [`Archive::get`]; [`ArchiveError::NoElement`]; [`ArchiveError::Content`] when the object store fails.
    #[tracing::instrument(level = "debug", skip(self, element))]
    pub async fn content(&self, entry: EntryId, element: &str) -> Result<ContentReader, ArchiveError> {
        let fields = self.get(entry).await?;
        let named = (0_i64..).zip(&fields.elements).find(|(_, found)| found.name == element);
        let no_element = || ArchiveError::NoElement { entry, element: element.chars().take(255).collect() };
        let (position, element) = named.ok_or_else(no_element)?;
        let sql = format!(
            "select {CONTENT_COLUMNS} from archive_content c where c.entry_id = $1 and c.position = $2"
        );
        let damaged = || ArchiveError::damaged(format!("the content of entry `{entry}`"));
        let row = self.store.query_opt(sql, params![entry, position]).await?.ok_or_else(damaged)?;
        let content = ContentRow::from_row(&row)?.ok_or_else(damaged)?;
        Ok(ContentReader::open(self.objects(), content.place, element.size, element.sha256).await?)
    }
}
