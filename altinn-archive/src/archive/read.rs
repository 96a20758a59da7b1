//! Reading what was archived.

use altinn_core::store::{Row, params};

use super::Archive;
use super::record::{CONTENT_COLUMNS, ContentRow, Record};
use crate::content::ContentReader;
use crate::entry::{EntryId, Fields};
use crate::error::ArchiveError;

impl Archive {
    /// What an entry says.
    ///
    /// # Errors
    /// [`ArchiveError::NotFound`]; [`ArchiveError::Erased`]; [`ArchiveError::Damaged`] when the fields are not those that were archived;
    /// [`ArchiveError::Store`].
    #[tracing::instrument(level = "debug", skip(self))]
    pub async fn get(&self, entry: EntryId) -> Result<Fields, ArchiveError> {
        self.fields_of(&self.entry_row(entry).await?).await
    }

    /// The content of an element.
    ///
    /// # Errors
    /// As [`Archive::get`]; [`ArchiveError::NoElement`].
    #[tracing::instrument(level = "debug", skip(self, element))]
    pub async fn content(&self, entry: EntryId, element: &str) -> Result<ContentReader, ArchiveError> {
        let row = self.entry_row(entry).await?;
        let fields = self.fields_of(&row).await?;
        let named = (0_i64..).zip(&fields.elements).find(|(_, found)| found.name == element);
        let no_element = || ArchiveError::NoElement { entry, element: element.chars().take(255).collect() };
        let (position, element) = named.ok_or_else(no_element)?;
        // With its key in one statement: a rotation may wrap both anew at any time.
        let sql = format!(
            "select {CONTENT_COLUMNS}, e.key_id, k.number, k.generation, k.wrapped from archive_content c \
             join archive_entry e on e.id = c.entry_id left join archive_key k on k.id = e.key_id \
             where c.entry_id = $1 and c.position = $2"
        );
        let damaged = || ArchiveError::damaged(format!("the content of entry `{entry}`"));
        let Some(row) = self.store.query_opt(sql, params![entry, position]).await? else {
            // It may have been erased just now.
            self.fields_of(&self.entry_row(entry).await?).await?;
            return Err(damaged());
        };
        let content = ContentRow::from_row(&row)?.ok_or_else(damaged)?;
        let key = self.keyring.key_of_row(&row).await?;
        let key = content.key(&key, entry).ok_or_else(damaged)?;
        Ok(ContentReader::new(self.objects.clone(), content.place, key, element.size, element.sha256))
    }

    pub(super) async fn entry_row(&self, entry: EntryId) -> Result<Row, ArchiveError> {
        let sql = format!("select {} from {} where e.id = $1", Record::COLUMNS, Record::TABLES);
        self.store.query_opt(sql, params![entry]).await?.ok_or(ArchiveError::NotFound { entry })
    }

    async fn fields_of(&self, row: &Row) -> Result<Fields, ArchiveError> {
        let record = self.record(row).await?;
        let entry = record.header.entry;
        record.fields().map_err(|what| ArchiveError::damaged(format!("{what} of entry `{entry}`")))
    }
}
