//! Asking.

use altinn_archive::{EntryId, NewElement, NewEntry, Participant};
use altinn_auth::decision::{Access, AccessRequest};
use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::Deed;
use altinn_core::store::Batch;
use altinn_core::{Actor, Idempotency, IdempotencyAnswer, Party, PartyId, canonical_json};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{LookupAnswer, LookupContext, LookupError, LookupService};
use crate::altinn::Altinn;
use crate::inbox::{ElementKind, InboxElement, InboxStatus, Scope};

/// The action that a policy permits or not.
const ACTION: &str = "read";

/// How an answer stands in an inbox.
const ANSWERED: &str = "Answered";

/// The most bytes of a purpose.
const PURPOSE: usize = 1_000;

/// How often a lookup is decided anew because the rights that it rests on changed.
const TRIES: u32 = 5;

/// What is asked, and why.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LookupRequest {
    /// The query, as the service's schema has it.
    pub query: Value,
    /// Why it is asked, in the caller's own words; the trail keeps it.
    pub purpose: Option<String>,
    /// The same key twice leaves one trace and one entry of the archive.
    pub idempotency_key: Option<String>,
}

impl LookupRequest {
    /// A query.
    pub fn new(query: Value) -> Self {
        Self { query, ..Self::default() }
    }

    /// The same query, and why it is asked.
    #[must_use]
    pub fn because(mut self, purpose: impl Into<String>) -> Self {
        self.purpose = Some(purpose.into());
        self
    }

    /// The same query under an idempotency key.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.idempotency_key = Some(key.into());
        self
    }
}

/// Lookups. Every one takes the caller, decides whether they may, and leaves a trace.
#[derive(Debug)]
pub struct Lookups<'a> {
    altinn: &'a Altinn,
}

impl<'a> Lookups<'a> {
    pub(crate) fn new(altinn: &'a Altinn) -> Self {
        Self { altinn }
    }

    /// Asks a service on behalf of a party. The answer is given once the trail says that it was.
    ///
    /// # Errors
    /// [`LookupError::Query`] says where and why the query is not in order; [`LookupError::Access`] why the caller may
    /// not, to those who represent the party, and [`LookupError::NotFound`] to all others.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn ask(
        &self,
        actor: &Actor,
        service: &LookupService,
        party: PartyId,
        request: &LookupRequest,
    ) -> Result<LookupAnswer, LookupError> {
        let mut tries = 1;
        loop {
            match self.try_ask(actor, service, party, request).await {
                Err(LookupError::Store(error)) if error.is_conflict() && tries < TRIES => tries += 1,
                Err(LookupError::Store(error)) if error.is_conflict() => return Err(LookupError::Changed),
                outcome => return outcome,
            }
        }
    }

    async fn try_ask(
        &self,
        actor: &Actor,
        service: &LookupService,
        party: PartyId,
        request: &LookupRequest,
    ) -> Result<LookupAnswer, LookupError> {
        let access = self.permit(actor, service, party).await?;
        let party = self.altinn.register().party(party).await?.ok_or(LookupError::NotFound)?;
        check(service, request)?;
        let once = once(actor, service, &party, request)?;
        let now = self.altinn.clock().now();
        let earlier = match &once {
            Some(once) => once.lookup(self.altinn.store(), now).await?,
            None => IdempotencyAnswer::Fresh,
        };
        let answer = answer_of(actor, service, party.id, &request.query, now).await?;
        let id = match earlier {
            IdempotencyAnswer::Repeated(id) => return Ok(LookupAnswer { id, at: now, answer, entry: None }),
            IdempotencyAnswer::Fresh => self.altinn.ids().next_id(),
        };
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &deed(id, request));
        if let Some(once) = &once {
            once.claim(&mut batch, id, now);
        }
        let entry = if service.is_archived() {
            let kept = kept(&access, service, &party, (&request.query, &answer), (id, now));
            let entry = self.altinn.archive().stage(&mut batch, kept).await?;
            self.show(&mut batch, service, (party.id, id), entry, now);
            Some(entry)
        } else {
            None
        };
        self.altinn.store().commit(batch).await?;
        Ok(LookupAnswer { id, at: now, answer, entry })
    }

    /// Adds an answer that is archived to the inbox of the party that it was given for.
    fn show(
        &self,
        batch: &mut Batch,
        service: &LookupService,
        of: (PartyId, Uuid),
        entry: EntryId,
        now: DateTime<Utc>,
    ) {
        let scope = Scope::read(service.id().clone(), ElementKind::Lookup);
        let stands = (InboxStatus::Completed, ANSWERED);
        let element = InboxElement::new(of, scope, stands, service.title(), now);
        InboxElement { entry: Some(entry), ..element }.put(self.altinn.inbox_key(), batch);
    }

    /// Decides whether the caller may ask for the party.
    async fn permit(
        &self,
        actor: &Actor,
        service: &LookupService,
        party: PartyId,
    ) -> Result<Access, LookupError> {
        let request = AccessRequest::new(ACTION, service.id().clone(), party);
        Ok(self.altinn.permit(actor, &request).await?)
    }
}

