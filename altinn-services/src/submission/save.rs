//! Keeping a draft: whole, or field by field.

use altinn_core::{Actor, InstanceId};
use serde_json::Value;
use uuid::Uuid;

use super::element_access::Writing;
use super::forms::Forms;
use super::history::History;
use super::hooks::Form;
use super::plan::Plan;
use super::{DataElement, ElementIssue, Instance, Service, SubmissionError, Submissions, TRIES};
use crate::definition::{DataType, check_room};
use crate::form::{FormData, Issue, Patch};
use crate::process::Task;

/// Which form of an instance is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FormOf<'a> {
    /// The first one of a data type; where there is none, storing it makes it.
    Type(&'a str),
    /// The one of an element: of several of a data type, this one.
    Element(Uuid),
    /// One more of a data type that takes several, such as a sub-form.
    New(&'a str),
}

impl<'a> From<&'a str> for FormOf<'a> {
    fn from(data_type: &'a str) -> Self {
        Self::Type(data_type)
    }
}

impl<'a> From<&'a String> for FormOf<'a> {
    fn from(data_type: &'a String) -> Self {
        Self::Type(data_type)
    }
}

impl From<Uuid> for FormOf<'_> {
    fn from(element: Uuid) -> Self {
        Self::Element(element)
    }
}

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

/// What came of changes of forms.
#[derive(Debug)]
struct Changed {
    /// The whole instance.
    instance: Instance,
    /// The elements of the forms that were changed, in the order of the changes.
    elements: Vec<Uuid>,
    /// What is wrong with those forms.
    issues: Vec<Issue>,
}

/// What is to become of a form.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change<'a> {
    To(&'a FormData),
    By(&'a Patch),
}

/// A form that is worked on, and what is around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Worked<'a> {
    pub(super) service: &'a Service,
    pub(super) instance: &'a Instance,
    pub(super) forms: &'a Forms<'a>,
    pub(super) data_type: &'a str,
    /// The element that it is stored in; none where it is new.
    pub(super) element: Option<Uuid>,
}

