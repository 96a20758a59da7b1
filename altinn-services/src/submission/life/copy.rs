//! A new instance that begins with what an earlier one held.

use altinn_auth::decision::Access;
use altinn_core::{Actor, InstanceId};
use uuid::Uuid;

use crate::definition::CopyInstanceSettings;
use crate::expression::FieldPath;
use crate::submission::element::DataElement;
use crate::submission::element_access::Writing;
use crate::submission::plan::Plan;
use crate::submission::{Instance, StartOptions, SubmissionError, Submissions};

impl Submissions<'_> {
    /// Starts an instance with the forms of an earlier one of the same party, as the service lets it
    /// (`copyInstanceSettings`): without the data types and fields that it leaves out, and with attachments where it
    /// takes them along. What the caller may not read in the one or write in the other is left out.
    ///
    /// # Errors
    /// [`SubmissionError::CopyNotAllowed`] when the service does not let it; [`SubmissionError::NotSubmitted`] when the
    /// earlier one has not come to its end; [`SubmissionError::Access`] when the caller may not read it, or not start
    /// another; and as [`Submissions::start`].
    pub async fn copy(&self, actor: &Actor, earlier: &InstanceId) -> Result<Instance, SubmissionError> {
        self.copy_with(actor, earlier, &StartOptions::default()).await
    }

    /// Copies an instance with [options](StartOptions): what they fill in is filled in over what was copied.
    ///
    /// # Errors
    /// As [`Submissions::copy`]; [`SubmissionError::Idempotency`] when the key was used for something else.
    #[tracing::instrument(skip_all, fields(altinn.instance = %earlier.guid), err(level = "debug"))]
    pub async fn copy_with(
        &self,
        actor: &Actor,
        earlier: &InstanceId,
        options: &StartOptions,
    ) -> Result<Instance, SubmissionError> {
        let source = self.get(actor, earlier).await?;
        let service = self.service_of(&source)?;
        if !service.definition().metadata().copy_instance_settings().enabled {
            return Err(SubmissionError::CopyNotAllowed);
        }
        if !source.process.has_ended() {
            return Err(SubmissionError::NotSubmitted);
        }
        self.begin(actor, (&service, earlier.owner), options, Some(&source)).await
    }

    /// Takes over what an earlier instance held, and gives what that rests on beside the right to start.
    pub(in crate::submission) async fn take_over(
        &self,
        actor: &Actor,
        plan: &mut Plan<'_>,
        earlier: &Instance,
    ) -> Result<Vec<Access>, SubmissionError> {
        let (taken, rests_on) = self.taken_over(actor, plan, earlier).await?;
        let service = plan.service;
        plan.take_over(earlier, &taken, service.definition().metadata().copy_instance_settings())?;
        Ok(rests_on)
    }

    /// The data types of an earlier instance whose elements the caller may write in a new one, and what that rests on.
    async fn taken_over<'s>(
        &self,
        actor: &Actor,
        plan: &Plan<'s>,
        source: &Instance,
    ) -> Result<(Vec<&'s str>, Vec<Access>), SubmissionError> {
        let (mut taken, mut rests_on) = (Vec::new(), Vec::new());
        for data_type in plan.service.definition().metadata().data_types() {
            if source.element(&data_type.id).is_none() {
                continue;
            }
            match self.permit_writing(actor, &plan.instance, data_type, Writing::Add).await {
                Ok(own) => {
                    taken.push(data_type.id.as_str());
                    rests_on.extend(own);
                }
                Err(SubmissionError::Access(_) | SubmissionError::NotAContributor { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok((taken, rests_on))
    }
}

impl Plan<'_> {
    fn take_over(
        &mut self,
        source: &Instance,
        taken: &[&str],
        settings: &CopyInstanceSettings,
    ) -> Result<(), SubmissionError> {
        let metadata = self.service.definition().metadata();
        let mut filled = Vec::new();
        for element in &source.elements {
            let Some(data_type) = metadata.data_type(&element.data_type) else { continue };
            let is_left_out = settings.excluded_data_types.contains(&element.data_type);
            if is_left_out || !taken.contains(&element.data_type.as_str()) {
                continue;
            }
            if data_type.is_form() {
                filled.push(self.take_over_form(element, settings, &filled)?);
            } else if settings.include_attachments && data_type.task_id.is_some() {
                let (id, now) = (self.tools.ids.next_id(), self.tools.now);
                let copy = DataElement { id, created: now, changed: now, ..element.clone() };
                self.instance.elements.push(copy);
            }
        }
        Ok(())
    }

    /// Takes over a form, into one that was made and is not filled yet where there is one; gives the id of its element.
    fn take_over_form(
        &mut self,
        element: &DataElement,
        settings: &CopyInstanceSettings,
        filled: &[Uuid],
    ) -> Result<Uuid, SubmissionError> {
        let mut form = element.form()?;
        for field in &settings.excluded_data_fields {
            FieldPath::new(field).clear(&mut form);
        }
        let content = form.to_string().into_bytes();
        let mut made = self.instance.elements.iter().filter(|made| made.data_type == element.data_type);
        Ok(match made.find(|made| !filled.contains(&made.id)).map(|made| made.id) {
            Some(made) => {
                self.change(made, content);
                made
            }
            None => self.add_form(element.data_type.clone(), content),
        })
    }
}
