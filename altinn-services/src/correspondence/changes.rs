//! What happens to correspondences, gathered until it goes into one batch.

use altinn_archive::EntryId;
use altinn_core::store::{Batch, Value, params};
use altinn_core::{Actor, IdSource};
use chrono::{DateTime, Utc};

use super::events::{Told, event_of};
use super::inbox;
use super::mailing::Mailing;
use super::row::{CorrespondenceRow, HISTORY, ROWS};
use super::{CorrespondenceError, CorrespondenceEvent, CorrespondenceStatus, Refusal, step};
use crate::event::{EventError, EventFeed, NewEvent};

/// What more is known of something that happens.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Circumstances<'a> {
    /// Who did it; none: nobody but time.
    pub(super) actor: Option<&'a Actor>,
    /// Who did it, as it was written down when they did.
    pub(super) recorded: Option<&'a RecordedActor>,
    /// What more is to be said.
    pub(super) note: Option<&'a str>,
    /// The entry of the archive that is evidence of it.
    pub(super) entry: Option<EntryId>,
}

/// Who did something, as it is written down: their reference, and how surely they were identified.
#[derive(Debug, Clone)]
pub(super) struct RecordedActor {
    pub(super) reference: String,
    pub(super) level: i64,
}

impl From<&Actor> for RecordedActor {
    fn from(actor: &Actor) -> Self {
        Self { reference: actor.reference(), level: u8::from(actor.level()).into() }
    }
}

/// What happens to correspondences of one mailing at one time.
pub(super) struct Changes<'a> {
    ids: &'a dyn IdSource,
    mailing: &'a Mailing,
    now: DateTime<Utc>,
    inserted: Vec<Vec<Value>>,
    updated: Vec<(CorrespondenceRow, i64)>,
    history: Vec<Vec<Value>>,
    events: Vec<NewEvent>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(ids: &'a dyn IdSource, mailing: &'a Mailing, now: DateTime<Utc>) -> Self {
        let (inserted, updated, history, events) = Default::default();
        Self { ids, mailing, now, inserted, updated, history, events }
    }

    /// Lets something happen to a correspondence; gives the status that is new. Each mail that forwards it stands in its
    /// history, the later ones too.
    pub(super) fn apply(
        &mut self,
        row: &mut CorrespondenceRow,
        event: CorrespondenceEvent,
        with: Circumstances<'_>,
    ) -> Result<Option<CorrespondenceStatus>, CorrespondenceError> {
        let new: Result<_, Refusal> = step(row.reached, event, &self.mailing.terms(), self.now);
        let again = (event == CorrespondenceEvent::Forward).then_some(event.status());
        let Some(status) = new?.or(again) else { return Ok(None) };
        row.reached = row.reached.with(status);
        (row.latest, row.changed) = (status, self.now);
        row.version += 1;
        let by = with.recorded.cloned().or_else(|| with.actor.map(RecordedActor::from));
        let (reference, level) = by.map(|by| (by.reference, by.level)).unzip();
        self.history.push(params![
            row.id,
            row.version,
            i64::from(status.number()),
            self.now,
            reference,
            level,
            with.note,
            with.entry
        ]);
        self.tell(row, Told::Status(status))?;
        Ok(Some(status))
    }

    /// Tells something of a correspondence.
    pub(super) fn tell(&mut self, row: &CorrespondenceRow, told: Told) -> Result<(), EventError> {
        let of = (&self.mailing.service, self.mailing.id());
        self.events.extend(event_of(self.ids, of, row, told, self.now)?);
        Ok(())
    }

    /// Has a new correspondence stored.
    pub(super) fn insert(&mut self, row: &CorrespondenceRow) {
        self.inserted.push(row.values());
    }

    /// Has a correspondence stored that was read at a version, if it still has that.
    pub(super) fn update(&mut self, row: CorrespondenceRow, version: i64) {
        if row.version != version {
            self.updated.push((row, version));
        }
    }

    /// Adds all of it to a batch.
    pub(super) fn add_to(self, batch: &mut Batch) {
        batch.insert_rows(&ROWS, self.inserted);
        for (row, version) in self.updated {
            inbox::show(batch, self.mailing, &row);
            batch.execute_one(
                "update services_correspondence set reached = $1, latest = $2, version = $3, changed_at = $4 \
                 where id = $5 and version = $6",
                params![
                    row.reached.bits(),
                    i64::from(row.latest.number()),
                    row.version,
                    row.changed,
                    row.id,
                    version
                ],
            );
        }
        batch.insert_rows(&HISTORY, self.history);
        if !self.events.is_empty() {
            EventFeed::publish_all(batch, self.events);
        }
    }
}