impl Submissions<'_> {
    /// Stores a form as it is filled in so far, and tells what is wrong with it.
    ///
    /// # Errors
    /// [`SubmissionError::Access`] when the caller may not write in this task, or not this form (`actionRequiredToWrite`);
    /// [`SubmissionError::NotAContributor`] when others write it; [`SubmissionError::UnknownForm`] when the task has no such
    /// form; [`SubmissionError::NotFound`] when there is no such element; [`SubmissionError::Invalid`] when there is room for no
    /// more of them; [`SubmissionError::Changed`] when somebody else wrote at the same time.
    pub async fn save<'f>(
        &self,
        actor: &Actor,
        id: &InstanceId,
        of: impl Into<FormOf<'f>> + Send,
        form: &FormData,
    ) -> Result<Saved, SubmissionError> {
        self.save_version(actor, id, of, form, None).await
    }

    /// Stores a form if the instance still has the version that was read.
    ///
    /// # Errors
    /// As [`Submissions::save`].
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn save_version<'f>(
        &self,
        actor: &Actor,
        id: &InstanceId,
        of: impl Into<FormOf<'f>> + Send,
        form: &FormData,
        version: Option<i64>,
    ) -> Result<Saved, SubmissionError> {
        let changed = self.change_forms(actor, id, &[(of.into(), Change::To(form))], version).await?;
        self.saved(actor, changed).await
    }

    /// Changes fields of a form (JSON Patch, RFC 6902), all of them or none, if the instance still has the version that
    /// was read, where one is given. Operations of the patch that test values guard what they test whatever the version.
    ///
    /// # Errors
    /// As [`Submissions::save`]; [`SubmissionError::Access`] too when the caller may not read the form, since its fields are
    /// tested and told; [`SubmissionError::Patch`] when an operation does not go.
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn patch<'f>(
        &self,
        actor: &Actor,
        id: &InstanceId,
        of: impl Into<FormOf<'f>> + Send,
        patch: &Patch,
        version: Option<i64>,
    ) -> Result<Saved, SubmissionError> {
        let changed = self.change_forms(actor, id, &[(of.into(), Change::By(patch))], version).await?;
        self.saved(actor, changed).await
    }

    /// Changes fields of several forms in one commit, each by its patch and in the order in which they are given: all of
    /// them or none.
    ///
    /// # Errors
    /// As [`Submissions::patch`].
    #[tracing::instrument(skip_all, fields(altinn.instance = %id.guid), err(level = "debug"))]
    pub async fn patch_all<'f>(
        &self,
        actor: &Actor,
        id: &InstanceId,
        patches: &[(impl Into<FormOf<'f>> + Copy + Sync, &Patch)],
        version: Option<i64>,
    ) -> Result<SavedTogether, SubmissionError> {
        let changes: Vec<_> = patches.iter().map(|(of, patch)| ((*of).into(), Change::By(patch))).collect();
        let Changed { instance, .. } = self.change_forms(actor, id, &changes, version).await?;
        let service = self.service_of(&instance)?;
        let hidden = self.hidden_from(actor, &instance).await?;
        let issues = match instance.task() {
            Some(task) => self.issues_of_forms(&service, &instance, task, &hidden).await?,
            None => Vec::new(),
        };
        Ok(SavedTogether { instance: self.shown_to(actor, instance).await?, issues })
    }

    /// Commits changes of forms.
    async fn change_forms(
        &self,
        actor: &Actor,
        id: &InstanceId,
        changes: &[(FormOf<'_>, Change<'_>)],
        version: Option<i64>,
    ) -> Result<Changed, SubmissionError> {
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
        changes: &[(FormOf<'_>, Change<'_>)],
    ) -> Result<Changed, SubmissionError> {
        let access = self.permit(actor, &instance, "write").await?;
        let service = self.service_of(&instance)?;
        let tools = self.tools_of(&service, instance.id.owner).await?;
        let (now, owner) = (tools.now, tools.owner);
        let mut plan = Plan::go_on(&service, instance, tools, actor.into());
        let task = plan.task()?;
        let mut grounds = vec![access];
        let (mut issues, mut elements) = (Vec::new(), Vec::new());
        for (of, change) in changes {
            let (kind, present) = plan.form_of(*of, task)?;
            let data_type = kind.id.as_str();
            let writing = if present.is_some() { Writing::Change } else { Writing::Add };
            grounds.extend(self.permit_writing(actor, &plan.instance, kind, writing).await?);
            if matches!(of, FormOf::New(_)) {
                plan.check_room_for(kind, task)?;
            }
            if matches!(change, Change::By(_)) {
                self.permit_reading(actor, &plan.instance, data_type).await?;
            }
            let forms = Forms::of(&service, &plan.instance, &task.id, owner)?;
            let at = Worked {
                service: &service,
                instance: &plan.instance,
                forms: &forms,
                data_type,
                element: present,
            };
            let (data, found) = self.worked_out(at, *change).await?;
            let content = match (data, change) {
                (None, Change::To(form)) => form.text().as_bytes().to_vec(),
                (data, _) => data.unwrap_or_default().to_string().into_bytes(),
            };
            issues.extend(found);
            elements.push(match present {
                Some(element) => {
                    plan.withdraw_signatures_on(element);
                    plan.change(element, content);
                    element
                }
                None => plan.add_form(data_type.to_owned(), content),
            });
        }
        let mut batch = self.also.clone();
        grounds.iter().for_each(|access| access.guard(&mut batch));
        plan.history.push(History::of_instance("Saved", now));
        plan.keep_fields()?;
        plan.instance.update(&mut batch)?;
        plan.add_traces(&mut batch)?;
        self.altinn.store().commit(batch).await?;
        Ok(Changed { instance: plan.instance, elements, issues })
    }

    /// What came of a change of one form, as the caller sees it.
    async fn saved(&self, actor: &Actor, changed: Changed) -> Result<Saved, SubmissionError> {
        let Changed { instance, elements, issues } = changed;
        let element = instance.elements.iter().find(|element| elements.contains(&element.id)).cloned();
        let element = element.ok_or(SubmissionError::Changed)?;
        Ok(Saved { instance: self.shown_to(actor, instance).await?, element, issues })
    }

    /// The form with what follows from what was filled in, and what is wrong with it; no form when it is as it was sent.
    pub(super) async fn worked_out(
        &self,
        Worked { service, instance, forms, data_type, element }: Worked<'_>,
        change: Change<'_>,
    ) -> Result<(Option<Value>, Vec<Issue>), SubmissionError> {
        let (data, sent) = match change {
            Change::To(form) => (form.value().clone(), Some(form)),
            Change::By(patch) => {
                let stored = instance.elements.iter().find(|known| Some(known.id) == element);
                let stored = stored.map(DataElement::form).transpose()?;
                (patch.apply(&stored.unwrap_or_else(|| serde_json::json!({})))?, None)
            }
        };
        self.calculated(&Form { service, instance, data_type }, forms, data, sent).await
    }

    /// A form that is to hold `data`, with what follows from what was filled in, and what is wrong with it; no form when it
    /// is as it was sent.
    pub(super) async fn calculated(
        &self,
        form: &Form<'_>,
        forms: &Forms<'_>,
        mut data: Value,
        sent: Option<&FormData>,
    ) -> Result<(Option<Value>, Vec<Issue>), SubmissionError> {
        if !data.is_object() {
            return Err(crate::form::FormDataError::NotAnObject.into());
        }
        let hooks = self.altinn.plug_ins().submission(form.service.id());
        if let Some(hooks) = &hooks {
            hooks.calculate(form, &mut data).await;
        }
        // Ids of rows move nothing: the places of what was sent are true still.
        let placed = sent.filter(|sent| *sent.value() == data);
        forms.give_row_ids(form.data_type, &mut data, self.altinn.ids());
        let is_as_sent = sent.is_some_and(|sent| *sent.value() == data);
        let mut issues = forms.issues(form.data_type, &data, placed);
        if let Some(hooks) = &hooks {
            issues.extend(hooks.validate(form, &data).await);
        }
        Ok(((!is_as_sent).then_some(data), issues))
    }
}

