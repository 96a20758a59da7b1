//! Reading that is remembered.

use std::fmt;

use altinn_core::key::SecretKey;
use altinn_core::store::{Batch, Row, params};
use chrono::{DateTime, Utc};
use ring::hmac;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::archive::Archive;
use crate::cipher::{Cipher, random_name};
use crate::content::ContentReader;
use crate::entry::{EntryId, Fields, Participant};
use crate::error::ArchiveError;

/// The most reads of an entry that are told.
const MOST: i64 = 1_000;

/// Who reads, and what for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reader {
    who: Participant,
    purpose: String,
}

impl Reader {
    /// Somebody who reads for a purpose, such as `case 2026/17`.
    pub fn new(who: Participant, purpose: impl Into<String>) -> Self {
        Self { who, purpose: purpose.into() }
    }

    /// Who reads.
    pub fn who(&self) -> &Participant {
        &self.who
    }

    /// What for.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader(***)")
    }
}

/// A read that was remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Read {
    /// When.
    pub time: DateTime<Utc>,
    /// Who, and what for.
    pub reader: Reader,
    /// The element whose content was read; otherwise what the entry says.
    pub element: Option<String>,
}

/// What of a read stands encrypted in its row.
#[derive(Serialize, Deserialize)]
struct Sealed {
    reader: Reader,
    element: Option<String>,
}

/// Reads in somebody's name.
#[derive(Debug)]
pub struct Reading<'a> {
    archive: &'a Archive,
    reader: Reader,
}

impl Reading<'_> {
    /// What an entry says. That it was read is durable before it is given out.
    ///
    /// # Errors
    /// As [`Archive::get`].
    pub async fn get(&self, entry: EntryId) -> Result<Fields, ArchiveError> {
        let fields = self.archive.get(entry).await?;
        self.archive.remember(entry, &self.reader, None).await?;
        Ok(fields)
    }

    /// The content of an element. That it was read is durable before it is given out.
    ///
    /// # Errors
    /// As [`Archive::content`].
    pub async fn content(&self, entry: EntryId, element: &str) -> Result<ContentReader, ArchiveError> {
        let content = self.archive.content(entry, element).await?;
        self.archive.remember(entry, &self.reader, Some(element)).await?;
        Ok(content)
    }
}

impl Archive {
    /// Reads in somebody's name, which the archive remembers, for as long as it keeps the entry. [`Archive::get`] and
    /// [`Archive::content`] remember nothing: they are for the program itself.
    pub fn read_as(&self, reader: Reader) -> Reading<'_> {
        Reading { archive: self, reader }
    }

    /// Who has read an entry, the last ones first, at most 1,000.
    ///
    /// # Errors
    /// As [`Archive::get`].
    pub async fn reads(&self, entry: EntryId) -> Result<Vec<Read>, ArchiveError> {
        let own = self.own_key(entry).await?;
        let sql = "select id, time, sealed from archive_read where entry_id = $1 order by time desc, id desc limit $2";
        let rows = self.store().query(sql, params![entry, MOST]).await?;
        rows.iter().map(|row| open(row, &own, entry)).collect()
    }

    /// Whether all that is remembered of an entry is what was written, the entry's own key being this one.
    pub(crate) async fn reads_are_true(&self, entry: EntryId, own: &SecretKey) -> Result<bool, ArchiveError> {
        let sql = "select id, time, sealed from archive_read where entry_id = $1 and (time, id) > ($2, $3) \
                   order by time, id limit $4";
        let mut after = (i64::MIN, Uuid::nil());
        loop {
            let rows = self.store().query(sql, params![entry, after.0, after.1, MOST]).await?;
            let Some(last) = rows.last() else { return Ok(true) };
            after = (last.get("time")?, last.get("id")?);
            if !rows.iter().all(|row| open(row, own, entry).is_ok()) {
                return Ok(false);
            }
        }
    }

    async fn remember(
        &self,
        entry: EntryId,
        reader: &Reader,
        element: Option<&str>,
    ) -> Result<(), ArchiveError> {
        let own = self.own_key(entry).await?;
        let damaged = || ArchiveError::damaged(format!("the key of entry `{entry}`"));
        let id = random_name()?;
        let sealed = Sealed { reader: reader.clone(), element: element.map(str::to_owned) };
        let mut sealed = serde_json::to_vec(&sealed).map_err(|_| damaged())?;
        let cipher = Cipher::new(&key_of(&own, id)).map_err(|_| damaged())?;
        let time = self.now();
        let tag = cipher.seal([0; 12], &bound_to(entry, time), &mut sealed).map_err(|_| damaged())?;
        sealed.extend_from_slice(&tag);
        let mut batch = Batch::new();
        batch.execute_one(
            "insert into archive_read (entry_id, time, id, sealed) select id, $1, $2, $3 from archive_entry \
             where id = $4 and erasure is null",
            params![time, id, sealed, entry],
        );
        self.store().commit(batch).await?;
        Ok(())
    }
}

fn open(row: &Row, own: &SecretKey, entry: EntryId) -> Result<Read, ArchiveError> {
    let damaged = || ArchiveError::damaged(format!("who has read entry `{entry}`"));
    let mut sealed: Vec<u8> = row.get("sealed")?;
    let cipher = Cipher::new(&key_of(own, row.get("id")?)).map_err(|_| damaged())?;
    let time = row.get("time")?;
    let opened = cipher.open([0; 12], &bound_to(entry, time), &mut sealed).map_err(|_| damaged())?;
    let Sealed { reader, element } = serde_json::from_slice(opened).map_err(|_| damaged())?;
    Ok(Read { time, reader, element })
}

/// What a read is bound to: the entry and the time.
fn bound_to(entry: EntryId, time: DateTime<Utc>) -> Vec<u8> {
    [entry.uuid().as_bytes().as_slice(), &time.timestamp_micros().to_be_bytes()].concat()
}

/// The key of one read, from the entry's: so it is gone with that, and encrypts one message.
fn key_of(own: &SecretKey, read: Uuid) -> SecretKey {
    let key = hmac::Key::new(hmac::HMAC_SHA256, own.expose());
    let named = [b"altinn-archive/read/v1".as_slice(), read.as_bytes()].concat();
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(hmac::sign(&key, &named).as_ref()).for_each(|(byte, signed)| *byte = *signed);
    SecretKey::from_bytes(bytes)
}
