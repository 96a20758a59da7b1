//! An entry and its content as the store's rows hold them.

use altinn_core::Digest;
use altinn_core::store::{Column, ColumnKind, InsertRows, Row, StoreError, Value, params};
use serde_json::json;
use uuid::Uuid;

use super::head::stored;
use crate::content::{Place, StoredContent};
use crate::entry::{EntryId, Fields, Header, Opening};
use crate::error::ArchiveError;

/// An entry as its row holds it; what its parts say has not been looked at.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) header: Header,
    pub(crate) openings: Vec<Opening>,
}

impl Record {
    /// The columns of an entry's row, for a query that names its table `e`.
    pub(crate) const COLUMNS: &str = "e.id, e.version, e.commitments, e.openings";

    /// Decodes the row's columns.
    pub(crate) fn from_row(row: &Row) -> Result<Self, ArchiveError> {
        let entry: EntryId = row.get("id")?;
        let damaged = |what: &str| ArchiveError::damaged(format!("{what} of entry `{entry}`"));
        if row.get::<i64>("version")? != i64::from(Header::VERSION) {
            return Err(damaged("the version"));
        }
        let commitments: Vec<u8> = row.get("commitments")?;
        let (commitments, []) = commitments.as_chunks() else { return Err(damaged("the commitments")) };
        let commitments = commitments.iter().copied().map(Digest::from_bytes).collect();
        let openings =
            serde_json::from_str(&row.get::<String>("openings")?).map_err(|_| damaged("the openings"))?;
        Ok(Self { header: Header { entry, commitments }, openings })
    }

    /// The fields, when they are those that the entry commits to; otherwise the field that is not.
    pub(crate) fn fields(&self) -> Result<Fields, &'static str> {
        let commitments = self.openings.iter().map(Opening::commitment);
        if !commitments.eq(self.header.commitments.iter().copied()) {
            return Err("the openings");
        }
        Fields::from_openings(&self.openings)
    }

    /// The values of the row's columns.
    pub(super) fn to_values(&self) -> Vec<Value> {
        let commitments: Vec<u8> =
            self.header.commitments.iter().flat_map(|commitment| *commitment.as_bytes()).collect();
        params![self.header.entry, Header::VERSION, commitments, json!(self.openings).to_string()]
    }
}

/// The columns of [`ContentRow`], for a query that names the table `c`.
pub(crate) const CONTENT_COLUMNS: &str = "c.position, c.kind, c.size, c.digest, c.bytes, c.object";

/// The rows of content.
pub(super) static CONTENT: InsertRows = InsertRows::new(
    "archive_content",
    &[
        Column::new("entry_id", ColumnKind::Uuid),
        Column::new("position", ColumnKind::Int),
        Column::new("kind", ColumnKind::Int),
        Column::new("size", ColumnKind::Int),
        Column::new("digest", ColumnKind::Blob),
        Column::new("bytes", ColumnKind::Blob),
        Column::new("object", ColumnKind::Uuid),
    ],
);

/// Content as it is: in the row.
const IN_ROW: i64 = 1;
/// Content as it is: in an object.
const IN_OBJECT: i64 = 2;

/// The content of an element as its row holds it.
#[derive(Clone)]
pub(crate) struct ContentRow {
    pub(crate) position: i64,
    pub(crate) size: u64,
    pub(crate) digest: Digest,
    pub(crate) place: Place,
}

impl ContentRow {
    /// Decodes the row's columns; none when it is not kept in a way that is known.
    pub(crate) fn from_row(row: &Row) -> Result<Option<Self>, StoreError> {
        let (bytes, object) = (row.get::<Option<Vec<u8>>>("bytes")?, row.get::<Option<Uuid>>("object")?);
        let place = match (row.get::<i64>("kind")?, bytes, object) {
            (IN_ROW, Some(bytes), None) => Place::Row(bytes.into()),
            (IN_OBJECT, None, Some(name)) => Place::Object(name),
            _ => return Ok(None),
        };
        let (position, size, digest) = (row.get("position")?, row.get("size")?, row.get("digest")?);
        Ok(Some(Self { position, size, digest, place }))
    }

    /// The values of the row's columns for the content of the element at a position.
    pub(super) fn values(entry: EntryId, position: i64, content: &StoredContent) -> Vec<Value> {
        let (kind, bytes, object) = match content.place() {
            Place::Row(bytes) => (IN_ROW, Some(bytes.to_vec()), None),
            Place::Object(name) => (IN_OBJECT, None, Some(*name)),
        };
        params![entry, position, kind, stored(content.size()), content.sha256(), bytes, object]
    }
}
