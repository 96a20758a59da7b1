//! One recipient's correspondence as its row holds it, with its history.

use altinn_archive::EntryId;
use altinn_auth::decision::Access;
use altinn_core::store::{Batch, Column, ColumnKind, Guard, InsertRows, Row, Store, Value, params};
use altinn_core::{PartyId, ServiceId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::mailing::Mailing;
use super::{CorrespondenceError, CorrespondenceStatus, Reached};

/// One recipient's correspondence.
#[derive(Debug, Clone)]
pub(super) struct CorrespondenceRow {
    pub(super) id: Uuid,
    pub(super) mailing: Uuid,
    /// Its place among the recipients, from 0.
    pub(super) number: i64,
    /// Its recipient; none when the register did not know whoever was named.
    pub(super) party: Option<PartyId>,
    pub(super) reached: Reached,
    pub(super) latest: CorrespondenceStatus,
    /// How many entries its history has.
    pub(super) version: i64,
    pub(super) changed: DateTime<Utc>,
}

pub(super) static ROWS: InsertRows = InsertRows::new(
    "services_correspondence",
    &[
        Column::new("id", ColumnKind::Uuid),
        Column::new("mailing", ColumnKind::Uuid),
        Column::new("number", ColumnKind::Int),
        Column::new("party", ColumnKind::Int),
        Column::new("reached", ColumnKind::Int),
        Column::new("latest", ColumnKind::Int),
        Column::new("version", ColumnKind::Int),
        Column::new("changed_at", ColumnKind::Int),
    ],
);

pub(super) static HISTORY: InsertRows = InsertRows::new(
    "services_correspondence_history",
    &[
        Column::new("correspondence", ColumnKind::Uuid),
        Column::new("sequence", ColumnKind::Int),
        Column::new("status", ColumnKind::Int),
        Column::new("at", ColumnKind::Int),
        Column::new("actor", ColumnKind::Text),
        Column::new("level", ColumnKind::Int),
        Column::new("note", ColumnKind::Text),
        Column::new("entry", ColumnKind::Uuid),
    ],
);

/// The columns of a row, from `services_correspondence c`.
const COLUMNS: &str = "c.id, c.mailing, c.number, c.party, c.reached, c.latest, c.version, c.changed_at";

impl CorrespondenceRow {
    /// One that is not stored yet, and has come to nothing.
    pub(super) fn new(
        id: Uuid,
        mailing: Uuid,
        number: i64,
        party: Option<PartyId>,
        now: DateTime<Utc>,
    ) -> Self {
        let latest = CorrespondenceStatus::Initialized;
        Self { id, mailing, number, party, reached: Reached::default(), latest, version: 0, changed: now }
    }

    pub(super) fn values(&self) -> Vec<Value> {
        params![
            self.id,
            self.mailing,
            self.number,
            self.party,
            self.reached.bits(),
            i64::from(self.latest.number()),
            self.version,
            self.changed
        ]
    }

    fn from_row(row: &Row) -> Result<Self, CorrespondenceError> {
        let stored = |column| CorrespondenceError::Stored { column };
        Ok(Self {
            id: row.get("id")?,
            mailing: row.get("mailing")?,
            number: row.get("number")?,
            party: row.get("party")?,
            reached: Reached::from_bits(row.get("reached")?).ok_or_else(|| stored("reached"))?,
            latest: CorrespondenceStatus::numbered(row.get("latest")?).ok_or_else(|| stored("latest"))?,
            version: row.get("version")?,
            changed: row.get("changed_at")?,
        })
    }

    /// The correspondence of a recipient, once it is published; its mailing beside it.
    pub(super) async fn of_recipient(
        store: &Store,
        service: &ServiceId,
        party: PartyId,
        id: Uuid,
    ) -> Result<(Self, Mailing), CorrespondenceError> {
        // One query says all: what is another's, of another service or not published costs what nothing costs.
        let sql = format!(
            "select {COLUMNS} from services_correspondence c join services_mailing m on m.id = c.mailing \
             where c.id = $1 and c.party = $2 and m.service = $3 and c.reached & $4 = $4"
        );
        let published = Reached::default().with(CorrespondenceStatus::Published).bits();
        let values = params![id, party, service.to_string(), published];
        let row = store.query_opt(sql, values).await?.ok_or(CorrespondenceError::NotFound)?;
        let row = Self::from_row(&row)?;
        let mailing = Mailing::load(store, row.mailing).await?;
        Ok((row, mailing))
    }

    /// The correspondence that a party has sent, whatever its status; its mailing beside it.
    pub(super) async fn of_sender(
        store: &Store,
        access: &Access,
        id: Uuid,
    ) -> Result<(Self, Mailing), CorrespondenceError> {
        let sql = format!(
            "select {COLUMNS} from services_correspondence c join services_mailing m on m.id = c.mailing \
             where c.id = $1 and m.sender = $2 and m.service = $3"
        );
        let values = params![id, access.party(), access.service().to_string()];
        let row = store.query_opt(sql, values).await?.ok_or(CorrespondenceError::NotFound)?;
        let row = Self::from_row(&row)?;
        let mailing = Mailing::load(store, row.mailing).await?;
        Ok((row, mailing))
    }

    /// Those of a mailing after a place among its recipients.
    pub(super) async fn of_mailing(
        store: &Store,
        mailing: Uuid,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Self>, CorrespondenceError> {
        let sql = format!(
            "select {COLUMNS} from services_correspondence c where c.mailing = $1 and c.number > $2 \
             order by c.number limit $3"
        );
        let rows = store.query(sql, params![mailing, after, limit]).await?;
        rows.iter().map(Self::from_row).collect()
    }

    /// Those of a recipient in a service that were published and are not deleted, the latest sent first, before an id.
    pub(super) async fn seen_by(
        store: &Store,
        service: &ServiceId,
        party: PartyId,
        before: Uuid,
        limit: u32,
    ) -> Result<Vec<Self>, CorrespondenceError> {
        let bit = |status: CorrespondenceStatus| Reached::default().with(status).bits();
        let purged = bit(CorrespondenceStatus::PurgedByRecipient) | bit(CorrespondenceStatus::PurgedByAltinn);
        let sql = format!(
            "select {COLUMNS} from services_correspondence c join services_mailing m on m.id = c.mailing \
             where c.party = $1 and c.id < $2 and m.service = $3 and c.reached & $4 = $5 order by c.id desc limit $6"
        );
        let published = bit(CorrespondenceStatus::Published);
        let values = params![party, before, service.to_string(), published | purged, published, limit];
        store.query(sql, values).await?.iter().map(Self::from_row).collect()
    }

    /// Those of which a condition on `services_correspondence c` and `services_mailing m` holds.
    pub(super) async fn found(
        store: &Store,
        condition: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Self>, CorrespondenceError> {
        let sql = format!(
            "select {COLUMNS} from services_correspondence c join services_mailing m on m.id = c.mailing \
             where {condition}"
        );
        store.query(sql, values).await?.iter().map(Self::from_row).collect()
    }

    /// Has a batch conflict when something happens to it meanwhile.
    pub(super) fn guard(&self, batch: &mut Batch) {
        batch.guard(&Guard::new("services_correspondence", "id", "version"), self.id, self.version);
    }

    /// All that it has been through, in order.
    pub(super) async fn history(&self, store: &Store) -> Result<Vec<StatusEntry>, CorrespondenceError> {
        let sql = "select * from services_correspondence_history where correspondence = $1 order by sequence";
        store.query(sql, params![self.id]).await?.iter().map(StatusEntry::from_row).collect()
    }
}

/// That a correspondence came to a status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct StatusEntry {
    /// The status.
    pub status: CorrespondenceStatus,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom, as [`Subject::reference`](altinn_core::Subject::reference); none: by itself.
    pub actor: Option<String>,
    /// How surely they were identified, 0 to 4.
    pub level: Option<u8>,
    /// What more is to be said: which reply option was taken, why it failed.
    pub note: Option<String>,
    /// The entry of the archive that is evidence of it.
    pub entry: Option<EntryId>,
}

impl StatusEntry {
    fn from_row(row: &Row) -> Result<Self, CorrespondenceError> {
        let stored = |column| CorrespondenceError::Stored { column };
        let level: Option<i64> = row.get("level")?;
        Ok(Self {
            status: CorrespondenceStatus::numbered(row.get("status")?).ok_or_else(|| stored("status"))?,
            at: row.get("at")?,
            actor: row.get("actor")?,
            level: level.map(u8::try_from).transpose().map_err(|_| stored("level"))?,
            note: row.get("note")?,
            entry: row.get("entry")?,
        })
    }
}
