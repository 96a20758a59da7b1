//! What stands in the way of leaving a task, without leaving it.

use std::collections::BTreeSet;

use altinn_core::{Actor, InstanceId};
use uuid::Uuid;

use super::forms::Forms;
use super::hooks::Form;
use super::{Instance, Service, SubmissionError, Submissions};
use crate::definition::check_elements;
use crate::form::Issue;
use crate::process::Refusal;

/// What is wrong with an instance, and with which of its elements.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ElementIssue {
    /// The element; none where one is missing or there are too many.
    pub element: Option<Uuid>,
    /// What is wrong.
    pub issue: Issue,
}

impl Submissions<'_> {
    /// What is wrong with what an instance holds for the caller to read, in the task that it stands in: with its forms by their schemas, the app's
    /// rules and the agency's own ([`Submission::validate`](super::Submission::validate)), and with its attachments.
    ///
    /// # Errors
    /// As [`Submissions::get`]; [`SubmissionError::Process`] when the process has ended.
    pub async fn validate(
        &self,
        actor: &Actor,
        id: &InstanceId,
    ) -> Result<Vec<ElementIssue>, SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        self.permit(actor, &instance, "read").await?;
        let hidden = self.hidden_from(actor, &instance).await?;
        let service = self.service_of(&instance)?;
        let Some(task) = instance.task() else {
            let end_event = instance.process.end_event.clone().unwrap_or_default();
            return Err(Refusal::Ended { end_event }.into());
        };
        let mut issues = self.issues_of_forms(&service, &instance, task, &hidden).await?;
        let facts: Vec<_> = instance.elements.iter().map(super::DataElement::facts).collect();
        let of_elements = check_elements(service.definition().metadata().data_types(), task, &facts);
        issues.extend(of_elements.into_iter().map(|issue| ElementIssue { element: None, issue }));
        Ok(issues)
    }

    /// What is wrong with the forms of a task.
    pub(super) async fn issues_of_forms(
        &self,
        service: &Service,
        instance: &Instance,
        task: &str,
        hidden: &BTreeSet<String>,
    ) -> Result<Vec<ElementIssue>, SubmissionError> {
        let owner = self.tools_of(service, instance.id.owner).await?.owner;
        let forms = Forms::of(service, instance, task, owner)?;
        let hooks = self.altinn.plug_ins().submission(service.id());
        let mut found = Vec::new();
        for element in instance.elements() {
            let data_type = element.data_type();
            if hidden.contains(data_type) || !service.forms_of(task).any(|form| form.id == data_type) {
                continue;
            }
            let data = element.form()?;
            let mut issues = forms.issues(data_type, &data, None);
            if let Some(hooks) = &hooks {
                issues.extend(hooks.validate(&Form { service, instance, data_type }, &data).await);
            }
            let element = Some(element.id());
            found.extend(issues.into_iter().map(|issue| ElementIssue { element, issue }));
        }
        Ok(found)
    }
}
