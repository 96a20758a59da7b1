//! Repair: what a supporter of the agency does with an instance that does not go on, all of it in the trail.
//!
//! A supporter is the service's own agency ([`Subject::ServiceOwner`]), whom the service's policy lets `write` in the
//! instance. Each operation takes the reason, which is kept in the trail: nothing personal stands in it.

use altinn_auth::trail::Deed;
use altinn_core::store::{Batch, params};
use altinn_core::{Actor, InstanceId, ServiceId};

use super::plan::Plan;
use super::service_task::{ServiceTaskState, ServiceTaskWork};
use super::signing::{CALL_TO_SIGN, signees_of};
use super::{Instance, SubmissionError, Submissions, is_agency};
use crate::process::{TaskKind, jump};

/// The most that one call lists.
const MAX_LISTED: u32 = 1_000;

/// How an instance stands, and what it waits for.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Standing {
    /// The instance.
    pub instance: Instance,
    /// What it waits for.
    pub waits_for: WaitsFor,
    /// The work of its service tasks, and of its calls to sign, the latest first; at most 100.
    pub work: Vec<ServiceTaskWork>,
}

/// What an instance waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitsFor {
    /// Nothing: its process has ended, or has not begun.
    Nothing,
    /// Somebody fills in, confirms or signs.
    User,
    /// Those who were named sign, one after the other or together.
    Signees,
    /// A payment is made.
    Payment,
    /// The agency answers.
    Agency,
    /// A service task is done.
    ServiceTask,
}

impl WaitsFor {
    /// The name: `nothing`, `user`, `signees`, `payment`, `agency`, `serviceTask`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::User => "user",
            Self::Signees => "signees",
            Self::Payment => "payment",
            Self::Agency => "agency",
            Self::ServiceTask => "serviceTask",
        }
    }
}

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
        if !is_agency(supporter, service) {
            return Err(SubmissionError::NotFound);
        }
        let sql = "select * from services_task where service = $1 and state in ('waiting', 'failed') \
                   and (state = 'failed' or failures > 0) order by changed_at, id limit $2";
        let limit = i64::from(limit.min(MAX_LISTED));
        let rows = self.altinn.store().query(sql, params![service.to_string(), limit]).await?;
        rows.iter().map(ServiceTaskWork::from_row).collect()
    }

    /// Why an instance does not go on: where it stands, what it waits for, and what became of its service tasks.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when the caller is not the service's agency, [`SubmissionError::Access`] when the
    /// policy does not let it `read`.
    pub async fn standing(&self, supporter: &Actor, id: &InstanceId) -> Result<Standing, SubmissionError> {
        let (instance, _) = self.of_agency(supporter, id, "read").await?;
        let work = ServiceTaskWork::all_of(self.altinn.store(), instance.id.guid).await?;
        let waits_for = self.waits_for(&instance, &work)?;
        Ok(Standing { instance: self.shown_to(supporter, instance).await?, waits_for, work })
    }

    fn waits_for(&self, instance: &Instance, work: &[ServiceTaskWork]) -> Result<WaitsFor, SubmissionError> {
        let Some(current) = instance.task() else { return Ok(WaitsFor::Nothing) };
        let is_open = |work: &ServiceTaskWork| {
            matches!(work.state, ServiceTaskState::Waiting | ServiceTaskState::Failed)
        };
        if work.iter().any(|work| work.kind != CALL_TO_SIGN && is_open(work) && work.is_of(instance)) {
            return Ok(WaitsFor::ServiceTask);
        }
        let service = self.service_of(instance)?;
        Ok(match service.definition().process().task(current) {
            Some(task) if task.kind == TaskKind::Payment => WaitsFor::Payment,
            Some(task) if task.kind == TaskKind::Feedback => WaitsFor::Agency,
            Some(task) if task.kind == TaskKind::Signing && signees_of(instance, task)?.is_some() => {
                WaitsFor::Signees
            }
            _ => WaitsFor::User,
        })
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
        let (instance, access) = self.of_agency(supporter, id, "write").await?;
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
        let (instance, access) = self.of_agency(supporter, id, "write").await?;
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
        let (instance, access) = self.of_agency(supporter, id, "write").await?;
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
}

/// What a supporter does, and the first 500 characters of why.
fn deed(action: &str, reason: &str) -> Deed {
    Deed::called(action).because(reason.chars().take(500).collect::<String>())
}
