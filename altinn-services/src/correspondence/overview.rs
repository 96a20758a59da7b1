//! What a sender sees of what it has sent.

use std::collections::BTreeMap;

use altinn_archive::EntryId;
use altinn_auth::trail::Deed;
use altinn_core::store::{Batch, params};
use altinn_core::{Actor, InstanceId, PartyId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::changes::{Changes, Circumstances};
use super::mailing::Mailing;
use super::row::CorrespondenceRow;
use super::{
    CorrespondenceError, CorrespondenceEvent, CorrespondenceService, CorrespondenceStatus, Correspondences,
    Reached, SEND, StatusEntry, TRIES,
};
use crate::altinn::Altinn;

/// The most recipients on one page.
const PAGE: u32 = 1_000;

/// What was sent, and to whom as far as that is known at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Sent {
    /// The mailing: what one call sent to all its recipients.
    pub mailing: MailingOverview,
    /// Its first recipients, up to 500; of a longer list those who have their correspondence by now.
    pub recipients: Vec<RecipientOverview>,
}

/// How a mailing stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MailingOverview {
    /// Its id.
    pub id: Uuid,
    /// The sender's own reference.
    pub senders_reference: String,
    /// How many recipients it has.
    pub recipients: u64,
    /// How many of them have come to which status, by the highest that each has reached. Until all have their
    /// correspondence, the rest are in none.
    pub counts: BTreeMap<&'static str, u64>,
    /// The entry of the archive that holds what was sent: its receipt proves it.
    pub entry: EntryId,
    /// When it was sent.
    pub created: DateTime<Utc>,
    /// When it is or was to be seen from.
    pub publish_at: DateTime<Utc>,
}

/// How one recipient's correspondence stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecipientOverview {
    /// The correspondence's id.
    pub id: Uuid,
    /// The place among the recipients, from 0, without those who were named twice.
    pub number: u64,
    /// The correspondence as its recipient names it, `{partyId}/{guid}`; none when the register did not know whoever was
    /// named.
    pub correspondence: Option<InstanceId>,
    /// The highest status that it has reached, which Altinn shows as the current one.
    pub status: CorrespondenceStatus,
    /// The status that it reached last.
    pub latest: CorrespondenceStatus,
    /// When that was.
    pub changed: DateTime<Utc>,
}

/// Some recipients of a mailing, and where to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RecipientPage {
    /// The recipients, in the order in which they were named.
    pub recipients: Vec<RecipientOverview>,
    /// The number to ask after for the next page; none when there is no more for now.
    pub after: Option<u64>,
}

/// All that is known of one correspondence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CorrespondenceDetails {
    /// How it stands.
    #[serde(flatten)]
    pub overview: RecipientOverview,
    /// What it has been through, in order.
    pub history: Vec<StatusEntry>,
    /// The mailing that it belongs to.
    pub mailing: Uuid,
}

impl RecipientOverview {
    pub(super) fn of(row: &CorrespondenceRow) -> Self {
        Self {
            id: row.id,
            number: u64::try_from(row.number).unwrap_or_default(),
            correspondence: row.party.map(|party| InstanceId::new(party, row.id)),
            status: row.reached.highest().unwrap_or(row.latest),
            latest: row.latest,
            changed: row.changed,
        }
    }
}

impl MailingOverview {
    pub(super) async fn of(altinn: &Altinn, mailing: &Mailing) -> Result<Self, CorrespondenceError> {
        let sql = "select reached, count(*) as number from services_correspondence where mailing = $1 group by reached";
        let mut counts = BTreeMap::new();
        for row in altinn.store().query(sql, params![mailing.id()]).await? {
            let reached = Reached::from_bits(row.get("reached")?);
            let highest = reached.and_then(Reached::highest);
            let status = highest.ok_or(CorrespondenceError::Stored { column: "reached" })?;
            *counts.entry(status.name()).or_default() +=
                u64::try_from(row.get::<i64>("number")?).unwrap_or_default();
        }
        Ok(Self {
            id: mailing.id(),
            senders_reference: mailing.senders_reference.clone(),
            recipients: u64::try_from(mailing.recipients).unwrap_or_default(),
            counts,
            entry: mailing.entry,
            created: mailing.created,
            publish_at: mailing.spec.publish_at,
        })
    }
}

