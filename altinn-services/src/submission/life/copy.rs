//! A new instance that begins with what an earlier one held.

use altinn_auth::decision::AccessRequest;
use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::Deed;
use altinn_core::{Actor, InstanceId};

use crate::definition::{CopyInstanceSettings, DataType};
use crate::expression::FieldPath;
use crate::submission::element::DataElement;
use crate::submission::plan::Plan;
use crate::submission::{Instance, SubmissionError, Submissions};

impl Submissions<'_> {
    /// Starts an instance with the forms of an earlier one of the same party, as the service lets it
    /// (`copyInstanceSettings`): without the data types and fields that it leaves out, and with attachments where it
    /// takes them along.
    ///
    /// # Errors
    /// [`SubmissionError::CopyNotAllowed`] when the service does not let it; [`SubmissionError::NotSubmitted`] when the
    /// earlier one has not come to its end; [`SubmissionError::Access`] when the caller may not read it, or not start
    /// another.
    #[tracing::instrument(skip_all, fields(altinn.instance = %earlier.guid), err(level = "debug"))]
    pub async fn copy(&self, actor: &Actor, earlier: &InstanceId) -> Result<Instance, SubmissionError> {
        let source = self.get(actor, earlier).await?;
        let service = self.service_of(&source)?;
        let settings = service.definition().metadata().copy_instance_settings();
        if !settings.enabled {
            return Err(SubmissionError::CopyNotAllowed);
        }
        if !source.process.has_ended() {
            return Err(SubmissionError::NotSubmitted);
        }
        let request = AccessRequest::new("instantiate", service.id().clone(), earlier.owner);
        let access = self.altinn.authorizer().decide(actor, &request).await?;
        let owner = self.altinn.register().party(earlier.owner).await?.ok_or(SubmissionError::NotFound)?;
        self.check_start(&service, &owner).await?;
        let tools = self.tools_for(&service, earlier.owner).await?;
        let mut plan = Plan::start(&service, &access, tools)?;
        plan.take_over(&source, settings)?;
        plan.keep_fields()?;
        let mut batch = self.also.clone();
        access.guard_with(&mut batch, &Deed::to(plan.instance.id.to_string()));
        self.ask_for_signees(&mut plan).await?;
        self.reach_signees(&mut plan, &mut batch).await?;
        plan.instance.insert(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        self.drive(plan.instance).await
    }
}

impl Plan<'_> {
    fn take_over(
        &mut self,
        source: &Instance,
        settings: &CopyInstanceSettings,
    ) -> Result<(), SubmissionError> {
        let metadata = self.service.definition().metadata();
        for element in &source.elements {
            let Some(data_type) = metadata.data_type(&element.data_type) else { continue };
            if settings.excluded_data_types.contains(&element.data_type) {
                continue;
            }
            if data_type.is_form() {
                self.take_over_form(element, settings)?;
            } else if settings.include_attachments && is_attached_by_users(data_type) {
                let (id, now) = (self.tools.ids.next_id(), self.tools.now);
                let copy = DataElement { id, created: now, changed: now, ..element.clone() };
                self.instance.elements.push(copy);
            }
        }
        Ok(())
    }

    fn take_over_form(
        &mut self,
        element: &DataElement,
        settings: &CopyInstanceSettings,
    ) -> Result<(), SubmissionError> {
        let mut form = element.form()?;
        for field in &settings.excluded_data_fields {
            FieldPath::new(field).clear(&mut form);
        }
        let content = form.to_string().into_bytes();
        match self.instance.element(&element.data_type).map(|made| made.id) {
            Some(made) => self.change(made, content),
            None => self.add_form(element.data_type.clone(), content),
        }
        Ok(())
    }
}

/// Whether users attach elements of a data type: the app writes those that only it contributes.
fn is_attached_by_users(data_type: &DataType) -> bool {
    data_type.task_id.is_some() && data_type.allowed_contributors().next().is_none()
}
