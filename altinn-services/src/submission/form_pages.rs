//! The form of the task at hand, page by page: shown from its layouts, and filled in from what a browser sends.

use std::collections::{BTreeMap, BTreeSet};

use altinn_core::{Actor, InstanceId, Language};
use serde_json::{Map, Value};

use super::element_access::Writing;
use super::forms::Forms;
use super::{ElementIssue, Instance, Service, SubmissionError, Submissions};
use crate::form::{FormData, FormLimits, Issue};
use crate::form_page::{Attachment, FormPage, FormPages, FormPost, FormView, SummaryPart};
use crate::process::TaskKind;

/// The actions that expressions of layouts ask about, beside `read`.
const ACTIONS: [&str; 4] = ["write", "confirm", "sign", "reject"];
/// Without it nothing is filled in.
const WRITE: &str = "write";

/// Whether pages say what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShowIssues {
    /// They say nothing of it: the form is being filled in.
    No,
    /// They say what is wrong, and what is missing.
    Yes,
}

impl Submissions<'_> {
    /// The pages of the task that an instance stands in, as the caller may see and fill them in; none where it stands
    /// in no task, or the app has no layouts for it.
    ///
    /// # Errors
    /// [`SubmissionError::NotFound`] and [`SubmissionError::Access`] as [`Submissions::get`];
    /// [`SubmissionError::Pages`] when the layouts and the data do not go together.
    pub async fn form_pages(
        &self,
        actor: &Actor,
        id: &InstanceId,
        language: Language,
        issues: ShowIssues,
    ) -> Result<FormPages, SubmissionError> {
        let instance = self.get(actor, id).await?;
        let service = self.service_of(&instance)?;
        let Some(task) = instance.task() else { return Ok(FormPages::default()) };
        let owner = self.tools_of(&service, instance.id.owner).await?.owner;
        let forms = Forms::of(&service, &instance, task, owner)?;
        let allowed = self.allowed(actor, &instance).await;
        let empty = Value::Object(Map::new());
        let view = view_of(&service, &instance, &forms, &empty, language, &allowed);
        let view = self.without_what_others_write(actor, &instance, &service, view).await?;
        if issues == ShowIssues::No {
            return Ok(view.pages()?);
        }
        let missing = view.pages()?.missing();
        let mut found: Vec<(String, Issue)> = Vec::new();
        for ElementIssue { element, mut issue } in self.validate(actor, id).await? {
            let element = element.and_then(|id| instance.elements().iter().find(|found| found.id() == id));
            let data_type = match element {
                Some(element) => element.data_type().to_owned(),
                // What is wrong with files stands at the component of their data type.
                None => data_type_in(&std::mem::take(&mut issue.path)),
            };
            found.push((data_type, issue));
        }
        let known: BTreeSet<_> =
            found.iter().map(|(data_type, issue)| (data_type.clone(), issue.path.clone())).collect();
        found.extend(
            missing.into_iter().filter(|(of, issue)| !known.contains(&(of.clone(), issue.path.clone()))),
        );
        let view =
            found.into_iter().fold(view, |view, (data_type, issue)| view.with_issues(&data_type, [issue]));
        Ok(view.pages()?)
    }

    /// What has been filled in in an instance's data tasks, to be read: entries, headings and tables as the app's layouts
    /// show them, for a task that has no pages of its own.
    ///
    /// # Errors
    /// As [`form_pages`](Self::form_pages).
    pub async fn filled_in(
        &self,
        actor: &Actor,
        id: &InstanceId,
        language: Language,
    ) -> Result<Vec<SummaryPart>, SubmissionError> {
        let instance = self.get(actor, id).await?;
        let service = self.service_of(&instance)?;
        let owner = self.tools_of(&service, instance.id.owner).await?.owner;
        let mut parts = Vec::new();
        let tasks = service.definition().process().tasks();
        for task in tasks.filter(|task| task.kind == TaskKind::Data) {
            let forms = Forms::of(&service, &instance, &task.id, owner)?;
            let pages = view_of(&service, &instance, &forms, &Value::Null, language, &["read"]).pages()?;
            parts.extend(pages.pages.iter().flat_map(FormPage::summary));
        }
        Ok(parts)
    }

    /// Fills in what a browser sent from a page of the task that an instance stands in, and stores it as a draft. A
    /// post that changes nothing stores nothing.
    ///
    /// # Errors
    /// As [`save`](Submissions::save); [`SubmissionError::Post`] when something was sent that the page does not have;
    /// [`SubmissionError::Changed`] when the page is not there any more.
    pub async fn fill_in(
        &self,
        actor: &Actor,
        id: &InstanceId,
        page: &str,
        post: &FormPost,
    ) -> Result<Instance, SubmissionError> {
        self.fill_in_version(actor, id, page, post, None).await
    }

    /// Fills in a page of the version of an instance that the person saw, so that nobody overwrites what another has
    /// changed since.
    ///
    /// # Errors
    /// As [`fill_in`](Self::fill_in); [`SubmissionError::Changed`] when something is to be stored and the instance has
    /// another version.
    pub async fn fill_in_version(
        &self,
        actor: &Actor,
        id: &InstanceId,
        page: &str,
        post: &FormPost,
        seen: Option<i64>,
    ) -> Result<Instance, SubmissionError> {
        let mut instance = self.get(actor, id).await?;
        let service = self.service_of(&instance)?;
        let task = instance.task().ok_or(SubmissionError::Changed)?.to_owned();
        let owner = self.tools_of(&service, instance.id.owner).await?.owner;
        let forms = Forms::of(&service, &instance, &task, owner)?;
        let allowed = self.allowed(actor, &instance).await;
        let empty = Value::Object(Map::new());
        let view = view_of(&service, &instance, &forms, &empty, Language::Nb, &allowed);
        let pages = self.without_what_others_write(actor, &instance, &service, view).await?.pages()?;
        let page = pages.page(page).ok_or(SubmissionError::Changed)?;
        let mut data: BTreeMap<String, Value> =
            forms.models().map(|(data_type, data)| (data_type.to_owned(), data.clone())).collect();
        for form in service.forms_of(&task) {
            data.entry(form.id.clone()).or_insert_with(|| empty.clone());
        }
        let mut version = seen.unwrap_or(instance.version());
        for data_type in post.fill_in(page, &mut data)? {
            let form = data.remove(&data_type).unwrap_or_default().to_string();
            let form = FormData::parse(form.as_bytes(), FormLimits::default())?;
            instance = self.save_version(actor, id, &data_type, &form, Some(version)).await?.instance;
            version = instance.version();
        }
        Ok(instance)
    }

    /// A view in which what the caller may not write of the task's forms and files can only be read.
    async fn without_what_others_write<'a>(
        &self,
        actor: &Actor,
        instance: &Instance,
        service: &Service,
        mut view: FormView<'a>,
    ) -> Result<FormView<'a>, SubmissionError> {
        let task = instance.task();
        let types = service.definition().metadata().data_types().iter();
        for data_type in
            types.filter(|data_type| data_type.task_id.is_none() || data_type.task_id.as_deref() == task)
        {
            let writing = if data_type.is_form() { Writing::Change } else { Writing::Add };
            match self.permit_writing(actor, instance, data_type, writing).await {
                Ok(_) => {}
                Err(
                    SubmissionError::Access(_)
                    | SubmissionError::NotFound
                    | SubmissionError::Deleted
                    | SubmissionError::NotAContributor { .. },
                ) => view = view.with_read_only(&data_type.id),
                Err(error) => return Err(error),
            }
        }
        Ok(view)
    }

    /// What the caller may do with the instance now, of what layouts ask about.
    async fn allowed(&self, actor: &Actor, instance: &Instance) -> Vec<&'static str> {
        let mut allowed = vec!["read"];
        for action in ACTIONS {
            if self.foresees(actor, instance, action).await {
                allowed.push(action);
            }
        }
        allowed
    }
}

