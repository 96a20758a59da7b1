//! Into the bin, out of it again, and gone for good.

use altinn_core::{Actor, InstanceId};
use chrono::TimeDelta;

use crate::inbox::Place;
use crate::submission::history::History;
use crate::submission::plan::Plan;
use crate::submission::{Instance, SubmissionError, Submissions};

/// The action that deletes, and restores.
const DELETE: &str = "delete";

/// What a deletion comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deletion {
    Soft,
    Hard,
    Restored,
}

impl Submissions<'_> {
    /// Puts an instance in the bin: it is read and restored, and nothing else is done with it. Once more does nothing.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not `delete`; [`SubmissionError::DeletionPrevented`] when the
    /// agency needs it still (`preventInstanceDeletionForDays`).
    pub async fn delete(&self, actor: &Actor, id: &InstanceId) -> Result<Instance, SubmissionError> {
        let instance = self.delete_or_restore(actor, id, Deletion::Soft).await?;
        self.shown_to(actor, instance).await
    }

    /// Deletes an instance for good, with all that it holds. What was archived stays archived, and is erased by the rules
    /// of the archive.
    ///
    /// # Errors
    /// As [`Submissions::delete`].
    pub async fn delete_for_good(&self, actor: &Actor, id: &InstanceId) -> Result<(), SubmissionError> {
        self.delete_or_restore(actor, id, Deletion::Hard).await.map(drop)
    }

    /// Takes an instance out of the bin. One that is not there stays as it is.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not `delete`; [`SubmissionError::NotFound`] when it was deleted
    /// for good.
    pub async fn restore(&self, actor: &Actor, id: &InstanceId) -> Result<Instance, SubmissionError> {
        let instance = self.delete_or_restore(actor, id, Deletion::Restored).await?;
        self.shown_to(actor, instance).await
    }

    async fn delete_or_restore(
        &self,
        actor: &Actor,
        id: &InstanceId,
        deletion: Deletion,
    ) -> Result<Instance, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        let access = self.permit(actor, &instance, DELETE).await?;
        let is_done = match deletion {
            Deletion::Soft => instance.status.soft_deleted.is_some(),
            Deletion::Restored => instance.status.soft_deleted.is_none(),
            Deletion::Hard => false,
        };
        if is_done {
            return Ok(instance);
        }
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), actor.into());
        if deletion != Deletion::Restored {
            plan.check_deletion()?;
        }
        let status = &mut plan.instance.status;
        match deletion {
            Deletion::Soft => status.soft_deleted = Some(now),
            Deletion::Restored => {
                status.soft_deleted = None;
                plan.place = Some(Place::Default);
            }
            Deletion::Hard => {
                status.soft_deleted = status.soft_deleted.or(Some(now));
                status.hard_deleted = Some(now);
                plan.empty();
                plan.abandon_work();
            }
        }
        let restored = deletion == Deletion::Restored;
        plan.history.push(History::of_instance(if restored { "Undeleted" } else { "Deleted" }, now));
        plan.events.push(format!("app.instance.{}", if restored { "undeleted" } else { "deleted" }));
        self.store_change(plan, &access, None).await
    }
}

impl Plan<'_> {
    /// Deletes an instance that has come to its end, where its service says so (`autoDeleteOnProcessEnd`): for all but the
    /// agency, which loses it when it confirms that it has taken it over.
    pub(in crate::submission) fn delete_by_its_end(&mut self) {
        if !self.service.definition().metadata().auto_delete_on_process_end() {
            return;
        }
        self.instance.status.hard_deleted = self.instance.process.ended;
        self.history.push(History::of_instance("Deleted", self.tools.now));
        self.events.push("app.instance.deleted".to_owned());
    }

    /// Takes out all that an instance holds.
    pub(super) fn empty(&mut self) {
        self.remove(|_| true);
        self.instance.status.presentation_texts.clear();
        self.instance.status.data_values.clear();
    }

    /// Whether the agency still needs what was sent in: it has not confirmed it, and the days are not over.
    fn check_deletion(&self) -> Result<(), SubmissionError> {
        let days = self.service.definition().metadata().prevent_instance_deletion_for_days();
        let until = match (days, self.instance.process.ended) {
            (Some(days), Some(ended)) => {
                TimeDelta::try_days(days).and_then(|days| ended.checked_add_signed(days))
            }
            _ => None,
        };
        let is_confirmed = !self.instance.status.complete_confirmations.is_empty();
        match until {
            Some(until) if until > self.tools.now && !is_confirmed => {
                Err(SubmissionError::DeletionPrevented { until })
            }
            _ => Ok(()),
        }
    }
}