impl Correspondences<'_> {
    /// How a mailing stands that a party has sent.
    ///
    /// # Errors
    /// [`CorrespondenceError::NotFound`], [`CorrespondenceError::Access`].
    pub async fn mailing(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
    ) -> Result<MailingOverview, CorrespondenceError> {
        let access = self.permit(actor, service, sender, SEND, None).await?;
        let mailing = Mailing::of_sender(self.altinn.store(), &access, id).await?;
        MailingOverview::of(self.altinn, &mailing).await
    }

    /// The recipients of a mailing after a number among them (none: from the first), at most so many and at most 1,000.
    ///
    /// # Errors
    /// As [`mailing`](Self::mailing).
    pub async fn recipients(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
        after: Option<u64>,
        limit: u32,
    ) -> Result<RecipientPage, CorrespondenceError> {
        let access = self.permit(actor, service, sender, SEND, None).await?;
        let mailing = Mailing::of_sender(self.altinn.store(), &access, id).await?;
        let after = after.map_or(-1, |after| i64::try_from(after).unwrap_or(i64::MAX));
        self.page_of(&mailing, after, limit.clamp(1, PAGE)).await
    }

    pub(super) async fn page_of(
        &self,
        mailing: &Mailing,
        after: i64,
        limit: u32,
    ) -> Result<RecipientPage, CorrespondenceError> {
        let rows = CorrespondenceRow::of_mailing(self.altinn.store(), mailing.id(), after, limit).await?;
        let recipients: Vec<_> = rows.iter().map(RecipientOverview::of).collect();
        let is_full = recipients.len() == usize::try_from(limit).unwrap_or(usize::MAX);
        let after = recipients.last().filter(|_| is_full).map(|last| last.number);
        Ok(RecipientPage { recipients, after })
    }

    /// What one correspondence has been through, for its sender.
    ///
    /// # Errors
    /// [`CorrespondenceError::NotFound`], [`CorrespondenceError::Access`].
    pub async fn status(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
    ) -> Result<CorrespondenceDetails, CorrespondenceError> {
        let access = self.permit(actor, service, sender, SEND, None).await?;
        let (row, mailing) = CorrespondenceRow::of_sender(self.altinn.store(), &access, id).await?;
        self.details_of(&row, &mailing).await
    }

    pub(super) async fn details_of(
        &self,
        row: &CorrespondenceRow,
        mailing: &Mailing,
    ) -> Result<CorrespondenceDetails, CorrespondenceError> {
        let history = row.history(self.altinn.store()).await?;
        Ok(CorrespondenceDetails { overview: RecipientOverview::of(row), history, mailing: mailing.id() })
    }

    /// Withdraws a correspondence that nobody could see yet.
    ///
    /// # Errors
    /// [`Refusal::NoLongerWithdrawn`](super::Refusal::NoLongerWithdrawn) once it is published;
    /// [`CorrespondenceError::NotFound`], [`CorrespondenceError::Access`].
    pub async fn withdraw(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
    ) -> Result<CorrespondenceDetails, CorrespondenceError> {
        let mut tries = 1;
        loop {
            match self.try_withdraw(actor, service, sender, id).await {
                Err(CorrespondenceError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_withdraw(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
    ) -> Result<CorrespondenceDetails, CorrespondenceError> {
        let access = self.permit(actor, service, sender, SEND, None).await?;
        let (mut row, mailing) = CorrespondenceRow::of_sender(self.altinn.store(), &access, id).await?;
        let (now, version) = (self.altinn.clock().now(), row.version);
        let mut changes = Changes::new(self.altinn.ids(), &mailing, now);
        let with = Circumstances { actor: Some(actor), ..Circumstances::default() };
        changes.apply(&mut row, CorrespondenceEvent::PurgeBySender, with)?;
        changes.update(row.clone(), version);
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &Deed::to(format!("correspondence/{id}")));
        changes.add_to(&mut batch);
        self.altinn.store().commit(batch).await?;
        self.details_of(&row, &mailing).await
    }
}
