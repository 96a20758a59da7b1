//! What is ready is published when its time has come, and its recipients are notified.

use std::sync::Arc;

use altinn_core::store::Batch;
use altinn_core::{Party, PartyId};
use altinn_notify::Template;
use chrono::{DateTime, Utc};

use super::changes::{Changes, Circumstances};
use super::events::Told;
use super::expand::{ERASED, UNKNOWN};
use super::inbox;
use super::mailing::Mailing;
use super::reservation::reserved;
use super::row::CorrespondenceRow;
use super::{CorrespondenceError, CorrespondenceEvent, CorrespondenceStatus, Correspondences, Notification};
use crate::altinn::Altinn;
use crate::inbox::InboxElement;

/// How many recipients one slice has: each may bring an order of a notification, with its rows.
pub(super) const SLICE: u32 = 250;

/// Publishes the next slice of a mailing in a batch.
pub(super) async fn publish(
    altinn: &Altinn,
    mailing: &mut Mailing,
    batch: &mut Batch,
    now: DateTime<Utc>,
) -> Result<(), CorrespondenceError> {
    let rows = CorrespondenceRow::of_mailing(altinn.store(), mailing.id(), mailing.position, SLICE).await?;
    let last = rows.last().map(|row| row.number);
    let is_waiting = |row: &CorrespondenceRow| row.latest == CorrespondenceStatus::ReadyForPublish;
    let waiting: Vec<_> = rows.into_iter().filter(is_waiting).collect();
    let ids: Vec<PartyId> = waiting.iter().filter_map(|row| row.party).collect();
    let parties = altinn.register().parties(&ids).await?;
    let parties: Vec<_> = parties.into_iter().map(|party| party.filter(|party| !party.deleted)).collect();
    let reserved = reserved(altinn, &mailing.spec, &parties).await?;
    let notice = Notice::of(altinn, mailing)?;
    let title = match Correspondences::new(altinn).content_of(mailing).await {
        Ok(content) => Some(content.message.title().clone()),
        Err(error) if error.is_erased() => None,
        Err(error) => return Err(error),
    };
    let mut shown = Vec::new();
    let mut changes = Changes::new(altinn.ids(), mailing, now);
    for (mut row, (party, is_reserved)) in waiting.into_iter().zip(parties.iter().zip(reserved)) {
        let version = row.version;
        let (event, note) = match (&title, party, is_reserved) {
            (None, _, _) => (CorrespondenceEvent::Fail, Some(ERASED)),
            (_, None, _) => (CorrespondenceEvent::Fail, Some(UNKNOWN)),
            (_, Some(_), true) => (CorrespondenceEvent::Reserve, None),
            (_, Some(_), false) => (CorrespondenceEvent::Publish, None),
        };
        let new = changes.apply(&mut row, event, Circumstances { note, ..Circumstances::default() })?;
        if let (Some(CorrespondenceStatus::Published), Some(party), Some(notice)) = (new, party, &notice) {
            changes.tell(&row, notice.order(batch, &row, party))?;
        }
        if let (Some(CorrespondenceStatus::Published), Some(title)) = (new, &title) {
            shown.extend(inbox::published(mailing, &row, title, now));
        }
        changes.update(row, version);
    }
    InboxElement::insert_all(&shown, altinn.inbox_key(), batch);
    changes.add_to(batch);
    go_on(mailing, batch, last, now);
    Ok(())
}

/// Goes on behind the last recipient that was looked at, or to the next phase when there was none.
pub(super) fn go_on(mailing: &mut Mailing, batch: &mut Batch, last: Option<i64>, now: DateTime<Utc>) {
    match last {
        Some(last) if last + 1 < mailing.recipients => mailing.advance(batch, last, mailing.expanded),
        _ => mailing.end_phase(batch, now),
    }
}

/// What tells the recipients of a mailing that it has come.
struct Notice<'a> {
    altinn: &'a Altinn,
    notification: Notification,
    template: Arc<Template>,
    sender: String,
    ignores_reservation: bool,
}

impl<'a> Notice<'a> {
    fn of(altinn: &'a Altinn, mailing: &Mailing) -> Result<Option<Self>, CorrespondenceError> {
        let Some(notification) = mailing.spec.notification.clone() else { return Ok(None) };
        Ok(Some(Self {
            altinn,
            template: notification.template()?,
            notification,
            sender: mailing.spec.message_sender.clone(),
            ignores_reservation: mailing.spec.ignore_reservation,
        }))
    }

    /// Orders the notification of a recipient; one that cannot be ordered keeps nothing from being published.
    fn order(&self, batch: &mut Batch, row: &CorrespondenceRow, party: &Party) -> Told {
        let order =
            self.notification.order(&self.template, row.id, party, &self.sender, self.ignores_reservation);
        match order.map(|order| self.altinn.notifier().order(batch, &order)) {
            Some(Ok(_)) => Told::NotificationCreated,
            Some(Err(error)) => {
                tracing::warn!(code = error.code(), correspondence = %row.id, "a notification was not ordered");
                Told::NotificationFailed
            }
            None => Told::NotificationFailed,
        }
    }
}
