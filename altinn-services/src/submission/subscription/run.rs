//! Making the instances that are due.

use std::time::Duration;

use altinn_auth::decision::AccessRequest;
use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::Deed;
use altinn_core::Language;
use altinn_core::store::{Batch, Claim};
use altinn_notify::{Content, Order};
use chrono::{NaiveDate, TimeDelta};

use super::{InstanceSubscription, InstanceSubscriptions, Occasion};
use crate::submission::plan::{Plan, Tools};
use crate::submission::{Instance, Service, SubmissionError, TRIES};

/// How long a worker holds a subscription at most.
const LEASE: Duration = Duration::from_secs(30);

/// The longest wait between two attempts.
const LONGEST_WAIT: TimeDelta = TimeDelta::hours(1);

/// What became of the subscriptions that a call to [`InstanceSubscriptions::run_due`] took up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct SubscriptionReport {
    /// How many it took up.
    pub claimed: u32,
    /// How many made an instance.
    pub made: u32,
    /// How many did not, and are tried again.
    pub deferred: u32,
}

impl InstanceSubscriptions<'_> {
    /// Makes the instances that are due, of at most so many subscriptions, one each.
    /// [`Altinn::run_workers`](crate::Altinn::run_workers) calls it again and again; any number of nodes may.
    ///
    /// # Errors
    /// When the store does not answer; what was taken up then is taken up again when its lease ends.
    pub async fn run_due(&self, limit: u32) -> Result<SubscriptionReport, SubmissionError> {
        let now = self.altinn.clock().now();
        let due = InstanceSubscription::claim_due(self.altinn.store(), now, limit, LEASE).await?;
        let mut report = SubscriptionReport::default();
        for (claim, subscription) in due {
            report.claimed += 1;
            match self.make(&claim, &subscription).await? {
                true => report.made += 1,
                false => report.deferred += 1,
            }
        }
        Ok(report)
    }

    /// Makes the instance of a subscription's next occasion; says whether it did.
    #[tracing::instrument(skip_all, fields(altinn.subscription = %subscription.id), err(level = "debug"))]
    async fn make(
        &self,
        claim: &Claim,
        subscription: &InstanceSubscription,
    ) -> Result<bool, SubmissionError> {
        let mut tries = 1;
        let failed = loop {
            match self.try_make(claim, subscription).await {
                Ok(instance) => {
                    // What a service task of the first step does not do now is left to the workers.
                    let _ = self.altinn.submissions().drive(instance).await;
                    return Ok(true);
                }
                // The rights changed, or the claim is lost: then putting it back conflicts too.
                Err(SubmissionError::Changed) if tries < TRIES => tries += 1,
                Err(SubmissionError::Store(error)) => return Err(error.into()),
                Err(error) => break error,
            }
        };
        let reason = format!("{}: {failed}", failed.code());
        tracing::warn!(code = failed.code(), "a subscription did not make its instance");
        let mut batch = Batch::new();
        let again = self.altinn.clock().now() + wait_after(subscription.failures + 1);
        subscription.fail(&mut batch, claim, &reason, again);
        match self.altinn.store().commit(batch).await {
            Ok(_) => Ok(false),
            // Somebody changed or ended it, or another worker has it.
            Err(error) if error.is_conflict() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn try_make(
        &self,
        claim: &Claim,
        subscription: &InstanceSubscription,
    ) -> Result<Instance, SubmissionError> {
        let unknown = || SubmissionError::UnknownService(subscription.service.clone());
        let service = self.altinn.service(&subscription.service).ok_or_else(unknown)?;
        let stored =
            |column: &str| SubmissionError::Stored { column: column.to_owned(), text: String::new() };
        let occasion = subscription.next_occasion().ok_or_else(|| stored("occasion"))?;
        let actor = subscription.subscriber.actor(subscription.level).ok_or_else(|| stored("subscriber"))?;
        let request = AccessRequest::new("instantiate", subscription.service.clone(), subscription.party);
        let access = self.altinn.authorizer().decide(&actor, &request).await?;
        let owner = self.altinn.register().party(subscription.party).await?;
        let owner = owner.filter(|owner| !owner.deleted).ok_or(SubmissionError::NotFound)?;
        let submissions = self.altinn.submissions();
        submissions.check_start(&actor, &service, &owner).await?;
        let now = self.altinn.clock().now();
        let tools = submissions.tools_for(&service, subscription.party).await?;
        let given = std::sync::Arc::new(subscription.prefill.clone());
        let mut plan = Plan::start(&service, &access, Tools { given, ..tools })?;
        plan.instance.status.due_before = occasion.due_before();
        let mut batch = Batch::new();
        let deed = Deed::to(plan.instance.id.to_string()).because(subscription.element());
        access.guard_with(&mut batch, &deed);
        submissions.ask_for_signees(&mut plan).await?;
        submissions.reach_signees(&mut plan, &mut batch).await?;
        plan.keep_fields()?;
        plan.instance.insert(&mut batch)?;
        plan.add_traces(&mut batch)?;
        if subscription.notify {
            self.tell(&mut batch, &service, subscription, &plan.instance, &occasion).await?;
        }
        subscription.step(&mut batch, claim, &plan.instance.id, &occasion, now);
        self.altinn.store().commit(batch).await?;
        Ok(plan.instance)
    }

    /// Orders that the party is told of an instance, where anybody knows how.
    async fn tell(
        &self,
        batch: &mut Batch,
        service: &Service,
        subscription: &InstanceSubscription,
        instance: &Instance,
        occasion: &Occasion,
    ) -> Result<(), SubmissionError> {
        let Some(contact) = self.altinn.contact_of(Some(subscription.party)).await? else { return Ok(()) };
        let (subject, body) = wording(service.title(contact.language), occasion.due, contact.language);
        let key = format!("subscription/{}/{}", subscription.id, subscription.made + 1);
        let order =
            Order::new(key, contact.recipient, Content::text(subject, &body).with_sms(body.trim_end()))
                .with_language(contact.language)
                .with_senders_reference(instance.id.guid.to_string());
        self.altinn.notifier().order(batch, &order)?;
        Ok(())
    }
}

/// A minute after the first failure, and twice as long after each further one.
fn wait_after(failures: i64) -> TimeDelta {
    let doublings = u32::try_from(failures.clamp(1, 20) - 1).unwrap_or(20);
    TimeDelta::minutes(1_i64 << doublings).min(LONGEST_WAIT)
}

/// That a form waits. Nothing of what it holds stands in it.
fn wording(title: &str, due: Option<NaiveDate>, language: Language) -> (String, String) {
    let due = due.map(|due| due.format("%d.%m.%Y").to_string());
    match language {
        Language::En => {
            let due = due.map_or_else(String::new, |due| format!(" The last day to send it in is {due}."));
            (
                format!("To be filled in: {title}"),
                format!("\"{title}\" is ready to be filled in.{due} Log in to begin.\n"),
            )
        }
        // The same in nynorsk and bokmål.
        _ => {
            let due = due.map_or_else(String::new, |due| format!(" Siste frist for å sende inn er {due}."));
            (
                format!("Til utfylling: {title}"),
                format!("«{title}» er klart til utfylling.{due} Logg inn for å begynne.\n"),
            )
        }
    }
}
