//! Attachments: files beside the forms.

use altinn_core::store::Batch;
use altinn_core::{Actor, InstanceId};
use uuid::Uuid;

use super::element::DataElement;
use super::element_access::Writing;
use super::history::History;
use super::plan::Plan;
use super::signing::EVIDENCE;
use super::{FileScanResult, Instance, SubmissionError, Submissions, TRIES};
use crate::definition::{DataType, ElementFacts, check_new_element};
use crate::process::Task;

/// A file that is attached to an instance. Its `Debug` shows neither its name nor what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is called.
    pub file_name: String,
    /// What it is said to be; what it holds decides whether it is.
    pub content_type: String,
    /// What it holds.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attachment")
            .field("content_type", &self.content_type)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// What is done with an attachment.
#[derive(Debug, Clone, Copy)]
enum Change<'a> {
    Attach { data_type: &'a str, attachment: &'a Attachment },
    Replace { element: Uuid, attachment: &'a Attachment, version: Option<i64> },
    Detach(Uuid),
}

impl Submissions<'_> {
    /// Attaches a file to an instance, in the task at hand, and gives its element's id.
    ///
    /// # Errors
    /// [`SubmissionError::Invalid`] says why the service does not take it: its type is another than it says or not
    /// allowed, it is too large, or there are enough. [`SubmissionError::UnknownForm`] when the task has no attachments
    /// of that data type; [`SubmissionError::Access`] when the caller may not write, or not elements of that data type;
    /// [`SubmissionError::NotAContributor`] when the data type takes them from others.
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn attach(
        &self,
        actor: &Actor,
        id: &InstanceId,
        data_type: &str,
        attachment: &Attachment,
    ) -> Result<Uuid, SubmissionError> {
        Ok(self.attach_element(actor, id, data_type, attachment).await?.1.id)
    }

    /// As [`attach`](Self::attach), and gives the element and its instance.
    pub(crate) async fn attach_element(
        &self,
        actor: &Actor,
        id: &InstanceId,
        data_type: &str,
        attachment: &Attachment,
    ) -> Result<(Instance, DataElement), SubmissionError> {
        let instance = self.change_attachments(actor, id, Change::Attach { data_type, attachment }).await?;
        let mut of_type = instance.elements.iter().filter(|element| element.data_type == data_type);
        let attached = of_type.next_back().cloned().ok_or(SubmissionError::Changed)?;
        Ok((self.shown_to(actor, instance).await?, attached))
    }

    /// Replaces an attachment by another file of its data type, in the task that it belongs to, if the instance still has
    /// the version that was read, where one is given. Its element keeps its id, is scanned anew, and what was signed of it
    /// is signed no more.
    ///
    /// # Errors
    /// As [`Submissions::attach`]; [`SubmissionError::NotFound`] when there is none; [`SubmissionError::Changed`] when the
    /// instance has another version.
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn replace_attachment(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
        attachment: &Attachment,
        version: Option<i64>,
    ) -> Result<Instance, SubmissionError> {
        let change = Change::Replace { element, attachment, version };
        let instance = self.change_attachments(actor, id, change).await?;
        self.shown_to(actor, instance).await
    }

    /// Takes an attachment, or one of several forms of a data type (a sub-form), out of an instance, in the task that it
    /// belongs to.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] when there is none; [`SubmissionError::Access`] and
    /// [`SubmissionError::NotAContributor`] as [`attach`](Self::attach).
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn detach(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
    ) -> Result<Instance, SubmissionError> {
        let instance = self.change_attachments(actor, id, Change::Detach(element)).await?;
        self.shown_to(actor, instance).await
    }

    async fn change_attachments(
        &self,
        actor: &Actor,
        id: &InstanceId,
        change: Change<'_>,
    ) -> Result<Instance, SubmissionError> {
        let mut tries = 1;
        loop {
            match self.try_change_attachments(actor, id, change).await {
                // Attachments do not depend on what else was changed meanwhile, unless the caller says so.
                Err(SubmissionError::Changed) if tries < TRIES && !change.is_of_version() => tries += 1,
                outcome => return outcome,
            }
        }
    }

    async fn try_change_attachments(
        &self,
        actor: &Actor,
        id: &InstanceId,
        change: Change<'_>,
    ) -> Result<Instance, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        if let Change::Replace { version: Some(version), .. } = change
            && version != instance.version
        {
            self.permit(actor, &instance, "read").await?;
            return Err(SubmissionError::Changed);
        }
        let access = self.permit(actor, &instance, "write").await?;
        let service = self.service_of(&instance)?;
        let now = self.altinn.clock().now();
        let mut plan = Plan::go_on(&service, instance, self.altinn.tools(now), actor.into());
        let task = plan.task()?;
        let own = match change {
            Change::Attach { data_type, attachment } => {
                let unknown = || SubmissionError::UnknownForm { data_type: data_type.to_owned() };
                let kind = plan.attachable(data_type, task).ok_or_else(unknown)?;
                let own = self.permit_writing(actor, &plan.instance, kind, Writing::Add).await?;
                plan.attach(kind, attachment)?;
                own
            }
            Change::Replace { element, attachment, .. } => {
                let kind = plan.attached(element, task).ok_or(SubmissionError::NotFound)?;
                let own = self.permit_writing(actor, &plan.instance, kind, Writing::Change).await?;
                plan.withdraw_signatures_on(element);
                plan.replace(element, kind, attachment)?;
                own
            }
            Change::Detach(element) => {
                let kind = plan.attached(element, task).or_else(|| plan.removable_form(element, task));
                let kind = kind.ok_or(SubmissionError::NotFound)?;
                let own = self.permit_writing(actor, &plan.instance, kind, Writing::Remove).await?;
                plan.withdraw_signatures_on(element);
                plan.remove(|known| known.id == element);
                own
            }
        };
        let mut batch: Batch = self.also.clone();
        [Some(access), own].iter().flatten().for_each(|access| access.guard(&mut batch));
        plan.history.push(History::of_instance("Saved", now));
        plan.instance.update(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        Ok(plan.instance)
    }
}

