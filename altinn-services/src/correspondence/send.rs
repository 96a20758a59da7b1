//! Sending.

use altinn_archive::{NewElement, NewEntry, Participant};
use altinn_auth::decision::Access;
use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::Deed;
use altinn_core::store::Batch;
use altinn_core::{Actor, Idempotency, IdempotencyAnswer, Party, PartyId, ServiceId, Subject};
use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use uuid::Uuid;

use super::changes::Changes;
use super::check::check;
use super::expand::{SLICE, parties_of, place};
use super::fault::{Fault, FaultRule};
use super::forward::may_be_forwarded;
use super::mailing::{Mailing, NewMailing, Spec};
use super::overview::{MailingOverview, Sent};
use super::{
    Attachment, CorrespondenceError, CorrespondenceService, CorrespondenceStatus, Correspondences,
    NewCorrespondence, Recipient, Refusal, SEND, SharedAttachment, TRIES,
};

/// The elements of the entry that holds what was sent.
pub(super) const MESSAGE: &str = "message";
pub(super) const RECIPIENTS: &str = "recipients";

/// The name of the element of a file.
pub(super) fn file_element(index: usize) -> String {
    format!("attachment-{index}")
}

impl Correspondences<'_> {
    /// Sends a correspondence for a party: all of it is stored in one commit, however many recipients there are. With
    /// an idempotency key, sending it again gives the same answer.
    ///
    /// Up to 500 recipients have their correspondences at once; more get them from workers, slice by slice.
    ///
    /// # Errors
    /// [`CorrespondenceError::Invalid`] says where and why it is not in order, also where one of up to 500 recipients is
    /// not known; [`CorrespondenceError::Refused`] that its only recipient is reserved. A longer list is not looked up in
    /// the call: those who are not known come to [`CorrespondenceStatus::Failed`].
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn send(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        asked: &NewCorrespondence,
    ) -> Result<Sent, CorrespondenceError> {
        let mut tries = 1;
        loop {
            match self.try_send(actor, service, sender, asked).await {
                Err(CorrespondenceError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    /// Whether a caller may send for a party: what would be sent is looked at when it is.
    ///
    /// # Errors
    /// [`CorrespondenceError::NotFound`], [`CorrespondenceError::Access`].
    pub async fn may_send(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
    ) -> Result<(), CorrespondenceError> {
        self.permit_sending(actor, service, sender).await.map(drop)
    }

    async fn try_send(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        asked: &NewCorrespondence,
    ) -> Result<Sent, CorrespondenceError> {
        let (access, party) = self.permit_sending(actor, service, sender).await?;
        let now = self.altinn.clock().now();
        let once = asked.idempotency_key.as_ref().map(|key| {
            let request = asked.canonical(&service.id().to_string());
            Idempotency::new(actor.subject(), party.uuid, "correspondence.send", key, &request)
        });
        let once = once.transpose()?;
        if let Some(once) = &once
            && let IdempotencyAnswer::Repeated(id) = once.lookup(self.altinn.store(), now).await?
        {
            return self.sent(&access, id).await;
        }
        let (id, mut batch) = (self.altinn.ids().next_id(), Batch::new());
        if let Some(once) = &once {
            once.claim(&mut batch, id, now);
        }
        self.stage(&mut batch, (&access, &party), service, asked, (id, now)).await?;
        self.altinn.store().commit(batch).await?;
        self.sent(&access, id).await
    }

    /// Adds a correspondence to a batch that the caller commits, so that it is sent with what else is in it, or not at all.
    /// Its idempotency key counts for nothing: the batch commits once.
    ///
    /// # Errors
    /// As [`send`](Self::send); nothing is added then.
    pub(crate) async fn send_with(
        &self,
        batch: &mut Batch,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
        asked: &NewCorrespondence,
    ) -> Result<(), CorrespondenceError> {
        let (access, party) = self.permit_sending(actor, service, sender).await?;
        let (id, now, mut own) = (self.altinn.ids().next_id(), self.altinn.clock().now(), Batch::new());
        self.stage(&mut own, (&access, &party), service, asked, (id, now)).await?;
        batch.append(own);
        Ok(())
    }

    async fn permit_sending(
        &self,
        actor: &Actor,
        service: &CorrespondenceService,
        sender: PartyId,
    ) -> Result<(Access, Party), CorrespondenceError> {
        let access = self.permit(actor, service, sender, SEND, None).await?;
        let party = self.altinn.register().party(sender).await?.ok_or(CorrespondenceError::NotFound)?;
        if may_send_as(actor, &party) { Ok((access, party)) } else { Err(CorrespondenceError::NotFound) }
    }

    /// Adds a correspondence that is in order to a batch.
    async fn stage(
        &self,
        batch: &mut Batch,
        (access, party): (&Access, &Party),
        service: &CorrespondenceService,
        asked: &NewCorrespondence,
        (id, now): (Uuid, DateTime<Utc>),
    ) -> Result<(), CorrespondenceError> {
        let faults = check(asked, service.limits(), now);
        if !faults.is_empty() {
            return Err(CorrespondenceError::Invalid(faults));
        }
        let parties = self.few_recipients(asked).await?;
        let (shared, existing) = self.existing(asked, (service.id(), party.id)).await?;
        if asked.allow_forwarding {
            may_be_forwarded(service, &asked.content(&existing))?;
        }
        access.guard_with(batch, &Deed::to(format!("mailing/{id}")));
        let entry =
            self.altinn.archive().stage(batch, entry_of(access, party, (asked, &existing), id, now)).await?;
        shared.iter().for_each(|file| file.link(batch, id));
        let mut mailing = Mailing::new(
            NewMailing {
                id,
                service: service.id().clone(),
                sender: party.id,
                senders_reference: asked.senders_reference.clone(),
                recipients: i64::try_from(asked.recipients.len()).unwrap_or(i64::MAX),
                spec: spec_of(asked, party, now),
                created: now,
            },
            entry,
        );
        self.check_notification(&mailing, party)?;
        let due = match &parties {
            Some(parties) => self.place_at_once(&mut mailing, parties, batch, now).await?,
            None => now,
        };
        mailing.insert(batch, due)
    }

    /// The parties of recipients who are few enough to be looked up in the call; all of them must be known.
    async fn few_recipients(
        &self,
        asked: &NewCorrespondence,
    ) -> Result<Option<Vec<Option<Party>>>, CorrespondenceError> {
        if asked.recipients.len() > SLICE {
            return Ok(None);
        }
        let recipients: Vec<Recipient> = asked.recipients.iter().collect();
        let parties = parties_of(self.altinn, &recipients).await?;
        let unknown = parties.iter().enumerate().filter(|(_, party)| party.is_none());
        let faults: Vec<_> = unknown
            .map(|(index, _)| Fault::new(FaultRule::UnknownRecipient, format!("/recipients/{index}")))
            .collect();
        if faults.is_empty() { Ok(Some(parties)) } else { Err(CorrespondenceError::Invalid(faults)) }
    }

    /// The files that are there already, and what each is among those of the correspondence.
    async fn existing(
        &self,
        asked: &NewCorrespondence,
        of: (&ServiceId, PartyId),
    ) -> Result<(Vec<SharedAttachment>, Vec<Attachment>), CorrespondenceError> {
        let (mut shared, mut existing, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for (index, id) in asked.existing_attachments.iter().enumerate() {
            let found = SharedAttachment::of_sender(self.altinn.store(), of, *id).await?;
            match found.and_then(|file| Some((file.as_attachment()?, file))) {
                Some((attachment, file)) => {
                    existing.push(attachment);
                    shared.push(file);
                }
                None => {
                    faults.push(Fault::new(
                        FaultRule::UnknownAttachment,
                        format!("/existingAttachments/{index}"),
                    ));
                }
            }
        }
        if faults.is_empty() { Ok((shared, existing)) } else { Err(CorrespondenceError::Invalid(faults)) }
    }

    /// Gives few recipients their correspondences in the call's own batch; gives when they are to be published.
    async fn place_at_once(
        &self,
        mailing: &mut Mailing,
        parties: &[Option<Party>],
        batch: &mut Batch,
        now: DateTime<Utc>,
    ) -> Result<DateTime<Utc>, CorrespondenceError> {
        let mut changes = Changes::new(self.altinn.ids(), mailing, now);
        let rows = place(self.altinn, mailing, parties, &mut changes, now).await?;
        if let [only] = rows.as_slice()
            && only.latest == CorrespondenceStatus::Reserved
        {
            return Err(Refusal::Reserved.into());
        }
        changes.add_to(batch);
        mailing.expanded = mailing.recipients;
        mailing.position = -1;
        Ok(mailing.next_phase(now).unwrap_or(now))
    }

    /// Orders a notification on trial: what is wrong with its words is found before anything is stored.
    fn check_notification(&self, mailing: &Mailing, recipient: &Party) -> Result<(), CorrespondenceError> {
        let Some(notification) = &mailing.spec.notification else { return Ok(()) };
        let sender = &mailing.spec.message_sender;
        let template = notification.template()?;
        if let Some(order) = notification.order(&template, mailing.id(), recipient, sender, false) {
            self.altinn.notifier().order(&mut Batch::new(), &order)?;
        }
        Ok(())
    }

    async fn sent(&self, access: &Access, id: Uuid) -> Result<Sent, CorrespondenceError> {
        let mailing = Mailing::of_sender(self.altinn.store(), access, id).await?;
        let page = self.page_of(&mailing, -1, u32::try_from(SLICE).unwrap_or(u32::MAX)).await?;
        Ok(Sent { mailing: MailingOverview::of(self.altinn, &mailing).await?, recipients: page.recipients })
    }
}

/// Whether the party is the caller's to send for. A policy lets the service's agency send without naming a party: that
/// is for itself alone.
pub(super) fn may_send_as(actor: &Actor, party: &Party) -> bool {
    match actor.subject() {
        Subject::ServiceOwner { number, .. } => {
            number.is_some_and(|number| party.identifier == number.into())
        }
        _ => true,
    }
}

fn spec_of(asked: &NewCorrespondence, sender: &Party, now: DateTime<Utc>) -> Spec {
    // As exact as the store's times are, so that what is due is also not too early.
    let publish_at = asked.requested_publish_time.map_or(now, |time| time.max(now));
    Spec {
        message_sender: asked.message_sender.clone().unwrap_or_else(|| sender.name.clone()),
        publish_at: publish_at.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(publish_at),
        due_date_time: asked.due_date_time,
        allow_system_delete_after: asked.allow_system_delete_after,
        is_confirmation_needed: asked.is_confirmation_needed,
        ignore_reservation: asked.ignore_reservation,
        notification: asked.notification.clone(),
        allow_forwarding: asked.allow_forwarding,
    }
}

/// What was sent, as the archive of the sender keeps it: once for all recipients.
fn entry_of(
    access: &Access,
    sender: &Party,
    (asked, existing): (&NewCorrespondence, &[Attachment]),
    id: Uuid,
    now: DateTime<Utc>,
) -> NewEntry {
    let (actor, content) = (access.actor(), asked.content(existing));
    let message = serde_json::to_vec(&content).unwrap_or_default();
    let owner = Participant::new(sender.id.to_string(), sender.name.clone());
    let mut entry = NewEntry::new(
        access.service().to_string(),
        owner,
        Participant::new(actor.reference(), ""),
        actor.level(),
    )
    .at(now)
    .with_title(asked.message.title().clone())
    .with_label("mailing", id.to_string())
    .with_element(NewElement::new(MESSAGE, "application/json", message))
    .with_element(NewElement::new(
        RECIPIENTS,
        "text/plain",
        asked.recipients.as_lines().as_bytes().to_vec(),
    ));
    for (index, (file, known)) in asked.attachments.iter().zip(content.attachments).enumerate() {
        entry = entry.with_element(
            NewElement::new(file_element(index), known.content_type, file.content.clone())
                .with_data_type("attachment")
                .with_file_name(known.file_name),
        );
    }
    entry
}