/// The data type that the path of what is wrong with an element begins with.
fn data_type_in(path: &str) -> String {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    first.replace("~1", "/").replace("~0", "~")
}

fn view_of<'a>(
    service: &'a Service,
    instance: &'a Instance,
    forms: &'a Forms<'a>,
    empty: &'a Value,
    language: Language,
    allowed: &[&'static str],
) -> FormView<'a> {
    let mut context = forms.of_process().with_language(language);
    // A form that has not been begun is shown empty.
    let begun = |form: &str| forms.models().any(|(data_type, _)| data_type == form);
    for form in service.forms_of(forms.task()).filter(|form| !empty.is_null() && !begun(&form.id)) {
        context = context.with_model(&form.id, empty);
    }
    let context = allowed.iter().fold(context, |context, action| context.with_allowed_action(action));
    let mut view = FormView::new(service.definition(), forms.task(), context);
    let reference = match language {
        Language::En => "Reference",
        _ => "Referanse",
    };
    view = view.with_fact(reference, instance.id().guid.to_string());
    let form = |data_type: &str| {
        service.definition().metadata().data_type(data_type).is_some_and(crate::definition::DataType::is_form)
    };
    for element in instance.elements().iter().filter(|element| !form(element.data_type())) {
        view = view.with_attachment(Attachment {
            id: element.id().to_string(),
            data_type: element.data_type().to_owned(),
            name: element.file_name().unwrap_or(element.data_type()).to_owned(),
            bytes: element.content().len(),
        });
    }
    if allowed.contains(&WRITE) { view } else { view.read_only() }
}
