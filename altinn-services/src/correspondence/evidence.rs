//! Evidence that a correspondence was read or confirmed, in the archive of its recipient.

use altinn_archive::{EntryId, NewElement, NewEntry, Participant};
use altinn_auth::decision::Access;
use altinn_auth::register::PartyRegister as _;
use altinn_core::store::Batch;
use altinn_core::{Text, canonical_json};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::mailing::Mailing;
use super::row::CorrespondenceRow;
use super::{CorrespondenceError, CorrespondenceEvent, Correspondences, step};

impl Correspondences<'_> {
    /// Archives what is about to happen to a correspondence, where it is evidence: who read or confirmed it, when, and
    /// the digests of all that they were shown.
    pub(super) async fn evidence(
        &self,
        batch: &mut Batch,
        access: &Access,
        (row, mailing): (&CorrespondenceRow, &Mailing),
        event: CorrespondenceEvent,
        now: DateTime<Utc>,
    ) -> Result<Option<EntryId>, CorrespondenceError> {
        let is_evidence = matches!(event, CorrespondenceEvent::MarkAsRead | CorrespondenceEvent::Confirm);
        // What is refused, or was before, is found when it is applied.
        let reached = match event {
            CorrespondenceEvent::MarkAsRead => row.reached.with(CorrespondenceEvent::Fetch.status()),
            _ => row.reached,
        };
        if !is_evidence || step(reached, event, &mailing.terms(), now).is_err() {
            return Ok(None);
        }
        let sent = self.altinn.archive().get(mailing.entry).await?;
        let recipient =
            self.altinn.register().party(access.party()).await?.ok_or(CorrespondenceError::NotFound)?;
        let shown: Vec<Value> = sent
            .elements
            .iter()
            .filter(|element| element.name != super::send::RECIPIENTS)
            .map(|element| json!({"name": element.name, "size": element.size, "sha256": element.sha256.to_string()}))
            .collect();
        let statement = json!({
            "correspondence": row.id,
            "mailing": mailing.id(),
            "entry": mailing.entry.to_string(),
            "status": event.status(),
            "at": now,
            "actor": access.actor().reference(),
            "level": u8::from(access.actor().level()),
            "shown": shown,
        });
        let owner = Participant::new(recipient.id.to_string(), recipient.name);
        let actor = access.actor();
        let title: Text = sent.title;
        let entry = NewEntry::new(
            access.service().to_string(),
            owner,
            Participant::new(actor.reference(), ""),
            actor.level(),
        )
        .at(now)
        .with_title(title)
        .with_label("correspondence", row.id.to_string())
        .with_label("status", event.status().name())
        .with_element(NewElement::new("statement", "application/json", canonical_json(&statement)));
        Ok(Some(self.altinn.archive().stage(batch, entry).await?))
    }
}
