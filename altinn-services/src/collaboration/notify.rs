//! Events of the collaboration's own.

use altinn_auth::decision::Access;
use altinn_core::store::{Batch, params};
use altinn_core::{Actor, PartyId};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::record::Happening;
use super::{
    Case, CaseEvent, CaseId, CollaborationError, CollaborationService, Collaborations, CustomEvent,
    EventAnswer, TRIES, Trigger,
};

/// How many cases one call takes an event to.
const CASES: usize = 100;
/// The most bytes of an event's id.
const MAX_ID: usize = 200;

/// An event of the collaboration's own that somebody sends. `Debug` does not show what it carries.
///
/// ```
/// use altinn_services::collaboration::NewCaseEvent;
///
/// let event = NewCaseEvent::new("inspected", "inspection-17").with("passed", true);
/// ```
#[derive(Clone)]
#[must_use]
pub struct NewCaseEvent {
    name: String,
    id: String,
    data: Map<String, Value>,
}

impl NewCaseEvent {
    /// An event by its name, under an id of its sender's: the same id again is the same event, and gets the same answer.
    pub fn new(name: impl Into<String>, id: impl Into<String>) -> Self {
        Self { name: name.into(), id: id.into(), data: Map::new() }
    }

    /// The same with something that it carries.
    pub fn with(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.data.insert(field.into(), value.into());
        self
    }
}

impl std::fmt::Debug for NewCaseEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCaseEvent").field("name", &self.name).field("id", &self.id).finish_non_exhaustive()
    }
}

/// Which cases of a service an event is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address {
    /// One.
    Case(CaseId),
    /// All that are open, a hundred in a call: those after one, in the order of their ids.
    All {
        /// The last of the call before; nothing at the start.
        after: Option<CaseId>,
    },
}

/// What an event has come to, case by case.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notified {
    /// The answers, in the order of the cases.
    pub answers: Vec<EventAnswer>,
    /// What to go on after; nothing when there are no more cases.
    pub next: Option<CaseId>,
}

impl Collaborations<'_> {
    /// The agency that owns the collaboration tells cases of an event (Altinn II's NotifyEvent).
    ///
    /// Each case has its own batch: what fails in one, with an answer that has an exception, keeps no other back, and
    /// may be sent again under the same id.
    ///
    /// # Errors
    /// [`CollaborationError::NotFound`] for everybody else, and when there is no such case;
    /// [`CollaborationError::NoSuchEvent`], [`CollaborationError::EventData`], [`CollaborationError::EventId`].
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn notify_event(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        address: Address,
        event: &NewCaseEvent,
    ) -> Result<Notified, CollaborationError> {
        if !service.is_agency(actor) {
            return Err(CollaborationError::NotFound);
        }
        let (case_event, defined) = event.read(service)?;
        if !defined.agency {
            return Err(CollaborationError::NoSuchEvent);
        }
        let id = format!("a:{}", event.id);
        match address {
            Address::Case(case) => {
                let answer = self.tell_case(actor, service, case, (&id, &case_event)).await?;
                Ok(Notified { answers: vec![answer], next: None })
            }
            Address::All { after } => {
                let cases = self.open_cases(service, after).await?;
                let next = cases.last().filter(|_| cases.len() == CASES).map(|case| case.id);
                let mut answers = Vec::with_capacity(cases.len());
                for case in cases {
                    let told = self.tell_case(actor, service, case.id, (&id, &case_event)).await;
                    answers.push(told.unwrap_or_else(|error| EventAnswer::failed(&case, &error)));
                }
                Ok(Notified { answers, next })
            }
        }
    }

    async fn tell_case(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        id: CaseId,
        (event_id, event): (&str, &CaseEvent),
    ) -> Result<EventAnswer, CollaborationError> {
        let mut tries = 1;
        loop {
            let case = Case::of_service(self.kept(), service.id(), id).await?;
            let case = case.ok_or(CollaborationError::NotFound)?;
            let access = self.permit_agency(actor, service, &case, "write").await?;
            let actor = actor.reference();
            let happening = Happening { id: event_id, event, actor: &actor };
            match self.happen(service, &access, case, &happening).await {
                Err(CollaborationError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    /// A participant tells its case of an event, where the definition lets it.
    ///
    /// # Errors
    /// As [`notify_event`](Self::notify_event); [`CollaborationError::Access`] when the caller may not for the party.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id(), case = %id), err(level = "debug"))]
    pub async fn raise(
        &self,
        actor: &Actor,
        service: &CollaborationService,
        party: PartyId,
        id: CaseId,
        event: &NewCaseEvent,
    ) -> Result<EventAnswer, CollaborationError> {
        let mut tries = 1;
        loop {
            let (access, case) = self.permit_in_case(actor, service, (party, "write"), id).await?;
            let (case_event, defined) = event.read(service)?;
            if !case.roles_of(party).any(|role| defined.participants.iter().any(|may| may == role)) {
                return Err(CollaborationError::NoSuchEvent);
            }
            let (event_id, actor) = (format!("p:{party}:{}", event.id), actor.reference());
            let happening = Happening { id: &event_id, event: &case_event, actor: &actor };
            match self.happen(service, &access, case, &happening).await {
                Err(CollaborationError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn happen(
        &self,
        service: &CollaborationService,
        access: &Access,
        mut case: Case,
        happening: &Happening<'_>,
    ) -> Result<EventAnswer, CollaborationError> {
        if let Some(answer) = self.answered(case.id, happening).await? {
            return Ok(answer);
        }
        let mut batch = Batch::new();
        let answer = self.record(&mut batch, service, &mut case, happening)?;
        access.guard_with(&mut batch, &case.deed());
        self.altinn.store().commit(batch).await?;
        Ok(answer)
    }

    async fn open_cases(
        &self,
        service: &CollaborationService,
        after: Option<CaseId>,
    ) -> Result<Vec<Case>, CollaborationError> {
        let select = "select * from services_collaboration_case where service = $1 and id > $2 and closed_at is null \
                      order by id limit $3";
        let after = after.map_or(Uuid::nil(), CaseId::as_uuid);
        let found = params![service.id().to_string(), after, CASES as i64];
        let rows = self.altinn.store().query(select, found).await?;
        rows.iter().map(|row| Case::from_row(row, self.altinn.case_keys())).collect()
    }
}

impl NewCaseEvent {
    /// The event as the definition has it, and what it says of it.
    fn read<'s>(
        &self,
        service: &'s CollaborationService,
    ) -> Result<(CaseEvent, &'s CustomEvent), CollaborationError> {
        if self.id.is_empty() || self.id.len() > MAX_ID {
            return Err(CollaborationError::EventId("has 1 to 200 bytes"));
        }
        let defined = service.definition().events().get(&self.name);
        let defined = defined.ok_or(CollaborationError::NoSuchEvent)?;
        for (field, value) in &self.data {
            if !defined.data.get(field).is_some_and(|kind| kind.holds(value)) {
                let field = field.chars().take(64).collect();
                return Err(CollaborationError::EventData { field });
            }
        }
        Ok((CaseEvent::new(Trigger::Custom(self.name.clone()), self.data.clone()), defined))
    }
}
