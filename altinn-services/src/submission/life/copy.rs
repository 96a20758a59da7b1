//! A new instance that begins with what an earlier one held.

use altinn_auth::decision::{Access, AccessRequest};
use altinn_auth::register::PartyRegister as _;
use altinn_auth::trail::Deed;
use altinn_core::{Actor, InstanceId};
use uuid::Uuid;

use crate::definition::CopyInstanceSettings;
use crate::expression::FieldPath;
use crate::submission::element::DataElement;
use crate::submission::element_access::Writing;
use crate::submission::plan::Plan;
use crate::submission::{Instance, SubmissionError, Submissions};

impl Submissions<'_> {
    /// Starts an instance with the forms of an earlier one of the same party, as the service lets it
    /// (`copyInstanceSettings`): without the data types and fields that it leaves out, and with attachments where it
    /// takes them along. What the caller may not read in the one or write in the other is left out.
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
        let mut batch = self.also.clone();
        access.guard_with(&mut batch, &Deed::to(plan.instance.id.to_string()));
        let (taken, rests_on) = self.taken_over(actor, &plan, &source).await?;
        rests_on.iter().for_each(|access| access.guard(&mut batch));
        plan.take_over(&source, &taken, settings)?;
        plan.keep_fields()?;
        self.ask_for_signees(&mut plan).await?;
        self.reach_signees(&mut plan, &mut batch).await?;
        plan.instance.insert(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        self.drive(plan.instance).await
    }
}

impl Submissions<'_> {
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
