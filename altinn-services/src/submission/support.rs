//! Repair: what a supporter of the agency does with an instance that does not go on, all of it in the trail.
//!
//! A supporter is the service's own agency ([`Subject::ServiceOwner`]), whom the service's policy lets `write` in the
//! instance. Each operation takes the reason, which is kept in the trail: nothing personal stands in it.

use altinn_auth::decision::Access;
use altinn_auth::trail::Deed;
use altinn_core::store::{Batch, params};
use altinn_core::{Actor, InstanceId, ServiceId, Subject};

use super::plan::Plan;
use super::service_task::{ServiceTaskState, ServiceTaskWork};
use super::{Instance, SubmissionError, Submissions};
use crate::process::jump;

/// The most that one call lists.
const MAX_LISTED: u32 = 1_000;

impl Submissions<'_> {
    /// The service tasks of a service that failed for good or are tried again after a failure, the longest unchanged
    /// first, at most so many (and at most 1,000).
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when the caller is not the service's agency.
    pub async fn stuck(
        &self,
        supporter: &Actor,
        service: &ServiceId,
        limit: u32,
    ) -> Result<Vec<ServiceTaskWork>, SubmissionError> {
        is_agency(supporter, service)?;
        let sql = "select * from services_task where service = $1 and state in ('waiting', 'failed') \
                   and (state = 'failed' or failures > 0) order by changed_at, id limit $2";
        let limit = i64::from(limit.min(MAX_LISTED));
        let rows = self.altinn.store().query(sql, params![service.to_string(), limit]).await?;
        rows.iter().map(ServiceTaskWork::from_row).collect()
    }

    /// Lets the service task that an instance stands in be tried again, from now on and by itself.
    ///
    /// # Errors
    /// [`SubmissionError::NothingToRepair`] when the instance does not stand in a service task that failed.
    pub async fn resume(
        &self,
        supporter: &Actor,
        id: &InstanceId,
        reason: &str,
    ) -> Result<Instance, SubmissionError> {
        let (instance, access) = self.supported(supporter, id).await?;
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &deed("support.resume", reason));
        ServiceTaskWork::resume(&mut batch, &instance, self.altinn.clock().now());
        match self.altinn.store().commit(batch).await {
            Ok(_) => self.shown_to(supporter, self.drive(instance).await?).await,
            Err(error) if error.is_conflict() => Err(SubmissionError::NothingToRepair),
            Err(error) => Err(error.into()),
        }
    }

    /// Moves an instance to another task of its process, whatever its gateways say. Work of a service task that is not
    /// done is not done any more, and signatures are withdrawn.
    ///
    /// # Errors
    /// [`SubmissionError::Process`] when there is no such task, or the process has ended.
    pub async fn move_to(
        &self,
        supporter: &Actor,
        id: &InstanceId,
        task: &str,
        reason: &str,
    ) -> Result<Instance, SubmissionError> {
        let (instance, access) = self.supported(supporter, id).await?;
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let step = jump(service.definition().process(), &instance.process, task, now)?;
        let tools = self.tools_for(&service, instance.id.owner).await?;
        let mut plan = Plan::go_on(&service, instance, tools, supporter.into());
        plan.move_by(step)?;
        let mut batch = Batch::new();
        access.guard_with(&mut batch, &deed("support.move", reason));
        self.store_step(&mut plan, batch).await?;
        self.shown_to(supporter, self.drive(plan.instance).await?).await
    }

    /// Undoes what the last service task of an instance may have done elsewhere, by the agency's
    /// [`compensate`](super::ServiceTask::compensate). The instance stays where it stands.
    ///
    /// # Errors
    /// [`SubmissionError::NothingToRepair`] when there was none, or a worker is at it;
    /// [`SubmissionError::ServiceTaskPending`] says why it was not undone.
    pub async fn compensate(
        &self,
        supporter: &Actor,
        id: &InstanceId,
        reason: &str,
    ) -> Result<(), SubmissionError> {
        let (instance, access) = self.supported(supporter, id).await?;
        let (store, now) = (self.altinn.store(), self.altinn.clock().now());
        let last = ServiceTaskWork::last_of(store, instance.id.guid).await?;
        let mut work = last.ok_or(SubmissionError::NothingToRepair)?;
        let is_open = work.state == ServiceTaskState::Waiting;
        if is_open {
            // Nobody does what is being undone.
            let held = ServiceTaskWork::claim_of(store, instance.id.guid).await?;
            work = held.ok_or(SubmissionError::NothingToRepair)?;
        }
        let mut batch = Batch::new();
        if let Err(error) = self.undo(&work, &instance).await {
            if is_open {
                work.put_back(&mut batch, now);
                store.commit(batch).await.map(drop).or_else(|error| match error.is_conflict() {
                    true => Ok(()),
                    false => Err(error),
                })?;
            }
            return Err(error);
        }
        access.guard_with(&mut batch, &deed("support.compensate", reason));
        work.compensated(&mut batch, now);
        match store.commit(batch).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_conflict() => Err(SubmissionError::NothingToRepair),
            Err(error) => Err(error.into()),
        }
    }

    async fn supported(
        &self,
        supporter: &Actor,
        id: &InstanceId,
    ) -> Result<(Instance, Access), SubmissionError> {
        let instance = self.load(id).await?;
        is_agency(supporter, &instance.service)?;
        let access = self.permit(supporter, &instance, "write").await?;
        Ok((instance, access))
    }
}

/// What a supporter does, and the first 500 characters of why.
fn deed(action: &str, reason: &str) -> Deed {
    Deed::called(action).because(reason.chars().take(500).collect::<String>())
}

fn is_agency(supporter: &Actor, service: &ServiceId) -> Result<(), SubmissionError> {
    match supporter.subject() {
        Subject::ServiceOwner { org, .. } if org == service.org() => Ok(()),
        _ => Err(SubmissionError::NotFound),
    }
}