impl Change<'_> {
    /// Whether it is made to one version of the instance and to no other.
    fn is_of_version(self) -> bool {
        matches!(self, Self::Replace { version: Some(_), .. })
    }
}

impl<'a> Plan<'a> {
    /// The data type of an attachment that is there, and is changed in a task.
    fn attached(&self, element: Uuid, task: &Task) -> Option<&'a DataType> {
        let found = self.instance.elements.iter().find(|known| known.id == element)?;
        self.attachable(&found.data_type, task)
    }

    /// A data type whose elements are attached in a task: one of the task, or of no task, that the machine does not write.
    pub(super) fn attachable(&self, data_type: &str, task: &Task) -> Option<&'a DataType> {
        let is_written = data_type == EVIDENCE || self.process().tasks().any(|task| task.writes(data_type));
        let kind = self.service.definition().metadata().data_type(data_type).filter(|_| !is_written)?;
        let is_of_task = kind.task_id.as_deref().is_none_or(|own| own == task.id);
        (!kind.is_form() && is_of_task).then_some(kind)
    }
}

impl Plan<'_> {
    pub(super) fn attach(&mut self, kind: &DataType, attachment: &Attachment) -> Result<(), SubmissionError> {
        let present = self.instance.elements.iter().filter(|element| element.data_type == kind.id).count();
        check(kind, present, attachment)?;
        let (id, now) = (self.tools.ids.next_id(), self.tools.now);
        let content = attachment.content.clone();
        let mut element = DataElement::new(id, &kind.id, &attachment.content_type, content, now);
        element.describe(kind, attachment);
        self.instance.elements.push(element);
        Ok(())
    }

    fn replace(&mut self, id: Uuid, kind: &DataType, attachment: &Attachment) -> Result<(), SubmissionError> {
        let others =
            self.instance.elements.iter().filter(|known| known.data_type == kind.id && known.id != id);
        check(kind, others.count(), attachment)?;
        self.change(id, attachment.content.clone());
        if let Some(element) = self.instance.elements.iter_mut().find(|known| known.id == id) {
            element.describe(kind, attachment);
        }
        Ok(())
    }
}

impl DataElement {
    /// Takes over what a file is called and said to be; it is scanned anew.
    fn describe(&mut self, kind: &DataType, attachment: &Attachment) {
        self.content_type.clone_from(&attachment.content_type);
        self.file_name = Some(attachment.file_name.chars().take(255).collect());
        self.file_scan =
            if kind.enable_file_scan { FileScanResult::Pending } else { FileScanResult::NotApplicable };
    }
}

/// Refuses a file that the service does not take beside so many others of its data type.
fn check(kind: &DataType, present: usize, attachment: &Attachment) -> Result<(), SubmissionError> {
    let facts = ElementFacts {
        data_type: kind.id.clone(),
        content_type: attachment.content_type.clone(),
        size: attachment.content.len() as u64,
        file_scan: FileScanResult::NotApplicable,
    };
    let issues = check_new_element(kind, present, &facts, &attachment.content);
    if issues.is_empty() { Ok(()) } else { Err(SubmissionError::Invalid(issues)) }
}
