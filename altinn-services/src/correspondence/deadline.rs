//! What follows when a time is over: the sender is told who has not read or confirmed, and at last what is still there
//! is deleted.

use altinn_core::store::Batch;
use chrono::{DateTime, Utc};

use super::changes::{Changes, Circumstances};
use super::events::Told;
use super::mailing::Mailing;
use super::publish::go_on;
use super::row::CorrespondenceRow;
use super::{CorrespondenceError, CorrespondenceEvent, CorrespondenceStatus};
use crate::altinn::Altinn;

/// How many recipients one slice has.
const SLICE: u32 = 500;

/// Tells the sender, in a batch, who of the next slice has not read or confirmed.
pub(super) async fn tell_who_has_not(
    altinn: &Altinn,
    mailing: &mut Mailing,
    batch: &mut Batch,
    now: DateTime<Utc>,
) -> Result<(), CorrespondenceError> {
    let rows = CorrespondenceRow::of_mailing(altinn.store(), mailing.id(), mailing.position, SLICE).await?;
    let mut changes = Changes::new(altinn.ids(), mailing, now);
    let is_open = |row: &&CorrespondenceRow| {
        row.reached.contains(CorrespondenceStatus::Published) && !row.reached.is_purged()
    };
    for row in rows.iter().filter(is_open) {
        if !row.reached.contains(CorrespondenceStatus::Read) {
            changes.tell(row, Told::NeverRead)?;
        }
        if mailing.spec.is_confirmation_needed && !row.reached.contains(CorrespondenceStatus::Confirmed) {
            changes.tell(row, Told::NeverConfirmed)?;
        }
    }
    changes.add_to(batch);
    go_on(mailing, batch, rows.last().map(|row| row.number), now);
    Ok(())
}

/// Deletes what is still there of the next slice, in a batch.
pub(super) async fn delete(
    altinn: &Altinn,
    mailing: &mut Mailing,
    batch: &mut Batch,
    now: DateTime<Utc>,
) -> Result<(), CorrespondenceError> {
    let rows = CorrespondenceRow::of_mailing(altinn.store(), mailing.id(), mailing.position, SLICE).await?;
    let last = rows.last().map(|row| row.number);
    let mut changes = Changes::new(altinn.ids(), mailing, now);
    for mut row in rows.into_iter().filter(|row| !row.reached.is_purged()) {
        let version = row.version;
        changes.apply(&mut row, CorrespondenceEvent::DeleteBySystem, Circumstances::default())?;
        changes.update(row, version);
    }
    changes.add_to(batch);
    go_on(mailing, batch, last, now);
    Ok(())
}
