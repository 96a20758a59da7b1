//! Going on: one task at a time, or all the way to the receipt.

use altinn_archive::{NewElement, NewEntry, Participant, ReceiptState, StagedEntry};
use altinn_auth::decision::{Access, Authorizer};
use altinn_core::store::Batch;
use altinn_core::{Actor, InstanceId};
use altinn_notify::{Content, Order};

use super::element::DataElement;
use super::history::History;
use super::plan::{Plan, REJECT};
use super::signing::Turn;
use super::{Instance, SubmissionError, Submissions, TRIES};
use crate::form::Severity;
use crate::process::{MAX_ITERATIONS, Refusal, Task};

/// How far a call goes.
#[derive(Debug, Clone, Copy)]
enum Way<'a> {
    /// To the next task that waits for somebody, by this action or the task's usual one.
    Next(Option<&'a str>),
    /// To the end, by each task's usual action.
    End,
}

/// How far a commit has come.
struct Advanced {
    instance: Instance,
    /// Its entry of the archive, if that has just been committed with it.
    staged: Option<StagedEntry>,
}

impl Submissions<'_> {
    /// Leaves the task at hand, by an action or else the usual one of its kind, and goes on to the next task that
    /// waits for somebody, or to the end.
    ///
    /// Sent twice it leaves two tasks: [`next_from`](Self::next_from) does not.
    ///
    /// # Errors
    /// [`SubmissionError::Invalid`] says what is wrong with the form; [`SubmissionError::Access`] and
    /// [`SubmissionError::Process`] why the caller or the process may not go on; [`SubmissionError::Changed`] that
    /// somebody else changed the instance at the same time, so that it is no longer what the caller saw.
    pub async fn next(
        &self,
        actor: &Actor,
        id: &InstanceId,
        action: Option<&str>,
    ) -> Result<Instance, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        let instance = self.advance(actor, instance, Way::Next(action)).await?.instance;
        self.shown_to(actor, instance).await
    }

    /// Leaves a task as [`next`](Self::next) does. When the instance has left it already, it stays where it is, so
    /// that a call whose answer was lost can be sent again.
    ///
    /// # Errors
    /// As [`next`](Self::next); [`SubmissionError::Changed`] when the instance has never been in that task.
    pub async fn next_from(
        &self,
        actor: &Actor,
        id: &InstanceId,
        task: &str,
        action: Option<&str>,
    ) -> Result<Instance, SubmissionError> {
        let instance = self.load_for_receipt(actor, id).await?;
        if instance.task() == Some(task) {
            let instance = self.advance(actor, instance, Way::Next(action)).await?.instance;
            return self.shown_to(actor, instance).await;
        }
        self.permit(actor, &instance, "read").await?;
        if History::has_left(self.altinn.store(), id, task).await? {
            self.shown_to(actor, instance).await
        } else {
            Err(SubmissionError::Changed)
        }
    }

    /// Submits: goes all the way to the end, and gives the receipt. Whoever submits must be allowed to act in every
    /// task that is left. Submitting what has been submitted gives the same receipt again.
    ///
    /// # Errors
    /// As [`Submissions::next`]; nothing is stored then unless a service task was on the way.
    /// [`SubmissionError::SignaturesPending`] when it has come as far as a task that others sign, where it now stands;
    /// [`SubmissionError::ServiceTaskPending`] when such a task is not done yet: it goes on by itself, and so does a
    /// submission that is sent again.
    pub async fn submit(&self, actor: &Actor, id: &InstanceId) -> Result<ReceiptState, SubmissionError> {
        let instance = self.load_for_receipt(actor, id).await?;
        if instance.process.has_ended() {
            self.permit(actor, &instance, "read").await?;
            let receipt = self.receipt_of(&instance).await?;
            return self.receipt_shown_to(actor, &instance, receipt).await;
        }
        match self.advance(actor, instance, Way::End).await {
            Ok(Advanced { instance, staged }) => {
                let receipt = match staged {
                    Some(staged) => self.receipt_of_staged(staged).await?,
                    None => self.receipt_of(&instance).await?,
                };
                self.receipt_shown_to(actor, &instance, receipt).await
            }
            // Somebody was first: when they came to the end, theirs is the receipt.
            Err(SubmissionError::Changed) => match self.receipt(actor, id).await {
                Err(SubmissionError::NotSubmitted) => Err(SubmissionError::Changed),
                outcome => outcome,
            },
            Err(error) => Err(error),
        }
    }

    /// Goes on, and does what service tasks on the way ask for.
    #[tracing::instrument(skip_all, fields(altinn.instance = %instance.id.guid), err(level = "debug"))]
    async fn advance(
        &self,
        actor: &Actor,
        mut instance: Instance,
        way: Way<'_>,
    ) -> Result<Advanced, SubmissionError> {
        let mut staged = None;
        for _ in 0..MAX_ITERATIONS {
            let flow = flow_of(&instance);
            if matches!(way, Way::Next(_)) || !self.waits_for_machine(&instance) {
                Advanced { instance, staged } = self.commit_advance(actor, instance, way).await?;
            } else {
                self.permit(actor, &instance, "read").await?;
            }
            instance = self.drive(instance).await?;
            if matches!(way, Way::Next(_)) || instance.process.has_ended() {
                return Ok(Advanced { instance, staged });
            }
            if self.waits_for_machine(&instance) {
                return Err(self.pending(&instance).await?);
            }
            if flow_of(&instance) == flow {
                let task = instance.task().unwrap_or_default().to_owned();
                return Err(SubmissionError::SignaturesPending { task });
            }
        }
        let from = instance.task().unwrap_or_default().to_owned();
        Err(Refusal::Loop { from, iterations: MAX_ITERATIONS }.into())
    }

    /// Goes on from the instance as it was read. It starts over only while that is unchanged: then it was the rights
    /// that changed, and they are decided anew.
    async fn commit_advance(
        &self,
        actor: &Actor,
        instance: Instance,
        way: Way<'_>,
    ) -> Result<Advanced, SubmissionError> {
        let mut tries = 1;
        loop {
            match self.try_advance(actor, instance.clone(), way).await {
                Err(SubmissionError::Changed) if tries < TRIES && self.is_unchanged(&instance).await? => {
                    tries += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_advance(
        &self,
        actor: &Actor,
        instance: Instance,
        way: Way<'_>,
    ) -> Result<Advanced, SubmissionError> {
        let Ok(service) = self.service_of(&instance) else {
            self.permit(actor, &instance, "read").await?;
            return Err(SubmissionError::UnknownService(instance.service));
        };
        let tools = self.altinn.tools(self.altinn.clock().now());
        let mut plan = Plan::go_on(&service, instance, tools, actor.into());
        let mut batch = self.also.clone();
        let authorizer = self.altinn.authorizer().for_one_call();
        let mut waits_for_others = false;
        for passed in 0.. {
            if passed > 0 && self.waits_for_others(&mut plan, actor).await? {
                waits_for_others = true;
                break;
            }
            let flow = flow_of(&plan.instance);
            let access = self.leave_task(&mut plan, &mut batch, (actor, &authorizer), way).await?;
            access.guard(&mut batch);
            if flow_of(&plan.instance) == flow {
                break;
            }
            let stands = plan.task().is_ok_and(Task::is_done_by_machine);
            if plan.instance.process.has_ended() || stands || matches!(way, Way::Next(_)) {
                break;
            }
            if passed == MAX_ITERATIONS {
                let from = plan.instance.task().unwrap_or_default().to_owned();
                return Err(Refusal::Loop { from, iterations: MAX_ITERATIONS }.into());
            }
        }
        self.store_step(&mut plan, batch).await?;
        if waits_for_others {
            let task = plan.instance.task().unwrap_or_default().to_owned();
            return Err(SubmissionError::SignaturesPending { task });
        }
        Ok(Advanced { instance: plan.instance, staged: plan.staged })
    }

    /// Commits what a plan comes to, with what follows when it has come to the end.
    pub(super) async fn store_step(
        &self,
        plan: &mut Plan<'_>,
        mut batch: Batch,
    ) -> Result<(), SubmissionError> {
        self.ask_for_signees(plan).await?;
        self.reach_signees(plan, &mut batch).await?;
        if plan.instance.process.has_ended() {
            self.add_submission(plan, &mut batch).await?;
        }
        plan.keep_fields()?;
        plan.instance.update(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        Ok(())
    }

    async fn leave_task(
        &self,
        plan: &mut Plan<'_>,
        batch: &mut Batch,
        (actor, authorizer): (&Actor, &Authorizer),
        way: Way<'_>,
    ) -> Result<Access, SubmissionError> {
        let task = match plan.task() {
            Ok(task) => task,
            // How the instance stands is told to nobody who may not know of it.
            Err(refusal) => {
                self.permit(actor, &plan.instance, "read").await?;
                return Err(refusal.into());
            }
        };
        let action = task.action(match way {
            Way::Next(action) => action,
            Way::End => None,
        });
        let access = self.permit_by(authorizer, actor, &plan.instance, action).await?;
        // What is known of the party is asked for when the caller may know it.
        let tools = self.tools_for(plan.service, plan.instance.id.owner).await?;
        (plan.tools.known, plan.tools.owner) = (tools.known, tools.owner);
        if action != REJECT {
            plan.unreadable = self.hidden_from(actor, &plan.instance).await?;
            let issues = self.issues_of_hooks(plan, &task.id).await?;
            if issues.iter().any(|issue| issue.severity == Severity::Error) {
                return Err(SubmissionError::Invalid(issues));
            }
        }
        self.ask_for_signees(plan).await?;
        let payment = self.settle_payment(&plan.instance, task, action).await?;
        let turn = match action {
            REJECT => Turn::Anyone,
            _ => self.turn(actor, &plan.instance, task).await?,
        };
        plan.leave(&access, turn, payment)?;
        self.seal_signature(plan, &access, batch).await?;
        Ok(access)
    }

    /// Adds what follows from a submission that has come to its end: the entry of the archive, and the receipt by
    /// mail to whoever sent it in.
    async fn add_submission(&self, plan: &mut Plan<'_>, batch: &mut Batch) -> Result<(), SubmissionError> {
        plan.remove_what_goes_at_the_end();
        plan.delete_by_its_end();
        let named = [Some(plan.instance.id.owner), plan.author.party].into_iter().flatten();
        self.learn_names(plan, named).await?;
        let entry = entry_of(plan);
        let staged = self.altinn.archive().stage_to_prove(batch, entry).await?;
        plan.instance.entry = Some(staged.entry());
        plan.staged = Some(staged);
        let Some(contact) = self.altinn.contact_of(plan.author.party).await? else { return Ok(()) };
        let reference = plan.instance.id.guid.to_string();
        let title = plan.service.title(contact.language).to_owned();
        let variables = [("title", title), ("reference", reference.clone())];
        let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let content = Content::template(self.altinn.receipt_template(), variables);
        let order = Order::new(format!("submission/{reference}/receipt"), contact.recipient, content)
            .with_language(contact.language)
            .with_senders_reference(reference);
        self.altinn.notifier().order(batch, &order)?;
        Ok(())
    }
}

/// The entry of the archive: all that the instance holds, who sent it in, and for whom; nothing of what it holds where its
/// end deletes it.
fn entry_of(plan: &Plan<'_>) -> NewEntry {
    let (instance, service, author) = (&plan.instance, plan.service, &plan.author);
    let owner = instance.id.owner;
    let party = Participant::new(owner.to_string(), plan.name_of(Some(owner)));
    let sender = Participant::new(author.reference.clone(), plan.name_of(author.party));
    let entry = NewEntry::new(service.id().to_string(), party, sender, author.level)
        .at(instance.changed)
        .with_title(service.definition().metadata().title().clone())
        .with_label("instance", instance.id.to_string());
    let elements = instance.elements.iter().enumerate().filter(|_| instance.status.hard_deleted.is_none());
    elements.fold(entry, |entry, (index, element)| entry.with_element(archived(instance, index, element)))
}

/// An element as the archive keeps it.
fn archived(instance: &Instance, index: usize, element: &DataElement) -> NewElement {
    let name = instance.name_in_archive(index, element);
    let archived = NewElement::new(name, &element.content_type, element.content.clone())
        .with_data_type(&element.data_type);
    match &element.file_name {
        Some(file_name) => archived.with_file_name(file_name),
        None => archived,
    }
}

/// Which visit to a task an instance is at; none after the end.
fn flow_of(instance: &Instance) -> Option<u32> {
    instance.process.current_task().map(|task| task.flow)
}
