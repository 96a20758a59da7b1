//! An entry and its content as the store's rows hold them.

use std::sync::Arc;

use altinn_core::Digest;
use altinn_core::key::SecretKey;
use altinn_core::store::{Column, ColumnKind, InsertRows, Row, StoreError, Value, params};
use uuid::Uuid;

use super::Archive;
use super::head::stored;
use super::keyring::WrappingKey;
use crate::cipher::{Cipher, random_key};
use crate::content::Place;
use crate::entry::{EntryId, Fields, Header, Opening};
use crate::error::ArchiveError;

/// An entry as its row holds it; what its parts say has not been looked at.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) header: Header,
    pub(crate) openings: Vec<Opening>,
}

/// What is left of an entry: all of it, or what the log has committed to.
#[derive(Debug, Clone)]
pub(crate) enum Kept {
    Whole(Record),
    /// It was erased, as another entry says.
    Erased {
        header: Header,
        by: EntryId,
    },
}

/// The nonce of the one message that is encrypted with an entry's key.
const NONCE: [u8; 12] = [0; 12];

impl Record {
    /// The columns of an entry's row, for a query over its [`TABLES`](Self::TABLES).
    pub(crate) const COLUMNS: &str = "e.id, e.version, e.commitments, e.sealed, e.wrap, e.key_id, e.erasure, \
                                      k.number, k.generation, k.wrapped";

    /// The tables of an entry's row.
    pub(crate) const TABLES: &str = "archive_entry e left join archive_key k on k.id = e.key_id";

    /// The fields, when they are those that the entry commits to; otherwise the field that is not.
    pub(crate) fn fields(&self) -> Result<Fields, &'static str> {
        let commitments = self.openings.iter().map(Opening::commitment);
        if !commitments.eq(self.header.commitments.iter().copied()) {
            return Err("the openings");
        }
        Fields::from_openings(&self.openings)
    }

    /// The values of the columns id, version, commitments, sealed, wrap and key_id.
    pub(super) fn to_values(&self, key: &WrappingKey) -> Result<Vec<Value>, ArchiveError> {
        let entry = self.header.entry;
        let damaged = || ArchiveError::damaged("the key of an entry");
        let commitments: Vec<u8> =
            self.header.commitments.iter().flat_map(|commitment| *commitment.as_bytes()).collect();
        let mut sealed = serde_json::to_vec(&self.openings).map_err(|_| damaged())?;
        let own = random_key()?;
        let tag = Cipher::new(&own).and_then(|cipher| cipher.seal(NONCE, &bound_to(entry), &mut sealed));
        sealed.extend_from_slice(&tag.map_err(|_| damaged())?);
        let wrap = key.wrap(&own, &bound_to(entry))?;
        Ok(params![entry, Header::VERSION, commitments, sealed, wrap, key.id])
    }
}

impl Archive {
    /// Decrypts and decodes an entry's row.
    pub(crate) async fn kept(&self, row: &Row) -> Result<Kept, ArchiveError> {
        let header = header(row)?;
        let entry = header.entry;
        if let Some(by) = row.get("erasure")? {
            return Ok(Kept::Erased { header, by });
        }
        let damaged = |what: &str| ArchiveError::damaged(format!("{what} of entry `{entry}`"));
        let own = self.own_key_of(row, entry).await?;
        let mut sealed: Vec<u8> = row.get("sealed")?;
        let opened = Cipher::new(&own)
            .and_then(|cipher| cipher.open(NONCE, &bound_to(entry), &mut sealed).map(|opened| &*opened));
        let openings = opened.ok().and_then(|opened| serde_json::from_slice(opened).ok());
        let openings = openings.ok_or_else(|| damaged("the openings"))?;
        Ok(Kept::Whole(Record { header, openings }))
    }

    /// An entry's own key, from its row.
    pub(crate) async fn own_key_of(&self, row: &Row, entry: EntryId) -> Result<SecretKey, ArchiveError> {
        let key = self.keyring.key_of_row(row).await?;
        let own = key.unwrap(&row.get::<Vec<u8>>("wrap")?, &bound_to(entry));
        own.ok_or_else(|| ArchiveError::damaged(format!("the key of entry `{entry}`")))
    }

