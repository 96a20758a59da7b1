//! What was not done in the batch of the step: correspondences to signees, and what failed, again.

use altinn_core::store::Batch;
use tokio::time::timeout;

use super::reach::Outstanding;
use super::states::{data_type_of, signees_of};
use crate::submission::plan::Plan;
use crate::submission::service_task::{Ending, LEASE, ServiceTaskError, ServiceTaskState, ServiceTaskWork};
use crate::submission::{Instance, SubmissionError, Submissions, TRIES};

impl Submissions<'_> {
    /// Does what is left to be done for the signees of a task; what fails again is left for later.
    pub(in crate::submission) async fn call_again(
        &self,
        work: &ServiceTaskWork,
        mut instance: Instance,
    ) -> Result<Ending, SubmissionError> {
        for _ in 0..TRIES {
            match self.try_call_again(work, instance).await {
                Ok(ending) => return Ok(ending),
                Err(SubmissionError::Changed) => {}
                Err(SubmissionError::Store(error)) => return Err(SubmissionError::Store(error)),
                Err(error) => {
                    let error = ServiceTaskError::Retry(format!("{}: {error}", error.code()));
                    return self.record_failure(work, &error).await;
                }
            }
            instance = self.load_left(&work.instance).await?;
            if !work.is_of(&instance) {
                return self.give_up(work).await;
            }
        }
        self.record_failure(work, &ServiceTaskError::Retry("the instance changes all the time".to_owned()))
            .await
    }

    async fn try_call_again(
        &self,
        work: &ServiceTaskWork,
        instance: Instance,
    ) -> Result<Ending, SubmissionError> {
        if instance.status.soft_deleted.is_some() {
            return Err(SubmissionError::Deleted);
        }
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), work.author.clone());
        let before = plan.task().ok().map(|task| signees_of(&plan.instance, task)).transpose()?;
        let in_time = timeout(LEASE / 2, self.send_correspondences(&mut plan)).await;
        in_time.unwrap_or(Ok(()))?;
        let mut batch = Batch::new();
        let outstanding = self.let_in_and_tell(&mut plan, &mut batch).await?;
        let after = plan.task().ok().map(|task| signees_of(&plan.instance, task)).transpose()?;
        let is_changed = before != after || !batch.is_empty();
        let ending = self.settle_call(work, &outstanding, &mut batch);
        if is_changed {
            plan.instance.update(&mut batch)?;
            plan.add_traces(&mut batch)?;
        }
        self.altinn.store().commit(batch).await?;
        Ok(ending)
    }

    /// Sends the correspondences of the task at hand that have not been sent, to those whose turn it is.
    async fn send_correspondences(&self, plan: &mut Plan<'_>) -> Result<(), SubmissionError> {
        let task = plan.task()?;
        if data_type_of(task).is_none() || !self.sends_correspondences(plan, task) {
            return Ok(());
        }
        let mut signees = signees_of(&plan.instance, task)?.unwrap_or_default();
        let turn = signees.iter().filter(|signee| !signee.has_signed()).map(|signee| signee.order).min();
        for signee in &mut signees {
            let waits = !signee.has_signed() && Some(signee.order) == turn;
            if waits && signee.cta_correspondence_id.is_none() && !signee.has_failed_to_get_in() {
                self.send_correspondence(plan, task, signee).await;
            }
        }
        plan.keep_signees(task, &signees)
    }

    /// Adds to a batch that the work is done, or is to be done again.
    fn settle_call(&self, work: &ServiceTaskWork, outstanding: &Outstanding, batch: &mut Batch) -> Ending {
        let now = self.altinn.clock().now();
        match outstanding.reason() {
            None => {
                work.finish(batch, ServiceTaskState::Done, now);
                Ending::Done
            }
            Some(reason) => {
                work.fail(batch, reason, true, now);
                Ending::Deferred
            }
        }
    }
}
