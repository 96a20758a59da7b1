//! Starting a submission.

use altinn_auth::decision::AccessRequest;
use altinn_auth::register::PartyRegister as _;
use altinn_core::{Actor, Idempotency, IdempotencyAnswer, InstanceId, PartyId};
use chrono::{DateTime, Utc};

use super::plan::{Plan, Tools};
use super::{Instance, Service, SubmissionError, Submissions, TRIES};

/// What may be said when a submission is started.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct StartOptions {
    /// The same key twice starts one instance, and gives it both times.
    pub idempotency_key: Option<String>,
    /// When it is to be sent in (`dueBefore`).
    pub due_before: Option<DateTime<Utc>>,
    /// From when on it is shown in lists (`visibleAfter`).
    pub visible_after: Option<DateTime<Utc>>,
}

impl StartOptions {
    /// Options with an idempotency key.
    pub fn idempotent(key: impl Into<String>) -> Self {
        Self { idempotency_key: Some(key.into()), ..Self::default() }
    }
}

impl Submissions<'_> {
    /// Starts a submission for a party: makes an instance that stands in the first task of the service.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not; [`SubmissionError::PartyKindNotAllowed`] when the service
    /// is not for such a party.
    pub async fn start(
        &self,
        actor: &Actor,
        service: &Service,
        party: PartyId,
    ) -> Result<Instance, SubmissionError> {
        self.start_with(actor, service, party, &StartOptions::default()).await
    }

    /// Starts a submission with [options](StartOptions).
    ///
    /// # Errors
    /// As [`Submissions::start`]; [`SubmissionError::Idempotency`] when the key was used for something else.
    #[tracing::instrument(skip_all, fields(altinn.service = %service.id()), err(level = "debug"))]
    pub async fn start_with(
        &self,
        actor: &Actor,
        service: &Service,
        party: PartyId,
        options: &StartOptions,
    ) -> Result<Instance, SubmissionError> {
        let mut tries = 1;
        loop {
            match self.try_start(actor, service, party, options).await {
                // The rights changed, or another call with the same key was first: both are seen by the next try.
                Err(SubmissionError::Changed) if tries < TRIES => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_start(
        &self,
        actor: &Actor,
        service: &Service,
        party: PartyId,
        options: &StartOptions,
    ) -> Result<Instance, SubmissionError> {
        let request = AccessRequest::new("instantiate", service.id().clone(), party);
        let access = self.altinn.authorizer().decide(actor, &request).await?;
        let owner = self.altinn.register().party(party).await?.ok_or(SubmissionError::NotFound)?;
        if !service.definition().metadata().party_types_allowed().allows(owner.kind) {
            return Err(SubmissionError::PartyKindNotAllowed);
        }
        let asked = service.id().to_string();
        let once = options.idempotency_key.as_ref().map(|key| {
            Idempotency::new(actor.subject(), owner.uuid, "submission.start", key, asked.as_bytes())
        });
        let once = once.transpose()?;
        if let Some(earlier) = self.started_before(once.as_ref(), party).await? {
            return Ok(earlier);
        }
        let now = self.altinn.clock().now();
        let known = self.known_of(service, party).await?;
        let mut plan = Plan::start(service, &access, Tools { known, ..self.altinn.tools(now) })?;
        let mut batch = self.also.clone();
        access.guard(&mut batch);
        if let Some(once) = &once {
            once.claim(&mut batch, plan.instance.id.guid, now);
        }
        self.call_signees(&mut plan, &mut batch).await?;
        plan.instance.status.due_before = options.due_before;
        plan.instance.status.visible_after = options.visible_after;
        plan.keep_fields()?;
        plan.instance.insert(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        self.drive(plan.instance).await
    }

    async fn started_before(
        &self,
        once: Option<&Idempotency>,
        party: PartyId,
    ) -> Result<Option<Instance>, SubmissionError> {
        let Some(once) = once else { return Ok(None) };
        match once.lookup(self.altinn.store(), self.altinn.clock().now()).await? {
            IdempotencyAnswer::Repeated(guid) => Ok(Some(self.load(&InstanceId::new(party, guid)).await?)),
            IdempotencyAnswer::Fresh => Ok(None),
        }
    }
}
