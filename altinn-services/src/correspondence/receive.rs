//! What a recipient does with a correspondence.

use altinn_archive::{Archive, ArchiveError, ReceiptState};
use altinn_auth::decision::Access;
use altinn_auth::trail::Deed;
use altinn_core::store::Batch;
use altinn_core::{Actor, InstanceId, PartyId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::changes::{Changes, Circumstances};
use super::mailing::Mailing;
use super::message::Content;
use super::row::CorrespondenceRow;
use super::send::MESSAGE;
use super::{
    CorrespondenceDetails, CorrespondenceError, CorrespondenceEvent, CorrespondenceService,
    CorrespondenceStatus, Correspondences, READ, RecipientOverview, Refusal, ReplyOption, StatusEntry, TRIES,
};
use crate::inbox::InboxElement;

/// The most bytes that the stored message may have.
const MAX_MESSAGE: u64 = 16 * 1024 * 1024;

/// The most correspondences that one call lists.
const PAGE: u32 = 100;

/// A correspondence as its recipient sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Received {
    /// Its id.
    pub id: InstanceId,
    /// From whom it is, by name.
    pub message_sender: String,
    /// The highest status that it has reached.
    pub status: CorrespondenceStatus,
    /// What it says.
    pub content: Content,
    /// From when on it could be seen.
    pub published: DateTime<Utc>,
    /// By when it is to be read, and confirmed where that is needed.
    pub due_date_time: Option<DateTime<Utc>>,
    /// Whether it must be confirmed.
    pub is_confirmation_needed: bool,
    /// After when it is gone.
    pub allow_system_delete_after: Option<DateTime<Utc>>,
    /// Whether it may be forwarded.
    pub allow_forwarding: bool,
}

impl Received {
    fn of(id: InstanceId, (row, mailing, content): (CorrespondenceRow, Mailing, Content)) -> Self {
        Self {
            id,
            message_sender: mailing.spec.message_sender,
            status: RecipientOverview::of(&row).status,
            content,
            published: mailing.spec.publish_at,
            due_date_time: mailing.spec.due_date_time,
            is_confirmation_needed: mailing.spec.is_confirmation_needed,
            allow_system_delete_after: mailing.spec.allow_system_delete_after,
            allow_forwarding: mailing.spec.allow_forwarding,
        }
    }
}

/// What one call lets happen to a correspondence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Act<'a> {
    event: CorrespondenceEvent,
    note: Option<&'a str>,
}

impl From<CorrespondenceEvent> for Act<'_> {
    fn from(event: CorrespondenceEvent) -> Self {
        Self { event, note: None }
    }
}