impl<'a> Plan<'a> {
    /// The data type of a form that is filled in in a task, and its element where it is there.
    fn form_of(&self, of: FormOf<'_>, task: &Task) -> Result<(&'a DataType, Option<Uuid>), SubmissionError> {
        let service = self.service;
        let kind = |data_type: &str| {
            let unknown = || SubmissionError::UnknownForm { data_type: data_type.to_owned() };
            service.forms_of(&task.id).find(|known| known.id == data_type).ok_or_else(unknown)
        };
        Ok(match of {
            FormOf::Type(data_type) => {
                (kind(data_type)?, self.instance.element(data_type).map(|element| element.id))
            }
            FormOf::Element(id) => {
                let element = self.instance.elements.iter().find(|element| element.id == id);
                (kind(&element.ok_or(SubmissionError::NotFound)?.data_type)?, Some(id))
            }
            FormOf::New(data_type) => (kind(data_type)?, None),
        })
    }

    /// Whether there is room for one more form of a data type: told to whoever may write it, since it tells what is there.
    fn check_room_for(&self, kind: &DataType, task: &Task) -> Result<(), SubmissionError> {
        let of_type = self.instance.elements.iter().filter(|element| element.data_type == kind.id);
        let present = of_type.count();
        if present > 0 && !self.service.takes_several(&task.id, kind) {
            return Err(SubmissionError::Changed);
        }
        check_room(kind, present).map_err(|issue| SubmissionError::Invalid(vec![issue]))
    }

    /// The data type of a form that may be taken away: one of several of it.
    pub(super) fn removable_form(&self, element: Uuid, task: &Task) -> Option<&'a DataType> {
        let (kind, _) = self.form_of(FormOf::Element(element), task).ok()?;
        self.service.takes_several(&task.id, kind).then_some(kind)
    }
}