/// What the trail tells of a lookup.
fn deed(id: Uuid, request: &LookupRequest) -> Deed {
    let deed = Deed::to(format!("lookup/{id}"));
    match &request.purpose {
        Some(purpose) => deed.because(purpose),
        None => deed,
    }
}

/// Checks what is asked before anybody is asked.
fn check(service: &LookupService, request: &LookupRequest) -> Result<(), LookupError> {
    let found = request.purpose.as_deref().map_or(0, |purpose| purpose.trim().len());
    if found > PURPOSE || (found == 0 && service.needs_purpose()) {
        return Err(LookupError::Purpose { found, limit: PURPOSE });
    }
    let issues = service.query_schema().validate(&request.query);
    if issues.is_empty() { Ok(()) } else { Err(LookupError::Query(issues)) }
}

fn once(
    actor: &Actor,
    service: &LookupService,
    party: &Party,
    request: &LookupRequest,
) -> Result<Option<Idempotency>, LookupError> {
    let Some(key) = &request.idempotency_key else { return Ok(None) };
    let asked = serde_json::json!({"service": service.id().to_string(), "query": request.query});
    Ok(Some(Idempotency::new(actor.subject(), party.uuid, "lookup.ask", key, &canonical_json(&asked))?))
}

/// Asks the register, and holds its answer against the schema.
async fn answer_of(
    actor: &Actor,
    service: &LookupService,
    party: PartyId,
    query: &Value,
    now: DateTime<Utc>,
) -> Result<Value, LookupError> {
    let context = LookupContext { actor, party, now };
    let asked = service.register().look_up(query, &context);
    let answer = tokio::time::timeout(service.at_most(), asked)
        .await
        .map_err(|_| LookupError::TooSlow { service: service.id().clone() })??;
    let issues = service.answer_schema().validate(&answer);
    if issues.is_empty() {
        return Ok(answer);
    }
    tracing::error!(service = %service.id(), "a register gave an answer that its schema does not allow");
    let places = issues.into_iter().map(|issue| issue.path).collect();
    Err(LookupError::Answer { service: service.id().clone(), places })
}

/// Query and answer, as the archive keeps them.
fn kept(
    access: &Access,
    service: &LookupService,
    party: &Party,
    (query, answer): (&Value, &Value),
    (id, now): (Uuid, DateTime<Utc>),
) -> NewEntry {
    let actor = access.actor();
    let owner = Participant::new(party.id.to_string(), party.name.clone());
    let element =
        |name: &str, value: &Value| NewElement::new(name, "application/json", canonical_json(value));
    NewEntry::new(service.id().to_string(), owner, Participant::new(actor.reference(), ""), actor.level())
        .at(now)
        .with_title(service.title().clone())
        .with_label("lookup", id.to_string())
        .with_element(element("query", query))
        .with_element(element("answer", answer))
}
