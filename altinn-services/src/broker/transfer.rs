//! A file transfer and its row.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use altinn_archive::EntryId;
use altinn_auth::trail::Deed;
use altinn_core::store::{
    Batch, Column, ColumnKind, FromValue, InsertRows, Row, Store, StoreError, Value, params,
};
use altinn_core::{Digest, PartyId, ServiceId};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Checksum, FileName, RecipientStatus, TransferStatus, inbox};

/// How long an upload may stand still.
pub(super) const STUCK_AFTER: TimeDelta = TimeDelta::hours(24);

/// The id of a file transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransferId(Uuid);

impl TransferId {
    /// The transfer with this UUID.
    pub fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The UUID.
    pub fn as_uuid(self) -> Uuid {
        self.0
    }

    /// What the trail tells of something done to it.
    pub(super) fn deed(self) -> Deed {
        Deed::to(format!("filetransfer/{self}"))
    }
}

impl fmt::Display for TransferId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for TransferId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// A file transfer. `Debug` shows neither the file's name nor what its sender says of it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transfer {
    /// Its id.
    pub id: TransferId,
    /// Its service.
    pub service: ServiceId,
    /// Who sends.
    pub sender: PartyId,
    /// How far it has come.
    pub status: TransferStatus,
    /// The name of the file, until it is purged.
    pub file_name: Option<FileName>,
    /// What the sender calls it, until it is purged.
    pub reference: Option<String>,
    /// What the sender says of it, until it is purged.
    pub properties: BTreeMap<String, String>,
    /// What the sender says that the file's digest is.
    pub checksum: Option<Checksum>,
    /// How many bytes the sender has announced.
    pub announced: Option<u64>,
    /// How many bytes are kept: where the upload goes on.
    pub received: u64,
    /// The SHA-256 of the whole, once it is published.
    pub sha256: Option<Digest>,
    /// The archive's entry that holds the file, once it is published.
    pub entry: Option<EntryId>,
    /// When it was announced.
    pub created_at: DateTime<Utc>,
    /// When the file will be purged, once it is published.
    pub expires_at: Option<DateTime<Utc>>,
    /// Who receives: all of them for the sender; for a recipient, itself.
    pub recipients: Vec<Recipient>,
    /// In how many pieces the bytes are kept.
    pub(super) segments: u32,
    /// When something is to be done about it by itself.
    pub(super) due_at: Option<DateTime<Utc>>,
    /// Raised by every change.
    pub(super) version: i64,
}

/// Who receives a file, and how far they have come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recipient {
    /// Who.
    pub party: PartyId,
    /// How far.
    pub status: RecipientStatus,
    /// Since when.
    pub at: DateTime<Utc>,
    /// The archive's entry in which the recipient has confirmed.
    pub confirmation: Option<EntryId>,
}

/// A step in the history of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transition {
    /// When.
    pub at: DateTime<Utc>,
    /// Whose step it was; the transfer's own where nobody is named.
    pub recipient: Option<PartyId>,
    /// Into which status, by Altinn's name.
    pub status: String,
    /// Why, where that is not plain.
    pub reason: Option<String>,
}

pub(super) static RECIPIENTS: InsertRows = InsertRows::new(
    "services_broker_recipient",
    &[
        Column::new("transfer", ColumnKind::Uuid),
        Column::new("party", ColumnKind::Int),
        Column::new("status", ColumnKind::Text),
        Column::new("at", ColumnKind::Int),
    ],
);

const COLUMNS: &str = "t.id, t.service, t.sender, t.status, t.file_name, t.reference, t.properties, t.checksum, \
    t.announced, t.received, t.segments, t.sha256, t.entry, t.created_at, t.expires_at, t.due_at, t.version";

impl Transfer {
    /// Adds a transfer that was not there.
    pub(super) fn insert(&self, batch: &mut Batch) {
        batch.execute_one(
            "insert into services_broker_transfer (id, service, sender, status, file_name, reference, properties, checksum, \
             announced, received, segments, created_at, due_at, version, lease_until, lease_generation) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10, $11, 1, 0, 0)",
            params![
                self.id.0,
                self.service.to_string(),
                self.sender,
                self.status.as_str(),
                self.file_name.as_ref().map(|name| name.as_str().to_owned()),
                self.reference.clone(),
                serde_json::to_string(&self.properties).unwrap_or_default(),
                self.checksum.map(|checksum| checksum.to_string()),
                self.announced.map(to_i64),
                self.created_at,
                self.due_at,
            ],
        );
        let row = |recipient: &Recipient| {
            params![self.id.0, recipient.party, recipient.status.as_str(), recipient.at]
        };
        batch.insert_rows(&RECIPIENTS, self.recipients.iter().map(row).collect());
        self.note(batch, self.created_at, (None, self.status.as_str()), None);
    }

    /// Adds what has become of it, if nobody else has changed it since it was read.
    pub(super) fn update(&mut self, batch: &mut Batch) {
        batch.execute_one(
            "update services_broker_transfer set status = $1, file_name = $2, reference = $3, properties = $4, received = $5, \
             segments = $6, sha256 = $7, entry = $8, expires_at = $9, due_at = $10, version = version + 1 \
             where id = $11 and version = $12",
            params![
                self.status.as_str(),
                self.file_name.as_ref().map(|name| name.as_str().to_owned()),
                self.reference.clone(),
                serde_json::to_string(&self.properties).unwrap_or_default(),
                to_i64(self.received),
                self.segments,
                self.sha256,
                self.entry,
                self.expires_at,
                self.due_at,
                self.id.0,
                self.version,
            ],
        );
        self.version += 1;
    }

