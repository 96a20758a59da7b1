//! How a correspondence stands in the inbox of its recipient.

use altinn_core::Text;
use altinn_core::store::Batch;
use chrono::{DateTime, Utc};

use super::CorrespondenceStatus;
use super::mailing::Mailing;
use super::row::CorrespondenceRow;
use crate::inbox::{ElementKind, InboxElement, InboxStatus, Place, Scope};

/// What stands in the inboxes of the recipients of an entry, as a statement in which `$ENTRY` stands for the entry.
pub(crate) const OF_ENTRY: &str = "select c.party, c.id from services_mailing m \
    join services_correspondence c on c.mailing = m.id where m.entry = $ENTRY";

/// What comes into the inbox of a recipient with the publishing.
pub(super) fn published<'a>(
    mailing: &Mailing,
    row: &CorrespondenceRow,
    title: &'a Text,
    now: DateTime<Utc>,
) -> Option<InboxElement<'a>> {
    let scope = Scope::read(mailing.service.clone(), ElementKind::Correspondence);
    let stands = (status_of(mailing, row), CorrespondenceStatus::Published.name());
    Some(InboxElement {
        is_news: true,
        due: mailing.spec.due_date_time,
        ..InboxElement::new((row.party?, row.id), scope, stands, title, now)
    })
}

/// Adds how a correspondence stands in the inbox of its recipient, where it is there.
pub(super) fn show(batch: &mut Batch, mailing: &Mailing, row: &CorrespondenceRow) {
    let Some(party) = row.party.filter(|_| row.reached.contains(CorrespondenceStatus::Published)) else {
        return;
    };
    match row.latest {
        CorrespondenceStatus::Published => {}
        CorrespondenceStatus::PurgedByRecipient | CorrespondenceStatus::PurgedByAltinn => {
            InboxElement::forget(batch, party, row.id);
        }
        latest => {
            InboxElement::stands(batch, (party, row.id), (status_of(mailing, row), latest.name()));
            if latest == CorrespondenceStatus::Archived {
                InboxElement::move_to(batch, (party, row.id), Place::Archive);
            }
        }
    }
}

/// What it waits for: to be confirmed, or nothing.
fn status_of(mailing: &Mailing, row: &CorrespondenceRow) -> InboxStatus {
    let is_confirmed = row.reached.contains(CorrespondenceStatus::Confirmed);
    match (mailing.spec.is_confirmation_needed, is_confirmed) {
        (true, false) => InboxStatus::RequiresAttention,
        (true, true) => InboxStatus::Completed,
        (false, _) => InboxStatus::NotApplicable,
    }
}
