//! The content of entries, hashed again.

use std::collections::VecDeque;
use std::sync::Arc;

use altinn_core::store::{Row, Store, StoreError, params};

use super::fault::{Stop, or_fault};
use crate::archive::{Archive, CONTENT_COLUMNS, ContentRow, WrappingKey, stored};
use crate::cipher::sealed_size;
use crate::content::ContentReader;
use crate::entry::{Element, EntryId, Fields};
use crate::error::ArchiveError;

/// How many rows are read at a time.
const PAGE: i64 = 32;

/// The rows of content of all entries of the log, in the order of the log.
pub(super) struct Contents {
    up_to: u64,
    /// The place and position behind the last row that was read; none once all are.
    next: Option<(u64, i64)>,
    page: VecDeque<(u64, Row)>,
}

impl Contents {
    /// Those of the first so many entries.
    pub(super) fn new(up_to: u64) -> Self {
        Self { up_to, next: Some((0, i64::MIN)), page: VecDeque::new() }
    }

    /// The next row of the entry at a place.
    pub(super) async fn next_of(&mut self, store: &Store, index: u64) -> Result<Option<Row>, StoreError> {
        if self.page.is_empty() {
            self.read_page(store).await?;
        }
        match self.page.front() {
            Some((found, _)) if *found == index => Ok(self.page.pop_front().map(|(_, row)| row)),
            _ => Ok(None),
        }
    }

    /// Goes back to the first row of the entry at a place.
    pub(super) fn read_again(&mut self, index: u64) {
        self.page.clear();
        self.next = Some((index, i64::MIN));
    }

    async fn read_page(&mut self, store: &Store) -> Result<(), StoreError> {
        let Some((index, position)) = self.next else { return Ok(()) };
        let sql = format!(
            "select l.leaf_index, {CONTENT_COLUMNS} from archive_leaf l \
             join archive_content c on c.entry_id = l.entry_id \
             where l.leaf_index >= $1 and (l.leaf_index > $1 or c.position >= $2) and l.leaf_index < $3 \
             order by l.leaf_index, c.position limit $4"
        );
        let params = params![stored(index), position, stored(self.up_to), PAGE];
        for row in store.query(sql, params).await? {
            let (index, position): (u64, i64) = (row.get("leaf_index")?, row.get("position")?);
            self.next = Some((index, position.saturating_add(1)));
            self.page.push_back((index, row));
        }
        if self.page.is_empty() {
            self.next = None;
        }
        Ok(())
    }
}

/// What of an entry's content is not as the fields say.
pub(super) struct WrongContent {
    position: usize,
}

impl WrongContent {
    pub(super) fn name(&self) -> String {
        format!("the content of element {}", self.position)
    }
}

/// The content of an entry, row by row, beside what its fields say.
pub(super) struct ContentCheck<'a> {
    archive: &'a Archive,
    entry: EntryId,
    key: Arc<WrappingKey>,
    elements: &'a [Element],
    position: usize,
}

impl<'a> ContentCheck<'a> {
    pub(super) async fn new(
        archive: &'a Archive,
        entry: EntryId,
        fields: &'a Fields,
        row: &Row,
    ) -> Result<Self, ArchiveError> {
        let key = archive.wrapping_key(row).await?;
        Ok(Self { archive, entry, key, elements: &fields.elements, position: 0 })
    }

    /// Checks the next row.
    pub(super) async fn row(&mut self, row: &Row) -> Result<Result<(), WrongContent>, ArchiveError> {
        let wrong = WrongContent { position: self.position };
        let Some(element) = self.elements.get(self.position) else { return Ok(Err(wrong)) };
        let content = match found(ContentRow::from_row(row))? {
            Some(Some(content)) => content,
            _ => return Ok(Err(wrong)),
        };
        let in_order = usize::try_from(content.position) == Ok(self.position);
        let key = content.key(&self.key, self.entry).filter(|_| in_order);
        let Some(key) = key.filter(|_| content.size == sealed_size(element.size)) else {
            return Ok(Err(wrong));
        };
        self.position += 1;
        let objects = self.archive.objects().clone();
        let reader = ContentReader::new(objects, content.place, key, element.size, element.sha256);
        let checked = found(reader.check().await)?;
        Ok(if checked == Some(content.tags) { Ok(()) } else { Err(wrong) })
    }

    /// Checks that there was a row for every element.
    pub(super) fn end(self) -> Result<(), WrongContent> {
        if self.position == self.elements.len() {
            Ok(())
        } else {
            Err(WrongContent { position: self.position })
        }
    }
}

/// None when what was read is not of the right form or not there; an error when it cannot be read.
fn found<T, E: Into<ArchiveError>>(read: Result<T, E>) -> Result<Option<T>, ArchiveError> {
    match or_fault(read, || super::Fault::Head) {
        Ok(read) => Ok(Some(read)),
        Err(Stop::Fault(_)) => Ok(None),
        Err(Stop::Error(error)) => Err(error),
    }
}

/// The rows of content of one entry.
pub(super) async fn of_entry(store: &Store, entry: EntryId) -> Result<Vec<Row>, StoreError> {
    let sql =
        format!("select {CONTENT_COLUMNS} from archive_content c where c.entry_id = $1 order by c.position");
    store.query(sql, params![entry]).await
}
