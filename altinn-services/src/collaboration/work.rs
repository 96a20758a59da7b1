//! What is done in cases by itself: deadlines, and what follows from transitions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use altinn_auth::register::PartyRegister as _;
use altinn_core::store::{Batch, params};
use altinn_core::{
    InstanceId, NationalIdentityNumber, OrganizationNumber, PartyIdentifier, SyntheticNumbers,
};
use altinn_notify::{ChannelSchema, Content, Order, OrganizationRecipient, PersonRecipient, Recipient};
use chrono::TimeDelta;
use serde_json::Map;

use super::definition::template;
use super::job::{ClaimedJob, Job, WORK};
use super::record::Happening;
use super::{
    Action, Begin, Case, CaseEvent, CollaborationError, CollaborationService, Collaborations, Look, Member,
    MemberDefinition, MemberError, Message, Notice, Progress, TRIES, Trigger,
};

/// How long a worker may take for what it has claimed.
const LEASE: Duration = Duration::from_secs(60);

/// After how long something is tried again that failed: twice as long every time, an hour at most.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(10);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);

impl Collaborations<'_> {
    /// Does what is due, a few at a time: lets deadlines pass, starts members' instances, sends, notifies, and takes in what
    /// happened to instances; gives how many it took up. What fails is tried again later. For a worker, of which there may
    /// be any number.
    ///
    /// # Errors
    /// [`CollaborationError::Store`] when the store fails; what was due stays due.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn run_due(&self, limit: u32) -> Result<u64, CollaborationError> {
        let mut batch = Batch::new();
        let claimed = WORK.claim(&mut batch, self.altinn.clock().now(), limit, LEASE);
        let committed = self.altinn.store().commit(batch).await?;
        let mut count = 0;
        for row in committed.rows(claimed) {
            let job = ClaimedJob::from_row(row)?;
            if let Err(error) = self.do_job(&job).await {
                self.put_off(&job, &error).await?;
            }
            count += 1;
        }
        Ok(count)
    }

    /// Puts a job off, unless it is gone or another worker holds it.
    async fn put_off(&self, job: &ClaimedJob, error: &CollaborationError) -> Result<(), CollaborationError> {
        let pause = FIRST_PAUSE * 2_i32.saturating_pow(job.attempts.min(10));
        let due = self.altinn.clock().now() + pause.min(LONGEST_PAUSE);
        tracing::warn!(code = error.code(), case = %job.case, "work in a case is put off");
        let mut batch = Batch::new();
        job.fail(&mut batch, error.code(), due);
        match self.altinn.store().commit(batch).await.map_err(CollaborationError::from) {
            Ok(_) | Err(CollaborationError::Changed) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn do_job(&self, job: &ClaimedJob) -> Result<(), CollaborationError> {
        let case = Case::load(self.kept(), job.case).await?.ok_or(CollaborationError::NotFound)?;
        let services = &self.altinn.plug_ins().collaborations;
        let service = services.get(&case.service).ok_or(CollaborationError::UnknownService)?;
        match &job.job {
            Job::Deadline(name) => {
                let event = CaseEvent::new(Trigger::Deadline(name.clone()), Map::new());
                self.take_in(service, job, &[(format!("d:{}", job.claim.id), event)]).await
            }
            Job::Act(Action::Start(member)) => self.begin(service, &case, job, (member, None)).await,
            Job::Act(Action::Message(message)) => {
                self.begin(service, &case, job, (&message.member, Some(message))).await
            }
            Job::Act(Action::Notify(notice)) => self.notify(&case, job, notice).await,
            Job::Act(_) => self.take_in(service, job, &[]).await,
            Job::Look { member, instance } => self.look(service, job, member, *instance).await,
        }
    }

    /// Makes an instance of a member, and says that it belongs to the case.
    ///
    /// The key is the job's id, so a worker that dies in it leaves one instance whoever goes on. From the commit of the
    /// row on, whatever happens to the instance is followed; what happened before that is looked up after it.
    async fn begin(
        &self,
        service: &CollaborationService,
        case: &Case,
        job: &ClaimedJob,
        (name, message): (&str, Option<&Message>),
    ) -> Result<(), CollaborationError> {
        let (member, defined) = member_of(service, name)?;
        let party = case.stands.participants.get(&defined.participant);
        let party = *party.ok_or(MemberError::new("COLLABORATION-PARTICIPANT"))?;
        let key = format!("collaboration/{}", job.claim.id);
        let (altinn, agency) = (self.altinn, service.agency());
        let begin = Begin { altinn, agency: &agency, member: defined, party, message, key: &key };
        let instance = member.begin(&begin).await?;
        let mut batch = Batch::new();
        WORK.guard(&mut batch, &job.claim);
        batch.execute(
            "insert into services_collaboration_instance (instance, party, case_id, member) values ($1, $2, $3, $4) \
             on conflict (instance) do nothing",
            params![instance.guid, instance.owner, case.id, name],
        );
        self.altinn.store().commit(batch).await?;
        self.look(service, job, name, instance).await
    }

    /// Takes in what has happened to an instance: each event once, however often it is looked at.
    async fn look(
        &self,
        service: &CollaborationService,
        job: &ClaimedJob,
        name: &str,
        instance: InstanceId,
    ) -> Result<(), CollaborationError> {
        let (member, defined) = member_of(service, name)?;
        let (altinn, agency) = (self.altinn, service.agency());
        let look = Look { altinn, agency: &agency, member: defined, instance };
        let Progress { events, mut data } = member.progress(&look).await?;
        data.retain(|field, value| defined.data.get(field).is_some_and(|known| known.kind.holds(value)));
        let event = |event| {
            let trigger = Trigger::Member { member: name.to_owned(), event };
            (format!("m:{instance}:{}", event.as_str()), CaseEvent::new(trigger, data.clone()))
        };
        let events: Vec<_> = events.into_iter().map(event).collect();
        self.take_in(service, job, &events).await
    }

    /// Takes those events into a case that are new, one batch each, and ends the job. A worker that dies before the end
    /// leaves a job that finds nothing new.
    async fn take_in(
        &self,
        service: &CollaborationService,
        job: &ClaimedJob,
        events: &[(String, CaseEvent)],
    ) -> Result<(), CollaborationError> {
        let agency = service.agency().reference();
        for (id, event) in events {
            let happening = Happening { id, event, actor: &agency };
            let mut tries = 1;
            loop {
                match self.take_one(service, job, &happening).await {
                    Err(CollaborationError::Changed) if tries < TRIES => tries += 1,
                    outcome => break outcome?,
                }
            }
        }
        let mut batch = Batch::new();
        job.forget(&mut batch);
        self.altinn.store().commit(batch).await?;
        Ok(())
    }

    async fn take_one(
        &self,
        service: &CollaborationService,
        job: &ClaimedJob,
        happening: &Happening<'_>,
    ) -> Result<(), CollaborationError> {
        let case = Case::load(self.kept(), job.case).await?;
        let mut case = case.ok_or(CollaborationError::NotFound)?;
        if self.answered(case.id, happening).await?.is_some() {
            return Ok(());
        }
        let mut batch = Batch::new();
        WORK.guard(&mut batch, &job.claim);
        self.record(&mut batch, service, &mut case, happening)?;
        self.altinn.store().commit(batch).await?;
        Ok(())
    }

    /// Orders a notification, in the batch that ends the job.
    async fn notify(&self, case: &Case, job: &ClaimedJob, notice: &Notice) -> Result<(), CollaborationError> {
        let party = case.stands.participants.get(&notice.to);
        let party = *party.ok_or(MemberError::new("COLLABORATION-PARTICIPANT"))?;
        let party = self.altinn.register().party(party).await?.ok_or(CollaborationError::NotFound)?;
        let recipient = recipient(&party.identifier, notice.channel);
        let recipient = recipient.ok_or(MemberError::new("COLLABORATION-NO-ADDRESS"))?;
        let values = BTreeMap::from([("case".to_owned(), case.id.to_string().into())]);
        let content = Content::template(Arc::new(template(notice)?), values);
        let order = Order::new(format!("collaboration/{}", job.claim.id), recipient, content)
            .with_senders_reference(case.id.to_string());
        let mut batch = Batch::new();
        WORK.guard(&mut batch, &job.claim);
        job.forget(&mut batch);
        self.altinn.notifier().order(&mut batch, &order)?;
        self.altinn.store().commit(batch).await?;
        Ok(())
    }
}

fn member_of<'s>(
    service: &'s CollaborationService,
    name: &str,
) -> Result<(&'s Arc<dyn Member>, &'s MemberDefinition), MemberError> {
    let unknown = MemberError::new("COLLABORATION-UNKNOWN-MEMBER");
    let defined = service.definition().members().get(name).ok_or(unknown.clone())?;
    Ok((service.member(name).ok_or(unknown)?, defined))
}

/// Where somebody is told: where the contact registers say.
fn recipient(identifier: &PartyIdentifier, channel: ChannelSchema) -> Option<Recipient> {
    match identifier {
        PartyIdentifier::Person(number) => {
            let number = NationalIdentityNumber::parse(number.expose(), SyntheticNumbers::Accepted).ok()?;
            Some(PersonRecipient::new(number).with_channel_schema(channel).into())
        }
        PartyIdentifier::Organization(number) => {
            let number = OrganizationNumber::parse(&number.to_string(), SyntheticNumbers::Accepted).ok()?;
            Some(OrganizationRecipient::new(number).with_channel_schema(channel).into())
        }
        PartyIdentifier::SelfIdentified(_) => None,
    }
}
