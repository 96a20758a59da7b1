//! A correspondence as both of its sides see it.

use altinn_core::{Actor, InstanceId, PartyId, ServiceId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::mailing::Mailing;
use super::message::Content;
use super::row::CorrespondenceRow;
use super::{
    CorrespondenceError, CorrespondenceService, Correspondences, RecipientOverview, SEND, StatusEntry,
};

/// All that its sender and its recipient are shown of a correspondence: how it stands, what it says, and between whom it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CorrespondenceOverview {
    /// How it stands.
    pub stands: RecipientOverview,
    /// What it has been through, in order.
    pub history: Vec<StatusEntry>,
    /// What it says.
    pub content: Content,
    /// Its service.
    pub service: ServiceId,
    /// The mailing that it belongs to.
    pub mailing: Uuid,
    /// Who has sent it.
    pub sender: PartyId,
    /// From whom it is, by name.
    pub message_sender: String,
    /// The sender's own reference.
    pub senders_reference: String,
    /// When it was sent.
    pub created: DateTime<Utc>,
    /// From when on it can be seen.
    pub publish_at: DateTime<Utc>,
    /// By when it is to be read, and confirmed where that is needed.
    pub due_date_time: Option<DateTime<Utc>>,
    /// Whether it must be confirmed.
    pub is_confirmation_needed: bool,
    /// Whether it is sent to those as well who have reserved against digital communication.
    pub ignore_reservation: bool,
    /// After when it is gone.
    pub allow_system_delete_after: Option<DateTime<Utc>>,
    /// Whether its recipient may forward it.
    pub allow_forwarding: bool,
}

impl Correspondences<'_> {
    /// Gets a correspondence as [`fetch`](Self::fetch) does, with all that is known of it.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    pub async fn fetch_overview(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        id: &InstanceId,
    ) -> Result<CorrespondenceOverview, CorrespondenceError> {
        let (row, mailing, content) = self.receive(actor, service, id, false).await?;
        self.overview(&row, mailing, content).await
    }

    /// A correspondence that a party has sent, with what it says.
    ///
    /// # Errors
    /// [`CorrespondenceError::NotFound`], [`CorrespondenceError::Access`].
    pub async fn sent_overview(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        id: Uuid,
    ) -> Result<CorrespondenceOverview, CorrespondenceError> {
        let access = self.permit(actor, service, sender, SEND, None).await?;
        let (row, mailing) = CorrespondenceRow::of_sender(self.altinn.store(), &access, id).await?;
        let content = self.content_of(&mailing).await?;
        self.overview(&row, mailing, content).await
    }

    async fn overview(
        &self,
        row: &CorrespondenceRow,
        mailing: Mailing,
        content: Content,
    ) -> Result<CorrespondenceOverview, CorrespondenceError> {
        Ok(CorrespondenceOverview {
            stands: RecipientOverview::of(row),
            history: row.history(self.altinn.store()).await?,
            content,
            mailing: mailing.id(),
            service: mailing.service,
            sender: mailing.sender,
            message_sender: mailing.spec.message_sender,
            senders_reference: mailing.senders_reference,
            created: mailing.created,
            publish_at: mailing.spec.publish_at,
            due_date_time: mailing.spec.due_date_time,
            is_confirmation_needed: mailing.spec.is_confirmation_needed,
            ignore_reservation: mailing.spec.ignore_reservation,
            allow_system_delete_after: mailing.spec.allow_system_delete_after,
            allow_forwarding: mailing.spec.allow_forwarding,
        })
    }
}