impl Correspondences<'_> {
    /// The correspondences that a party has got in a service and not deleted, the latest sent first, those before an id
    /// (none: from the latest), at most 100.
    ///
    /// # Errors
    /// [`CorrespondenceError::Access`] when the caller represents the party and may not read them,
    /// [`CorrespondenceError::NotFound`] for all others.
    pub async fn list(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        party: PartyId,
        before: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<RecipientOverview>, CorrespondenceError> {
        self.permit(actor, service, party, READ, None).await?;
        let (before, limit) = (before.unwrap_or(Uuid::max()), limit.clamp(1, PAGE));
        let rows =
            CorrespondenceRow::seen_by(self.altinn.store(), service.id(), party, before, limit).await?;
        Ok(rows.iter().map(RecipientOverview::of).collect())
    }

    /// Gets a correspondence without saying that it is read: it is `Fetched` then.
    ///
    /// # Errors
    /// [`Refusal::Purged`] when it is deleted; [`CorrespondenceError::NotFound`] when there is none, it is not published
    /// or the caller has nothing to do with its recipient; [`CorrespondenceError::Access`] when the caller represents the
    /// recipient and may not read it.
    pub async fn fetch(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
    ) -> Result<Received, CorrespondenceError> {
        self.receive(actor, service, id, false).await.map(|got| Received::of(*id, got))
    }

    /// Gets a correspondence and reads it, as somebody does at a portal: it is `Fetched` and `Read` then, and that it was
    /// read is kept in the recipient's archive. Reading it again changes nothing but the trail.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn read(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
    ) -> Result<Received, CorrespondenceError> {
        self.receive(actor, service, id, true).await.map(|got| Received::of(*id, got))
    }

    /// Gets a correspondence, and reads it or not; gives how it stands then and what it says.
    pub(super) async fn receive(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
        is_read: bool,
    ) -> Result<(CorrespondenceRow, Mailing, Content), CorrespondenceError> {
        let acts = |row: &CorrespondenceRow| {
            let reads = is_read && !row.reached.contains(CorrespondenceStatus::Read);
            let fetch = CorrespondenceEvent::Fetch.into();
            [fetch].into_iter().chain(reads.then_some(CorrespondenceEvent::MarkAsRead.into())).collect()
        };
        // What it says is read first: nobody has fetched what cannot be shown.
        let (_, mailing) = self.known(actor, service, id).await?;
        let content = self.content_of(&mailing).await?;
        let (row, mailing) = self.act(actor, service, id, acts).await?;
        Ok((row, mailing, content))
    }

    /// Says that a correspondence that was fetched is read, and keeps that in the recipient's archive. The same caller may
    /// say so again, and gets the same answer.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); [`Refusal::NotFetched`] (1024), [`Refusal::AlreadyRead`] (1040) to another caller.
    pub async fn mark_as_read(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
    ) -> Result<StatusEntry, CorrespondenceError> {
        self.once(actor, service, id, CorrespondenceEvent::MarkAsRead).await
    }

    /// Confirms a correspondence that was fetched, and keeps that in the recipient's archive. The same caller may confirm
    /// again, and gets the same answer.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); [`Refusal::NotFetched`] (1025), [`Refusal::AlreadyConfirmed`] (1041) to another caller.
    pub async fn confirm(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
    ) -> Result<StatusEntry, CorrespondenceError> {
        self.once(actor, service, id, CorrespondenceEvent::Confirm).await
    }

    /// What can be done once; whoever did it may repeat it, since an answer may be lost.
    async fn once(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
        event: CorrespondenceEvent,
    ) -> Result<StatusEntry, CorrespondenceError> {
        let outcome = self.act(actor, service, id, |_| vec![event.into()]).await;
        let (row, refusal) = match outcome {
            Ok((row, _)) => (row, None),
            Err(CorrespondenceError::Refused(
                refusal @ (Refusal::AlreadyRead | Refusal::AlreadyConfirmed),
            )) => {
                let store = self.altinn.store();
                let (row, _) =
                    CorrespondenceRow::of_recipient(store, service.id(), id.owner, id.guid).await?;
                (row, Some(refusal))
            }
            Err(error) => return Err(error),
        };
        let history = row.history(self.altinn.store()).await?;
        let entry = history.into_iter().find(|entry| entry.status == event.status());
        let entry = entry.ok_or(CorrespondenceError::Stored { column: "history" })?;
        match refusal {
            Some(refusal) if entry.actor.as_deref() != Some(&actor.reference()) => Err(refusal.into()),
            _ => Ok(entry),
        }
    }

    /// Takes one of the answers that are offered, by its place among them from 0, and gives it.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); [`Refusal::NotRead`]; [`CorrespondenceError::Nothing`] when there is no such answer.
    pub async fn reply(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
        option: usize,
    ) -> Result<ReplyOption, CorrespondenceError> {
        let (_, mailing) = self.known(actor, service, id).await?;
        let content = self.content_of(&mailing).await?;
        let chosen = content.reply_options.into_iter().nth(option);
        let chosen = chosen.ok_or(CorrespondenceError::Nothing("reply option"))?;
        let note = format!("reply option {option}");
        let act = Act { event: CorrespondenceEvent::Reply, note: Some(&note) };
        self.act(actor, service, id, |_| vec![act]).await?;
        Ok(chosen)
    }

    /// Puts a correspondence away that was read. Doing so again changes nothing.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); [`Refusal::NotRead`].
    pub async fn archive(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
    ) -> Result<CorrespondenceDetails, CorrespondenceError> {
        let (row, mailing) =
            self.act(actor, service, id, |_| vec![CorrespondenceEvent::Archive.into()]).await?;
        self.details_of(&row, &mailing).await
    }

    /// Deletes a correspondence for its recipient. Its history, and the evidence of it in archives, stays.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); [`Refusal::ConfirmationNeeded`] (1026).
    pub async fn purge(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
    ) -> Result<CorrespondenceDetails, CorrespondenceError> {
        let (row, mailing) =
            self.act(actor, service, id, |_| vec![CorrespondenceEvent::PurgeByRecipient.into()]).await?;
        self.details_of(&row, &mailing).await
    }

    /// The receipt that a correspondence was read or confirmed, which anybody can verify.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch); [`CorrespondenceError::Nothing`] when it has not come to that status, or there is no
    /// evidence of it.
    pub async fn receipt(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
        status: CorrespondenceStatus,
    ) -> Result<ReceiptState, CorrespondenceError> {
        let (row, _) = self.known(actor, service, id).await?;
        let history = row.history(self.altinn.store()).await?;
        let entry = history.into_iter().find(|entry| entry.status == status).and_then(|entry| entry.entry);
        let entry = entry.ok_or(CorrespondenceError::Nothing("receipt"))?;
        Ok(self.altinn.archive().receipt(entry).await?)
    }

    /// The correspondence that a caller may read, as it stands.
    pub(super) async fn known(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
    ) -> Result<(CorrespondenceRow, Mailing), CorrespondenceError> {
        self.permit(actor, service, id.owner, READ, Some(*id)).await?;
        CorrespondenceRow::of_recipient(self.altinn.store(), service.id(), id.owner, id.guid).await
    }

    pub(super) async fn content_of(&self, mailing: &Mailing) -> Result<Content, CorrespondenceError> {
        content_of(self.altinn.archive(), mailing).await
    }

    /// Lets something happen to a correspondence, all of it or nothing, and leaves a trace in the trail in any case.
    pub(super) async fn act<'e>(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
        acts: impl Fn(&CorrespondenceRow) -> Vec<Act<'e>> + Send + Sync,
    ) -> Result<(CorrespondenceRow, Mailing), CorrespondenceError> {
        let mut tries = 1;
        loop {
            let access = self.permit(actor, service, id.owner, READ, Some(*id)).await?;
            match self.try_act(&access, id, &acts).await {
                Err(CorrespondenceError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_act<'e>(
        &self,
        access: &Access,
        id: &InstanceId,
        acts: &(impl Fn(&CorrespondenceRow) -> Vec<Act<'e>> + Send + Sync),
    ) -> Result<(CorrespondenceRow, Mailing), CorrespondenceError> {
        let store = self.altinn.store();
        let (mut row, mailing) =
            CorrespondenceRow::of_recipient(store, access.service(), id.owner, id.guid).await?;
        let (now, version) = (self.altinn.clock().now(), row.version);
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &Deed::to(format!("correspondence/{}", id.guid)));
        let mut changes = Changes::new(self.altinn.ids(), &mailing, now);
        for act in acts(&row) {
            let entry = self.evidence(&mut batch, access, (&row, &mailing), act.event, now).await?;
            let with = Circumstances {
                actor: Some(access.actor()),
                note: act.note,
                entry,
                ..Circumstances::default()
            };
            changes.apply(&mut row, act.event, with)?;
            if act.event == CorrespondenceEvent::MarkAsRead {
                InboxElement::mark(&mut batch, (id.owner, id.guid), &access.actor().reference(), true);
            }
        }
        changes.update(row.clone(), version);
        changes.add_to(&mut batch);
        store.commit(batch).await?;
        Ok((row, mailing))
    }
}

/// What a mailing says.
pub(super) async fn content_of(archive: &Archive, mailing: &Mailing) -> Result<Content, CorrespondenceError> {
    let content = archive.content(mailing.entry, MESSAGE).await?;
    let bytes = content.bytes(MAX_MESSAGE).await.map_err(ArchiveError::from)?;
    serde_json::from_slice(&bytes).map_err(|_| CorrespondenceError::Stored { column: "message" })
}
