//! Opening a case.

use std::collections::BTreeMap;

use altinn_auth::register::PartyRegister as _;
use altinn_core::store::Batch;
use altinn_core::{Actor, Idempotency, IdempotencyAnswer, PartyId, PartyIdentifier, canonical_json};
use serde_json::json;

use super::{
    Case, CaseId, CaseState, CollaborationError, CollaborationService, Collaborations, TRIES, inbox, open,
};

/// A case that is to be opened.
///
/// ```
/// use altinn_core::PartyId;
/// use altinn_services::collaboration::NewCase;
///
/// let new = NewCase::new().with("business", PartyId::new(50001)).once("opening-17");
/// ```
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct NewCase {
    participants: BTreeMap<String, PartyId>,
    idempotency_key: Option<String>,
}

impl NewCase {
    /// A case whose participants are those that the definition names.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a party in a role.
    pub fn with(mut self, role: impl Into<String>, party: PartyId) -> Self {
        self.participants.insert(role.into(), party);
        self
    }

    /// The same key twice opens one case, and gives its id both times.
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }

    /// What an idempotency key stands for.
    fn request(&self, service: &CollaborationService) -> Vec<u8> {
        canonical_json(&json!({"service": service.id().to_string(), "participants": self.participants}))
    }
}

impl Collaborations<'_> {
    /// Opens a case. The agency that owns the collaboration names whom it wants; anybody else opens it for themselves or
    /// whom they represent, where the definition says who the others are.
    ///
    /// # Errors
    /// [`CollaborationError::Access`] when the caller may not; [`CollaborationError::Participant`] says whose role is
    /// wrong; [`CollaborationError::NotFound`] when they have nothing to do with the owner.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn open(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        new: &NewCase,
    ) -> Result<CaseId, CollaborationError> {
        let mut tries = 1;
        loop {
            match self.try_open(actor, service, new).await {
                Err(CollaborationError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_open(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        new: &NewCase,
    ) -> Result<CaseId, CollaborationError> {
        let role = service.definition().owner();
        let unnamed = || CollaborationError::Participant { role: role.to_owned(), reason: "is not named" };
        let owner = *new.participants.get(role).ok_or_else(unnamed)?;
        let access = self.permit(actor, service, owner, "instantiate").await?;
        let participants = self.participants(actor, service, new).await?;
        let party = self.altinn.register().party(owner).await?.ok_or(CollaborationError::NotFound)?;
        let once = new.idempotency_key.as_ref().map(|key| {
            let request = new.request(service);
            Idempotency::new(actor.subject(), party.uuid, "collaboration.open", key, &request)
        });
        let (once, now) = (once.transpose()?, self.altinn.clock().now());
        if let Some(once) = &once
            && let IdempotencyAnswer::Repeated(id) = once.lookup(self.altinn.store(), now).await?
        {
            return Ok(CaseId::new(id));
        }
        let step = open(service.definition(), participants, now);
        let id = CaseId::new(self.altinn.ids().next_id());
        let mut case = Case {
            id,
            service: service.id().clone(),
            stands: CaseState { deadlines: BTreeMap::new(), ..step.next.clone() },
            opened_at: now,
            changed_at: now,
            closed_at: step.next.is_closed(service.definition()).then_some(now),
            version: 1,
            key: self.altinn.case_keys().generate(id)?,
        };
        let mut batch = Batch::new();
        if let Some(once) = &once {
            once.claim(&mut batch, case.id.as_uuid(), now);
        }
        self.deadlines(&mut batch, &case, &step);
        self.jobs(&mut batch, case.id, &step, now);
        case.stands = step.next;
        case.insert(&mut batch, self.altinn.case_keys())?;
        inbox::show((service, &case), actor.party(), self.altinn.inbox_key(), &mut batch, now);
        access.guard_with(&mut batch, &case.deed());
        self.tell(&mut batch, &case, "caseopened", now)?;
        self.altinn.store().commit(batch).await?;
        Ok(case.id)
    }

    /// Who takes part, role by role.
    async fn participants(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        new: &NewCase,
    ) -> Result<BTreeMap<String, PartyId>, CollaborationError> {
        let definition = service.definition();
        let fault = |role: &str, reason| CollaborationError::Participant { role: role.to_owned(), reason };
        if let Some(role) =
            new.participants.keys().find(|role| !definition.participants().contains_key(*role))
        {
            return Err(fault(role, "is not one of the collaboration"));
        }
        let mut participants = BTreeMap::new();
        for (role, defined) in definition.participants() {
            let named = new.participants.get(role);
            if named.is_some() && role != definition.owner() && !service.is_agency(actor) {
                return Err(fault(role, "is named by the agency alone"));
            }
            let found = match (named, &defined.organization) {
                (Some(party), None) => self.altinn.register().party(*party).await?,
                (None, Some(number)) => {
                    let identifier = PartyIdentifier::Organization(*number);
                    self.altinn.register().party_by_identifier(&identifier).await?
                }
                (Some(_), Some(_)) => return Err(fault(role, "is the same in every case")),
                (None, None) => return Err(fault(role, "is not named")),
            };
            let party = found.filter(|party| !party.deleted);
            participants.insert(role.clone(), party.ok_or_else(|| fault(role, "is not known"))?.id);
        }
        Ok(participants)
    }
}
