//! Correspondences in cases.

use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, InstanceId, PartyId, Text};
use async_trait::async_trait;

use super::{Begin, Look, Member, MemberError, MemberEvent, Progress};
use crate::correspondence::{
    CorrespondenceError, CorrespondenceService, CorrespondenceStatus, Message, NewCorrespondence, Recipient,
};

/// Messages of a correspondence service from a party. Whoever plugs it in says who sends them: an agency that the policy of
/// that service lets send, which need not be the one that owns the collaboration.
#[derive(Debug, Clone)]
pub struct CorrespondenceMember {
    service: CorrespondenceService,
    sender: PartyId,
    by: Actor,
}

impl CorrespondenceMember {
    /// Messages of a service from a party, sent by somebody.
    pub fn new(service: CorrespondenceService, sender: PartyId, by: Actor) -> Self {
        Self { service, sender, by }
    }
}

#[async_trait]
impl Member for CorrespondenceMember {
    async fn begin(&self, begin: &Begin<'_>) -> Result<InstanceId, MemberError> {
        let party = begin.altinn.register().party(begin.party).await;
        let party = party.map_err(|error| MemberError::new(error.code()))?;
        let recipient = party.and_then(|party| Recipient::of(&party.identifier));
        let recipient = recipient.ok_or(MemberError::new("COLLABORATION-PARTICIPANT"))?;
        let text = begin.message.ok_or(MemberError::new("COLLABORATION-NO-MESSAGE"))?;
        let message = Message::of_texts(text.title.clone(), Text::default(), text.body.clone());
        let new = NewCorrespondence::new(begin.key, recipient, message).once(begin.key);
        let correspondences = begin.altinn.correspondences();
        let sent = correspondences.send(&self.by, &self.service, self.sender, &new).await;
        let sent = sent.map_err(|error| code(&error))?;
        let instance = sent.recipients.first().and_then(|recipient| recipient.correspondence);
        instance.ok_or(MemberError::new("CORRESPONDENCE-NOT-FOUND"))
    }

    async fn progress(&self, look: &Look<'_>) -> Result<Progress, MemberError> {
        let correspondences = look.altinn.correspondences();
        let details = correspondences.status(&self.by, &self.service, self.sender, look.instance.guid).await;
        let details = details.map_err(|error| code(&error))?;
        let has = |status| details.history.iter().any(|entry| entry.status == status);
        let mut progress = Progress::new([MemberEvent::Instantiated]);
        if has(CorrespondenceStatus::Read) {
            progress.events.push(MemberEvent::Opened);
        }
        if has(CorrespondenceStatus::Confirmed) {
            progress.events.push(MemberEvent::Confirmed);
        }
        Ok(progress)
    }
}

fn code(error: &CorrespondenceError) -> MemberError {
    MemberError::new(error.code())
}
