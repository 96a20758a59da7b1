//! Keeping a draft: whole, or field by field.

use altinn_core::{Actor, InstanceId};
use serde_json::Value;

use super::element_access::Writing;
use super::forms::Forms;
use super::history::History;
use super::hooks::Form;
use super::plan::Plan;
use super::{DataElement, ElementIssue, Instance, Service, SubmissionError, Submissions, TRIES};
use crate::form::{FormData, Issue, Patch};

/// A draft that is stored, and what is still wrong with it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Saved {
    /// The instance as it now stands.
    pub instance: Instance,
    /// The form as it is stored, also where the caller may only write it.
    pub element: DataElement,
    /// What is wrong with the form: it does not keep it from being stored, only from being submitted.
    pub issues: Vec<Issue>,
}

/// Drafts that were stored together, and what is still wrong with the forms of the task at hand.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SavedTogether {
    /// The instance as it now stands.
    pub instance: Instance,
    /// What is wrong with its forms, also with those that were not changed: their rules may look at each other.
    pub issues: Vec<ElementIssue>,
}

/// What is to become of a form.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change<'a> {
    To(&'a FormData),
    By(&'a Patch),
}

impl Submissions<'_> {
    /// Stores a form as it is filled in so far, and tells what is wrong with it.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not write in this task, or not this form (`actionRequiredToWrite`);
    /// [`SubmissionError::NotAContributor`] when others write it; [`SubmissionError::UnknownForm`] when the task has no such
    /// form; [`SubmissionError::Changed`] when somebody else wrote at the same time.
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
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn save_version(
        &self,
        actor: &Actor,
        id: &InstanceId,
        data_type: &str,
        form: &FormData,
        version: Option<i64>,
    ) -> Result<Saved, SubmissionError> {
        let changed = self.change_forms(actor, id, &[(data_type, Change::To(form))], version).await?;
        self.saved(actor, data_type, changed).await
    }

    /// Changes fields of a form (JSON Patch, RFC 6902), all of them or none, if the instance still has the version that
    /// was read, where one is given. Operations of the patch that test values guard what they test whatever the version.
    ///
    /// # Errors
    /// As [`Submissions::save`]; [`SubmissionError::Access`] too when the caller may not read the form, since its fields are
    /// tested and told; [`SubmissionError::Patch`] when an operation does not go.
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn patch(
        &self,
        actor: &Actor,
        id: &InstanceId,
        data_type: &str,
        patch: &Patch,
        version: Option<i64>,
    ) -> Result<Saved, SubmissionError> {
        let changed = self.change_forms(actor, id, &[(data_type, Change::By(patch))], version).await?;
        self.saved(actor, data_type, changed).await
    }

    /// Changes fields of several forms in one commit, each by its patch and in the order in which they are given: all of
    /// them or none.
    ///
    /// # Errors
    /// As [`Submissions::patch`].
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn patch_all(
        &self,
        actor: &Actor,
        id: &InstanceId,
        patches: &[(&str, &Patch)],
        version: Option<i64>,
    ) -> Result<SavedTogether, SubmissionError> {
        let changes: Vec<_> =
            patches.iter().map(|(data_type, patch)| (*data_type, Change::By(patch))).collect();
        let (instance, _) = self.change_forms(actor, id, &changes, version).await?;
        let service = self.service_of(&instance)?;
        let hidden = self.hidden_from(actor, &instance).await?;
        let issues = match instance.task() {
            Some(task) => self.issues_of_forms(&service, &instance, task, &hidden).await?,
            None => Vec::new(),
        };
        Ok(SavedTogether { instance: self.shown_to(actor, instance).await?, issues })
    }

    /// Commits changes of forms; gives the whole instance, and what is wrong with those forms.
    async fn change_forms(
        &self,
        actor: &Actor,
        id: &InstanceId,
        changes: &[(&str, Change<'_>)],
        version: Option<i64>,
    ) -> Result<(Instance, Vec<Issue>), SubmissionError> {
        let instance = self.load_for(actor, id).await?;
        let mut tries = 1;
        loop {
            if version.is_some_and(|version| version != instance.version) {
                self.permit(actor, &instance, "read").await?;
                return Err(SubmissionError::Changed);
            }
            match self.try_change(actor, instance.clone(), changes).await {
                // The rights changed, and are decided anew.
                Err(SubmissionError::Changed) if tries < TRIES && self.is_unchanged(&instance).await? => {
                    tries += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn try_change(
        &self,
        actor: &Actor,
        instance: Instance,
        changes: &[(&str, Change<'_>)],
    ) -> Result<(Instance, Vec<Issue>), SubmissionError> {
        let access = self.permit(actor, &instance, "write").await?;
        let service = self.service_of(&instance)?;
        let tools = self.tools_of(&service, instance.id.owner).await?;
        let (now, owner) = (tools.now, tools.owner);
        let mut plan = Plan::go_on(&service, instance, tools, actor.into());
        let task = plan.task()?;
        let mut grounds = vec![access];
        let mut issues = Vec::new();
        for (data_type, change) in changes {
            let unknown = || SubmissionError::UnknownForm { data_type: (*data_type).to_owned() };
            let kind = service.forms_of(&task.id).find(|known| known.id == *data_type).ok_or_else(unknown)?;
            let present = plan.instance.element(data_type).map(|element| element.id);
            let writing = if present.is_some() { Writing::Change } else { Writing::Add };
            grounds.extend(self.permit_writing(actor, &plan.instance, kind, writing).await?);
            if matches!(change, Change::By(_)) {
                self.permit_reading(actor, &plan.instance, data_type).await?;
            }
            let forms = Forms::of(&service, &plan.instance, &task.id, owner)?;
            let (data, found) = self.worked_out(&service, &plan.instance, &forms, data_type, *change).await?;
            let content = match (data, change) {
                (None, Change::To(form)) => form.text().as_bytes().to_vec(),
                (data, _) => data.unwrap_or_default().to_string().into_bytes(),
            };
            issues.extend(found);
            match present {
                Some(element) => {
                    plan.withdraw_signatures_on(element);
                    plan.change(element, content);
                }
                None => plan.add_form((*data_type).to_owned(), content),
            }
        }
        let mut batch = self.also.clone();
        grounds.iter().for_each(|access| access.guard(&mut batch));
        plan.history.push(History::of_instance("Saved", now));
        plan.keep_fields()?;
        plan.instance.update(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        Ok((plan.instance, issues))
    }

    /// What came of a change of one form, as the caller sees it.
    async fn saved(
        &self,
        actor: &Actor,
        data_type: &str,
        (instance, issues): (Instance, Vec<Issue>),
    ) -> Result<Saved, SubmissionError> {
        let element = instance.element(data_type).cloned().ok_or(SubmissionError::Changed)?;
        Ok(Saved { instance: self.shown_to(actor, instance).await?, element, issues })
    }

    /// The form with what follows from what was filled in, and what is wrong with it; no form when it is as it was sent.
    pub(super) async fn worked_out(
        &self,
        service: &Service,
        instance: &Instance,
        forms: &Forms<'_>,
        data_type: &str,
        change: Change<'_>,
    ) -> Result<(Option<Value>, Vec<Issue>), SubmissionError> {
        let (mut data, sent) = match change {
            Change::To(form) => (form.value().clone(), Some(form)),
            Change::By(patch) => {
                let stored = instance.element(data_type).map(DataElement::form).transpose()?;
                (patch.apply(&stored.unwrap_or_else(|| serde_json::json!({})))?, None)
            }
        };
        if !data.is_object() {
            return Err(crate::form::FormDataError::NotAnObject.into());
        }
        let hooks = self.altinn.plug_ins().submission(service.id());
        let form = Form { service, instance, data_type };
        if let Some(hooks) = &hooks {
            hooks.calculate(&form, &mut data).await;
        }
        // Ids of rows move nothing: the places of what was sent are true still.
        let placed = sent.filter(|sent| *sent.value() == data);
        forms.give_row_ids(data_type, &mut data, self.altinn.ids());
        let is_as_sent = sent.is_some_and(|sent| *sent.value() == data);
        let mut issues = forms.issues(data_type, &data, placed);
        if let Some(hooks) = &hooks {
            issues.extend(hooks.validate(&form, &data).await);
        }
        Ok(((!is_as_sent).then_some(data), issues))
    }
}