    /// The own key of an entry that is not erased.
    pub(crate) async fn own_key(&self, entry: EntryId) -> Result<SecretKey, ArchiveError> {
        let row = self.entry_row(entry).await?;
        match row.get("erasure")? {
            Some(by) => Err(ArchiveError::Erased { entry, by }),
            None => self.own_key_of(&row, entry).await,
        }
    }

    /// As [`kept`](Self::kept), for those who want the whole entry.
    pub(crate) async fn record(&self, row: &Row) -> Result<Record, ArchiveError> {
        match self.kept(row).await? {
            Kept::Whole(record) => Ok(record),
            Kept::Erased { header, by } => Err(ArchiveError::Erased { entry: header.entry, by }),
        }
    }
}

impl Archive {
    /// The key with which an entry's keys are wrapped, from its row.
    pub(crate) async fn wrapping_key(&self, row: &Row) -> Result<Arc<WrappingKey>, ArchiveError> {
        self.keyring.key_of_row(row).await
    }
}

/// What an entry's key, and what it encrypts, are bound to.
pub(crate) fn bound_to(entry: EntryId) -> Vec<u8> {
    [b"altinn-archive/entry/v1".as_slice(), entry.uuid().as_bytes()].concat()
}

/// What the log has committed to, from an entry's row.
pub(super) fn header(row: &Row) -> Result<Header, ArchiveError> {
    let entry: EntryId = row.get("id")?;
    let damaged = |what: &str| ArchiveError::damaged(format!("{what} of entry `{entry}`"));
    if row.get::<i64>("version")? != i64::from(Header::VERSION) {
        return Err(damaged("the version"));
    }
    let commitments: Vec<u8> = row.get("commitments")?;
    let (commitments, []) = commitments.as_chunks() else { return Err(damaged("the commitments")) };
    Ok(Header { entry, commitments: commitments.iter().copied().map(Digest::from_bytes).collect() })
}

/// The columns of [`ContentRow`], for a query that names the table `c`.
pub(crate) const CONTENT_COLUMNS: &str = "c.position, c.kind, c.size, c.tags, c.wrap, c.bytes, c.object";

/// The rows of content.
pub(super) static CONTENT: InsertRows = InsertRows::new(
    "archive_content",
    &[
        Column::new("entry_id", ColumnKind::Uuid),
        Column::new("position", ColumnKind::Int),
        Column::new("kind", ColumnKind::Int),
        Column::new("size", ColumnKind::Int),
        Column::new("tags", ColumnKind::Blob),
        Column::new("wrap", ColumnKind::Blob),
        Column::new("bytes", ColumnKind::Blob),
        Column::new("object", ColumnKind::Uuid),
    ],
);

/// Content is in the row.
pub(super) const IN_ROW: i64 = 1;
/// Content is in an object.
pub(super) const IN_OBJECT: i64 = 2;

/// The content of an element as its row holds it, encrypted.
#[derive(Clone)]
pub(crate) struct ContentRow {
    pub(crate) position: i64,
    pub(crate) size: u64,
    /// The digest of the tags of its chunks.
    pub(crate) tags: Digest,
    pub(crate) place: Place,
    wrap: Vec<u8>,
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
        let (position, size, tags) = (row.get("position")?, row.get("size")?, row.get("tags")?);
        Ok(Some(Self { position, size, tags, place, wrap: row.get("wrap")? }))
    }

    /// The key that opens it; none when the row is not that of this entry.
    pub(crate) fn key(&self, with: &WrappingKey, entry: EntryId) -> Option<SecretKey> {
        with.unwrap(&self.wrap, &content_bound_to(entry, self.position))
    }

    /// The values of the row's columns.
    pub(super) fn values(
        entry: EntryId,
        position: i64,
        (size, tags): (u64, Digest),
        wrap: Vec<u8>,
        place: Place,
    ) -> Vec<Value> {
        let (kind, bytes, object) = match place {
            Place::Row(bytes) => (IN_ROW, Some(Vec::from(bytes)), None),
            Place::Object(name) => (IN_OBJECT, None, Some(name)),
        };
        params![entry, position, kind, stored(size), tags, wrap, bytes, object]
    }
}

/// What the key of an element's content is bound to.
pub(crate) fn content_bound_to(entry: EntryId, position: i64) -> Vec<u8> {
    [b"altinn-archive/content/v1".as_slice(), entry.uuid().as_bytes(), &position.to_be_bytes()].concat()
}