    /// Adds that it goes into another status, in the row and in the history.
    pub(super) fn step(
        &mut self,
        batch: &mut Batch,
        next: TransferStatus,
        now: DateTime<Utc>,
        reason: Option<&str>,
    ) {
        debug_assert!(self.status.may_become(next), "{:?} becomes {next:?}", self.status);
        self.status = next;
        self.due_at = match next {
            TransferStatus::Initialized | TransferStatus::UploadStarted => Some(now + STUCK_AFTER),
            TransferStatus::Published | TransferStatus::AllConfirmedDownloaded => self.expires_at,
            _ => None,
        };
        self.update(batch);
        inbox::step(self, batch);
        self.note(batch, now, (None, next.as_str()), reason);
    }

    /// Adds a step to the history; the version is the step's number.
    pub(super) fn note(
        &self,
        batch: &mut Batch,
        now: DateTime<Utc>,
        (recipient, status): (Option<PartyId>, &str),
        reason: Option<&str>,
    ) {
        batch.execute_one(
            "insert into services_broker_history (transfer, version, at, recipient, status, reason) \
             values ($1, $2, $3, $4, $5, $6)",
            params![self.id.0, self.version, now, recipient, status, reason],
        );
    }

    /// A transfer as somebody sees it who sends or receives it; nothing for all others.
    pub(super) async fn of(
        store: &Store,
        service: &ServiceId,
        id: TransferId,
        party: PartyId,
    ) -> Result<Option<Self>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from services_broker_transfer t where t.id = $1 and t.service = $2 and (t.sender = $3 \
             or (t.status not in ('Initialized', 'UploadStarted', 'UploadProcessing', 'Cancelled', 'Failed') and exists \
             (select 1 from services_broker_recipient r where r.transfer = t.id and r.party = $3)))"
        );
        let Some(row) = store.query_opt(sql, params![id.0, service.to_string(), party]).await? else {
            return Ok(None);
        };
        let mut transfer = Self::from_row(&row)?;
        let seen_by = (transfer.sender != party).then_some(party);
        transfer.recipients = recipients(store, id, seen_by).await?;
        Ok(Some(transfer))
    }

    /// A transfer for the agency's own work.
    pub(super) async fn load(store: &Store, id: TransferId) -> Result<Self, StoreError> {
        let sql = format!("select {COLUMNS} from services_broker_transfer t where t.id = $1");
        let mut transfer = Self::from_row(&store.query_one(sql, params![id.0]).await?)?;
        transfer.recipients = recipients(store, id, None).await?;
        Ok(transfer)
    }

    /// A transfer without its recipients.
    pub(super) fn from_row(row: &Row) -> Result<Self, StoreError> {
        let text = |column: &str| row.get::<Option<String>>(column);
        Ok(Self {
            id: TransferId(row.get("id")?),
            service: parsed(row, "service", "the id of a service", |text| text.parse().ok())?,
            sender: PartyId::new(row.get("sender")?),
            status: parsed(row, "status", "a status", TransferStatus::named)?,
            file_name: text("file_name")?.and_then(|name| name.parse().ok()),
            reference: text("reference")?,
            properties: parsed(row, "properties", "properties", |text| serde_json::from_str(text).ok())?,
            checksum: text("checksum")?.and_then(|checksum| checksum.parse().ok()),
            announced: row.get::<Option<i64>>("announced")?.map(i64::unsigned_abs),
            received: row.get::<i64>("received")?.unsigned_abs(),
            segments: row.get("segments")?,
            sha256: row.get("sha256")?,
            entry: row.get("entry")?,
            created_at: row.get("created_at")?,
            expires_at: row.get("expires_at")?,
            due_at: row.get("due_at")?,
            version: row.get("version")?,
            recipients: Vec::new(),
        })
    }
}

/// Adds that what the sender has said of a file is forgotten, whose entry is erased; whoever is about to write what they read
/// before is refused.
pub(crate) fn forget_file(batch: &mut Batch, entry: EntryId) {
    batch.execute(
        "update services_broker_transfer set file_name = null, reference = null, properties = '{}', \
         version = version + 1 where entry = $1",
        params![entry],
    );
}

async fn recipients(
    store: &Store,
    id: TransferId,
    seen_by: Option<PartyId>,
) -> Result<Vec<Recipient>, StoreError> {
    let columns = "select party, status, at, confirmation from services_broker_recipient where transfer = $1";
    let rows = match seen_by {
        Some(party) => store.query(format!("{columns} and party = $2"), params![id.0, party]).await?,
        None => store.query(format!("{columns} order by party"), params![id.0]).await?,
    };
    let read = |row: &Row| {
        Ok(Recipient {
            party: PartyId::new(row.get("party")?),
            status: parsed(row, "status", "a recipient's status", RecipientStatus::named)?,
            at: row.get("at")?,
            confirmation: row.get("confirmation")?,
        })
    };
    rows.iter().map(read).collect()
}

pub(super) fn parsed<T>(
    row: &Row,
    column: &str,
    expected: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    read(&text).ok_or_else(|| StoreError::Decode { column: column.to_owned(), expected })
}

/// A size as the store keeps it.
pub(super) fn to_i64(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

impl fmt::Debug for Transfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transfer")
            .field("id", &self.id)
            .field("service", &self.service)
            .field("sender", &self.sender)
            .field("status", &self.status)
            .field("received", &self.received)
            .field("recipients", &self.recipients)
            .finish_non_exhaustive()
    }
}

impl From<TransferId> for Value {
    fn from(id: TransferId) -> Self {
        id.0.into()
    }
}

impl FromValue for TransferId {
    const NAME: &'static str = Uuid::NAME;

    fn from_value(value: &Value) -> Option<Self> {
        Uuid::from_value(value).map(Self)
    }
}
