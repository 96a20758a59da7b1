//! Does what is to be done, attempt by attempt.

use altinn_core::store::Batch;
use altinn_core::{Actor, InstanceId};
use tokio::time::timeout;

use super::work::{LEASE, ServiceTaskState, ServiceTaskWork};
use super::{ServiceTaskContext, ServiceTaskDone, ServiceTaskError};
use crate::process::{MAX_ITERATIONS, Task};
use crate::submission::plan::Plan;
use crate::submission::signing::CALL_TO_SIGN;
use crate::submission::{Instance, SubmissionError, Submissions, TRIES};

/// What became of the work that a call to [`Submissions::run_service_tasks`] took up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ServiceTaskReport {
    /// How many pieces of work it took up.
    pub claimed: u32,
    /// Done, and the process went on.
    pub done: u32,
    /// Failed, and to be tried again by itself.
    pub deferred: u32,
    /// Failed for good: a supporter must look.
    pub failed: u32,
    /// Not to be done any more: the process had left the task.
    pub abandoned: u32,
}

/// How one attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::submission) enum Ending {
    Done,
    Deferred,
    Failed,
    Abandoned,
}

impl Submissions<'_> {
    /// Does the work of service tasks that is due, at most so many pieces. [`Altinn::run_workers`](crate::Altinn::run_workers)
    /// calls it again and again; any number of nodes may.
    ///
    /// # Errors
    /// When the store does not answer; what was taken up then is taken up again when its lease ends.
    pub async fn run_service_tasks(&self, limit: u32) -> Result<ServiceTaskReport, SubmissionError> {
        let work = ServiceTaskWork::claim_due(self.altinn.store(), self.altinn.clock().now(), limit).await?;
        let mut report =
            ServiceTaskReport { claimed: work.len().try_into().unwrap_or(u32::MAX), ..Default::default() };
        for work in work {
            match self.attempt(&work).await? {
                Ending::Done => report.done += 1,
                Ending::Deferred => report.deferred += 1,
                Ending::Failed => report.failed += 1,
                Ending::Abandoned => report.abandoned += 1,
            }
        }
        Ok(report)
    }

    /// Does at once the work of the service task that an instance stands in, and of those that follow, whenever it is
    /// due; an instance that stands in none is given as it stands.
    ///
    /// # Errors
    /// [`SubmissionError::ServiceTaskPending`] says why the work is not done.
    pub async fn run_service_task(
        &self,
        actor: &Actor,
        id: &InstanceId,
    ) -> Result<Instance, SubmissionError> {
        let instance = self.get(actor, id).await?;
        let instance = self.drive(instance).await?;
        if self.waits_for_machine(&instance) {
            return Err(self.pending(&instance).await?);
        }
        self.shown_to(actor, instance).await
    }

    /// Why an instance does not go on: the machine has not done its work.
    pub(in crate::submission) async fn pending(
        &self,
        instance: &Instance,
    ) -> Result<SubmissionError, SubmissionError> {
        let work = ServiceTaskWork::last_of(self.altinn.store(), instance.id.guid).await?;
        let task = instance.task().unwrap_or_default().to_owned();
        Ok(SubmissionError::ServiceTaskPending { task, reason: work.and_then(|work| work.reason) })
    }

    /// Does at once the work that an instance waits for, one attempt at each task, and gives the instance as it then
    /// stands. What fails is left to the workers.
    pub(in crate::submission) async fn drive(
        &self,
        mut instance: Instance,
    ) -> Result<Instance, SubmissionError> {
        for _ in 0..MAX_ITERATIONS {
            if !self.waits_for_machine(&instance) {
                break;
            }
            let Some(work) = ServiceTaskWork::claim_of(self.altinn.store(), instance.id.guid).await? else {
                break;
            };
            let ending = self.attempt(&work).await?;
            instance = self.load_left(&instance.id).await?;
            if ending != Ending::Done {
                break;
            }
        }
        Ok(instance)
    }

    /// Whether an instance stands in a task that the machine does.
    pub(in crate::submission) fn waits_for_machine(&self, instance: &Instance) -> bool {
        let Ok(service) = self.service_of(instance) else { return false };
        let task = instance.task().and_then(|task| service.definition().process().task(task));
        task.is_some_and(Task::is_done_by_machine)
    }

    #[tracing::instrument(skip_all, fields(altinn.instance = %work.instance.guid, kind = work.kind), err(level = "debug"))]
    async fn attempt(&self, work: &ServiceTaskWork) -> Result<Ending, SubmissionError> {
        let Some(instance) = Instance::load(self.altinn.store(), &work.instance).await? else {
            return self.give_up(work).await;
        };
        if !work.is_of(&instance) {
            return self.give_up(work).await;
        }
        if work.kind == CALL_TO_SIGN {
            return self.call_again(work, instance).await;
        }
        match self.call(work, &instance).await {
            Ok(done) => self.complete(work, instance, &done).await,
            Err(error) => self.record_failure(work, &error).await,
        }
    }

    async fn call(
        &self,
        work: &ServiceTaskWork,
        instance: &Instance,
    ) -> Result<ServiceTaskDone, ServiceTaskError> {
        let retry = |reason: String| ServiceTaskError::Retry(reason);
        let service = self
            .service_of(instance)
            .map_err(|_| retry(format!("service `{}` is not published", work.service)))?;
        let plug_ins = self.altinn.plug_ins();
        let plug_in = plug_ins
            .service_tasks
            .get(&work.kind)
            .ok_or_else(|| retry(format!("no service task is registered for kind `{}`", work.kind)))?;
        let task = service.definition().process().task(&work.task);
        let task = task.ok_or_else(|| retry(format!("the service has no task `{}`", work.task)))?;
        let context = ServiceTaskContext {
            key: work.id,
            attempt: u32::try_from(work.attempts).unwrap_or(u32::MAX),
            environment: plug_ins.environment,
            service: &service,
            instance,
            task,
        };
        let too_long = |_| retry(format!("the attempt took longer than {} seconds", (LEASE / 2).as_secs()));
        timeout(LEASE / 2, plug_in.run(&context)).await.map_err(too_long)?
    }

    /// Undoes what a piece of work may have done.
    pub(in crate::submission) async fn undo(
        &self,
        work: &ServiceTaskWork,
        instance: &Instance,
    ) -> Result<(), SubmissionError> {
        let pending = |reason: String| SubmissionError::ServiceTaskPending {
            task: work.task.clone(),
            reason: Some(reason),
        };
        let service = self.service_of(instance)?;
        let plug_ins = self.altinn.plug_ins();
        let missing =
            || SubmissionError::ServiceTaskMissing { task: work.task.clone(), kind: work.kind.clone() };
        let plug_in = plug_ins.service_tasks.get(&work.kind).ok_or_else(missing)?;
        let task = service.definition().process().task(&work.task).ok_or_else(missing)?;
        let attempt = u32::try_from(work.attempts).unwrap_or(u32::MAX);
        let environment = plug_ins.environment;
        let context =
            ServiceTaskContext { key: work.id, attempt, environment, service: &service, instance, task };
        let too_long = |_| pending(format!("it took longer than {} seconds", (LEASE / 2).as_secs()));
        let outcome = timeout(LEASE / 2, plug_in.compensate(&context)).await.map_err(too_long)?;
        outcome.map_err(|error| pending(error.to_string()))
    }

    /// Commits the outcome with the next step of the process, once.
    async fn complete(
        &self,
        work: &ServiceTaskWork,
        mut instance: Instance,
        done: &ServiceTaskDone,
    ) -> Result<Ending, SubmissionError> {
        let mut tries = 1;
        loop {
            match self.try_complete(work, instance, done).await {
                Ok(()) => return Ok(Ending::Done),
                Err(SubmissionError::Changed) if tries < TRIES => tries += 1,
                Err(SubmissionError::Store(error)) => return Err(SubmissionError::Store(error)),
                Err(error) => {
                    let reason = format!("the process cannot go on ({}): {error}", error.code());
                    return self.record_failure(work, &ServiceTaskError::Failed(reason)).await;
                }
            }
            instance = self.load_left(&work.instance).await?;
            if !work.is_of(&instance) {
                return Ok(Ending::Abandoned);
            }
        }
    }

    async fn try_complete(
        &self,
        work: &ServiceTaskWork,
        instance: Instance,
        done: &ServiceTaskDone,
    ) -> Result<(), SubmissionError> {
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let tools = self.tools_for(&service, instance.id.owner).await?;
        let mut plan = Plan::go_on(&service, instance, tools, work.author.clone());
        plan.finish_service_task(&work.task, done)?;
        let mut batch = Batch::new();
        work.finish(&mut batch, ServiceTaskState::Done, now);
        self.store_step(&mut plan, batch).await
    }

    pub(in crate::submission) async fn record_failure(
        &self,
        work: &ServiceTaskWork,
        error: &ServiceTaskError,
    ) -> Result<Ending, SubmissionError> {
        let may_retry = matches!(error, ServiceTaskError::Retry(_));
        let mut batch = Batch::new();
        let retried = work.fail(&mut batch, &error.to_string(), may_retry, self.altinn.clock().now());
        tracing::warn!(task = work.task, retried, "a service task failed");
        self.commit_held(batch, if retried { Ending::Deferred } else { Ending::Failed }).await
    }

    pub(in crate::submission) async fn give_up(
        &self,
        work: &ServiceTaskWork,
    ) -> Result<Ending, SubmissionError> {
        let mut batch = Batch::new();
        work.finish(&mut batch, ServiceTaskState::Abandoned, self.altinn.clock().now());
        self.commit_held(batch, Ending::Abandoned).await
    }

    /// Commits what became of an attempt; another worker that has the work meanwhile says what becomes of it.
    async fn commit_held(&self, batch: Batch, ending: Ending) -> Result<Ending, SubmissionError> {
        match self.altinn.store().commit(batch).await {
            Ok(_) => Ok(ending),
            Err(error) if error.is_conflict() => Ok(Ending::Abandoned),
            Err(error) => Err(error.into()),
        }
    }
}
