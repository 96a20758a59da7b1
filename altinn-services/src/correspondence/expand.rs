//! A mailing's recipients get their correspondences, slice by slice.

use altinn_core::Party;
use altinn_core::store::Batch;
use chrono::{DateTime, Utc};

use super::changes::{Changes, Circumstances};
use super::mailing::Mailing;
use super::reservation::reserved;
use super::row::CorrespondenceRow;
use super::send::RECIPIENTS;
use super::{CorrespondenceError, CorrespondenceEvent, Recipient, Recipients};
use crate::altinn::Altinn;

/// How many recipients one slice has: those that are looked up together and stored in one batch.
pub(super) const SLICE: usize = 500;

/// Writes the next slice of a mailing into a batch.
pub(super) async fn expand(
    altinn: &Altinn,
    mailing: &mut Mailing,
    batch: &mut Batch,
    now: DateTime<Utc>,
) -> Result<(), CorrespondenceError> {
    let mut changes = Changes::new(altinn.ids(), mailing, now);
    let (count, bytes) = match next_recipients(altinn, mailing).await {
        Ok((recipients, bytes)) => {
            let parties = parties_of(altinn, &recipients).await?;
            place(altinn, mailing, &parties, &mut changes, now).await?;
            (recipients.len(), bytes)
        }
        Err(error) if error.is_erased() => (fail_next(altinn, mailing, &mut changes, now)?, 0),
        Err(error) => return Err(error),
    };
    changes.add_to(batch);
    let position = mailing.position + i64::try_from(bytes).unwrap_or_default();
    let expanded = mailing.expanded + i64::try_from(count).unwrap_or_default();
    if expanded < mailing.recipients {
        mailing.advance(batch, position, expanded);
    } else {
        mailing.expanded = expanded;
        mailing.end_phase(batch, now);
    }
    Ok(())
}

/// The recipients of the next slice of a mailing, and how many bytes of the list they are.
async fn next_recipients(
    altinn: &Altinn,
    mailing: &Mailing,
) -> Result<(Vec<Recipient>, usize), CorrespondenceError> {
    let stored = || CorrespondenceError::Stored { column: "recipients" };
    let from = u64::try_from(mailing.position).map_err(|_| stored())?;
    let most = (SLICE * Recipients::MAX_LINE_BYTES) as u64;
    let content = altinn.archive().content(mailing.entry, RECIPIENTS).await?;
    let part =
        content.range(from..from + most).bytes(most).await.map_err(altinn_archive::ArchiveError::from)?;
    let (recipients, bytes) = Recipients::read(&part, SLICE).ok_or_else(stored)?;
    if recipients.is_empty() {
        return Err(stored());
    }
    Ok((recipients, bytes))
}

/// The next slice of a mailing whose entry is erased fails: who its recipients were went with it.
fn fail_next(
    altinn: &Altinn,
    mailing: &Mailing,
    changes: &mut Changes<'_>,
    now: DateTime<Utc>,
) -> Result<usize, CorrespondenceError> {
    let mut count = 0;
    for number in (mailing.expanded..mailing.recipients).take(SLICE) {
        let mut row = CorrespondenceRow::new(altinn.ids().next_id(), mailing.id(), number, None, now);
        changes.apply(&mut row, CorrespondenceEvent::Initialize, Circumstances::default())?;
        let erased = Circumstances { note: Some(ERASED), ..Circumstances::default() };
        changes.apply(&mut row, CorrespondenceEvent::Fail, erased)?;
        changes.insert(&row);
        count += 1;
    }
    Ok(count)
}

/// The parties of recipients, in their order; those that are deleted are not known.
pub(super) async fn parties_of(
    altinn: &Altinn,
    recipients: &[Recipient],
) -> Result<Vec<Option<Party>>, CorrespondenceError> {
    let identifiers: Vec<_> = recipients.iter().map(Recipient::identifier).collect();
    let parties = altinn.register().parties_by_identifier(&identifiers).await?;
    Ok(parties.into_iter().map(|party| party.filter(|party| !party.deleted)).collect())
}

/// Makes a correspondence for each of the next recipients of a mailing: ready, reserved, or failed where nobody is
/// known.
pub(super) async fn place(
    altinn: &Altinn,
    mailing: &Mailing,
    parties: &[Option<Party>],
    changes: &mut Changes<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<CorrespondenceRow>, CorrespondenceError> {
    let reserved = reserved(altinn, &mailing.spec, parties).await?;
    let mut rows = Vec::with_capacity(parties.len());
    for ((party, is_reserved), number) in parties.iter().zip(reserved).zip(mailing.expanded..) {
        let party = party.as_ref().map(|party| party.id);
        let mut row = CorrespondenceRow::new(altinn.ids().next_id(), mailing.id(), number, party, now);
        changes.apply(&mut row, CorrespondenceEvent::Initialize, Circumstances::default())?;
        let (event, note) = match (party, is_reserved) {
            (None, _) => (CorrespondenceEvent::Fail, Some(UNKNOWN)),
            (Some(_), true) => (CorrespondenceEvent::Reserve, None),
            (Some(_), false) => (CorrespondenceEvent::Ready, None),
        };
        changes.apply(&mut row, event, Circumstances { note, ..Circumstances::default() })?;
        changes.insert(&row);
        rows.push(row);
    }
    Ok(rows)
}

/// Why a correspondence failed.
pub(super) const UNKNOWN: &str = "the register does not know the recipient";
pub(super) const ERASED: &str = "what was to be published is erased";
