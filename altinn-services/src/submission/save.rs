//! Keeping a draft.

use altinn_core::{Actor, InstanceId};

use super::history::History;
use super::plan::Plan;
use super::{Instance, SubmissionError, Submissions, TRIES};
use crate::form::{FormData, Issue};

/// A draft that is stored, and what is still wrong with it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Saved {
    /// The instance as it now stands.
    pub instance: Instance,
    /// What is wrong with the form: it does not keep it from being stored, only from being submitted.
    pub issues: Vec<Issue>,
}

impl Submissions<'_> {
    /// Stores a form as it is filled in so far, and tells what is wrong with it.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not write in this task, [`SubmissionError::UnknownForm`] when
    /// it has no such form, [`SubmissionError::Changed`] when somebody else wrote at the same time.
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn save(
        &self,
        actor: &Actor,
        id: &InstanceId,
        data_type: &str,
        form: &FormData,
    ) -> Result<Saved, SubmissionError> {
        self.save_version(actor, id, data_type, form, None).await
    }

    /// Stores a form if the instance still has the version that was read.
    ///
    /// # Errors
    /// As [`Submissions::save`].
    pub async fn save_version(
        &self,
        actor: &Actor,
        id: &InstanceId,
        data_type: &str,
        form: &FormData,
        version: Option<i64>,
    ) -> Result<Saved, SubmissionError> {
        let instance = self.load(id).await?;
        let mut tries = 1;
        loop {
            if version.is_some_and(|version| version != instance.version) {
                self.permit(actor, &instance, "read").await?;
                return Err(SubmissionError::Changed);
            }
            match self.try_save(actor, instance.clone(), data_type, form).await {
                // The rights changed, and are decided anew.
                Err(SubmissionError::Changed) if tries < TRIES && self.is_unchanged(&instance).await? => {
                    tries += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_save(
        &self,
        actor: &Actor,
        instance: Instance,
        data_type: &str,
        form: &FormData,
    ) -> Result<Saved, SubmissionError> {
        let access = self.permit(actor, &instance, "write").await?;
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), actor.into());
        let task = plan.task()?;
        let unknown = || SubmissionError::UnknownForm { data_type: data_type.to_owned() };
        service.forms_of(&task.id).find(|known| known.id == data_type).ok_or_else(unknown)?;

        let mut batch = self.also.clone();
        access.guard(&mut batch);
        let content = form.text().as_bytes().to_vec();
        match plan.instance.element(data_type).map(|element| element.id) {
            Some(element) => plan.change(element, content),
            None => plan.add_form(data_type.to_owned(), content),
        }
        plan.history.push(History::of_instance("Saved", now));
        plan.instance.update(&mut batch)?;
        plan.add_traces(&mut batch)?;
        let issues = service.definition().validate(data_type, form);
        self.altinn.store().commit(batch).await?;
        Ok(Saved { instance: plan.instance, issues })
    }
}
