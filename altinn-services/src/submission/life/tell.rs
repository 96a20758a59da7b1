//! What the agency and the owner say of an instance: substatus, confirmation, read or not.

use altinn_auth::decision::Access;
use altinn_auth::trail::Deed;
use altinn_core::{Actor, InstanceId};

use super::{CompleteConfirmation, ReadStatus, Substatus};
use crate::inbox::InboxElement;
use crate::submission::history::History;
use crate::submission::plan::Plan;
use crate::submission::{Instance, SubmissionError, Submissions, is_agency};

/// The action by which an agency confirms that it has taken over what was sent in.
const COMPLETE: &str = "complete";

impl Submissions<'_> {
    /// Says what the agency thinks of an instance, or nothing any more.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when the caller is not the service's agency, [`SubmissionError::Access`] when the
    /// policy does not let it `write`.
    pub async fn set_substatus(
        &self,
        agency: &Actor,
        id: &InstanceId,
        substatus: Option<Substatus>,
    ) -> Result<Instance, SubmissionError> {
        let (instance, access) = self.of_agency(agency, id, "write").await?;
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), agency.into());
        plan.instance.status.substatus = substatus;
        plan.history.push(History::of_instance("SubstatusUpdated", now));
        plan.events.push("app.instance.substatus.changed".to_owned());
        self.shown_to(agency, self.store_change(plan, &access, Some("substatus")).await?).await
    }

    /// Confirms that the agency has taken over what was sent in. Once more does nothing. An instance that its end deleted
    /// for all others loses what it holds (`autoDeleteOnProcessEnd`).
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when the caller is not the service's agency, [`SubmissionError::Access`] when the
    /// policy does not let it `complete`, [`SubmissionError::NotSubmitted`] before the end.
    pub async fn confirm_complete(
        &self,
        agency: &Actor,
        id: &InstanceId,
    ) -> Result<Instance, SubmissionError> {
        let (instance, access) = self.of_agency(agency, id, COMPLETE).await?;
        if !instance.process.has_ended() {
            return Err(SubmissionError::NotSubmitted);
        }
        let org = instance.service.org().to_owned();
        let confirmations = &instance.status.complete_confirmations;
        if confirmations.iter().any(|confirmation| confirmation.stakeholder_id == org) {
            return self.shown_to(agency, instance).await;
        }
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), agency.into());
        let confirmation = CompleteConfirmation { stakeholder_id: org, confirmed_on: now };
        plan.instance.status.complete_confirmations.push(confirmation);
        if plan.instance.was_deleted_by_its_end() {
            plan.empty();
        }
        plan.history.push(History::of_instance("ConfirmedComplete", now));
        self.shown_to(agency, self.store_change(plan, &access, Some(COMPLETE)).await?).await
    }

    /// Marks an instance as read, or not.
    ///
    /// # Errors
    /// As [`Submissions::get`].
    pub async fn mark(
        &self,
        actor: &Actor,
        id: &InstanceId,
        read: ReadStatus,
    ) -> Result<Instance, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        let access = self.permit(actor, &instance, "read").await?;
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), actor.into());
        plan.instance.status.read_status = read;
        let mut also = self.also.clone();
        InboxElement::mark(&mut also, (id.owner, id.guid), &actor.reference(), read == ReadStatus::Read);
        let marked = Submissions { altinn: self.altinn, also }.store_change(plan, &access, None).await?;
        self.shown_to(actor, marked).await
    }

    pub(in crate::submission) async fn of_agency(
        &self,
        agency: &Actor,
        id: &InstanceId,
        action: &str,
    ) -> Result<(Instance, Access), SubmissionError> {
        let instance = self.load_left(id).await?;
        if !is_agency(agency, &instance.service) {
            return Err(SubmissionError::NotFound);
        }
        let access = self.permit(agency, &instance, action).await?;
        Ok((instance, access))
    }

    /// Commits a change of an instance's status; in the trail, under a name of its own or that of the action.
    pub(super) async fn store_change(
        &self,
        mut plan: Plan<'_>,
        access: &Access,
        name: Option<&str>,
    ) -> Result<Instance, SubmissionError> {
        let mut batch = self.also.clone();
        access.guard_with(&mut batch, &name.map(Deed::called).unwrap_or_default());
        if plan.instance.status.hard_deleted.is_some() {
            self.reach_signees(&mut plan, &mut batch).await?;
        }
        plan.instance.update(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        Ok(plan.instance)
    }
}
