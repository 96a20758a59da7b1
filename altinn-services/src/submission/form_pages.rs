//! The pages of the task at hand, and of the forms below them, shown from their layouts.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use altinn_core::{Actor, InstanceId, Language, oslo};
use chrono::NaiveDate;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::element_access::Writing;
use super::forms::Forms;
use super::{ElementIssue, Instance, OptionsAsked, Service, SubmissionError, Submissions};
use crate::definition::{DataType, LayoutSet};
use crate::expression::{Failure, OwnerKind};
use crate::form::{Issue, Severity};
use crate::form_page::{FormPage, FormPages, FormView, SubForm, SummaryPart};
use crate::process::TaskKind;

/// The actions that expressions of layouts ask about, beside `read`.
const ACTIONS: [&str; 4] = ["write", "confirm", "sign", "reject"];
/// Without it nothing is filled in.
const WRITE: &str = "write";
/// A form in which nothing is filled in.
static EMPTY: LazyLock<Value> = LazyLock::new(|| Value::Object(Map::new()));

/// Whether pages say what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShowIssues {
    /// They say nothing of it: the form is being filled in.
    No,
    /// They say what is wrong, and what is missing.
    Yes,
}

/// An instance that somebody may see, in a task, and what they may do with it there.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) instance: Instance,
    pub(super) service: Service,
    pub(super) task: String,
    pub(super) owner: OwnerKind,
    /// What day it is in Oslo.
    today: NaiveDate,
    allowed: Vec<&'static str>,
}

impl Submissions<'_> {
    /// The pages of the task that an instance stands in, as the caller may see and fill them in; none where it stands
    /// in no task, or where nobody fills in anything and the app has no layouts for it. A task to fill in without layouts
    /// has a page that says so and takes what can be attached.
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
        self.pages_of(actor, id, None, language, issues, Vec::new()).await
    }

    /// The pages of a form below those of the task (`Subform`), by its element.
    ///
    /// # Errors
    /// As [`form_pages`](Self::form_pages); [`SubmissionError::NotFound`] when the element is no such form.
    pub async fn sub_form_pages(
        &self,
        actor: &Actor,
        id: &InstanceId,
        element: Uuid,
        language: Language,
        issues: ShowIssues,
    ) -> Result<FormPages, SubmissionError> {
        self.pages_of(actor, id, Some(element), language, issues, Vec::new()).await
    }

    /// The pages of the task, or of a form below them, with what is wrong beside what is stored, by data type.
    pub(crate) async fn pages_of(
        &self,
        actor: &Actor,
        id: &InstanceId,
        below: Option<Uuid>,
        language: Language,
        issues: ShowIssues,
        mut found: Vec<(String, Issue)>,
    ) -> Result<FormPages, SubmissionError> {
        let Some(ground) = self.ground(actor, id).await? else { return Ok(FormPages::default()) };
        let forms = ground.forms()?;
        let view = self.view(actor, &ground, &forms, language).await?;
        let stored = match issues {
            ShowIssues::No => Vec::new(),
            ShowIssues::Yes => self.validate(actor, id).await?,
        };
        let is_told = issues == ShowIssues::Yes;
        let view = match below {
            Some(element) => {
                let (set, form) = ground.below(&forms, element).ok_or(SubmissionError::NotFound)?;
                found.extend(ground.placed(stored, |of, _| of == Some(element)));
                self.with_options_of_code(view.below(set, &form), ground.of(), language).await
            }
            None => {
                let wrong =
                    if is_told { ground.wrong_below(&view, &forms, &stored)? } else { BTreeSet::new() };
                let is_below = |data_type: &str| ground.sub_form(data_type).is_some();
                found.extend(ground.placed(stored, |of, data_type| of.is_none() || !is_below(data_type)));
                let view = self.with_options_of_code(view, ground.of(), language).await;
                let view = self.with_signing(actor, view, &ground, language).await?;
                ground.all_below(&forms).fold(view, |view, (_, form)| {
                    view.with_sub_form(SubForm { is_wrong: wrong.contains(&form.element), ..form })
                })
            }
        };
        if is_told {
            let known: BTreeSet<_> =
                found.iter().map(|(data_type, issue)| (data_type.clone(), issue.path.clone())).collect();
            let unmet = ground.pages(&view)?.unmet().into_iter();
            found.extend(unmet.filter(|(of, issue)| !known.contains(&(of.clone(), issue.path.clone()))));
        }
        let view =
            found.into_iter().fold(view, |view, (data_type, issue)| view.with_issues(&data_type, [issue]));
        Ok(ground.pages(&view)?)
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
        let (task, today, allowed) = (String::new(), self.today(), vec!["read"]);
        let mut ground = Ground { instance, service: service.clone(), task, owner, today, allowed };
        let mut parts = Vec::new();
        let tasks = service.definition().process().tasks();
        for task in tasks.filter(|task| task.kind == TaskKind::Data) {
            ground.task.clone_from(&task.id);
            let forms = ground.forms()?;
            let view = ground.view(&forms, &Value::Null, language);
            let view = ground.all_below(&forms).fold(view, |view, (_, form)| view.with_sub_form(form));
            parts.extend(view.pages()?.pages.iter().flat_map(FormPage::summary));
        }
        Ok(parts)
    }

    /// An instance that somebody may see, in its task; none where it stands in none.
    pub(super) async fn ground(
        &self,
        actor: &Actor,
        id: &InstanceId,
    ) -> Result<Option<Ground>, SubmissionError> {
        let instance = self.get(actor, id).await?;
        let service = self.service_of(&instance)?;
        let Some(task) = instance.task().map(str::to_owned) else { return Ok(None) };
        let owner = self.tools_of(&service, instance.id.owner).await?.owner;
        let allowed = self.allowed(actor, &instance).await;
        let today = self.today();
        Ok(Some(Ground { instance, service, task, owner, today, allowed }))
    }

    /// What day it is in Oslo.
    pub(super) fn today(&self) -> NaiveDate {
        oslo::local(self.altinn.clock().now()).date()
    }

    /// The pages of the task as the caller may see and fill them in, without the forms below them.
    pub(super) async fn view<'a>(
        &self,
        actor: &Actor,
        ground: &'a Ground,
        forms: &'a Forms<'a>,
        language: Language,
    ) -> Result<FormView<'a>, SubmissionError> {
        let view = ground.view(forms, &EMPTY, language);
        self.without_what_others_write(actor, &ground.instance, &ground.service, view).await
    }

    /// A view with the lists of options that the agency's code gives.
    pub(super) async fn with_options_of_code<'a>(
        &self,
        mut view: FormView<'a>,
        (service, instance): (&Service, Option<&Instance>),
        language: Language,
    ) -> FormView<'a> {
        let Some(hooks) = self.altinn.plug_ins().submission(service.id()) else { return view };
        for list in view.options_of_code() {
            let asked = OptionsAsked { service, instance, language, parameters: &list.parameters };
            if let Some(choices) = hooks.options(&list.id, &asked).await {
                view = view.with_options(list, choices);
            }
        }
        view
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

impl Ground {
    /// The service, and the instance of it.
    pub(super) fn of(&self) -> (&Service, Option<&Instance>) {
        (&self.service, Some(&self.instance))
    }

    pub(super) fn forms(&self) -> Result<Forms<'_>, SubmissionError> {
        Forms::of(&self.service, &self.instance, &self.task, self.owner)
    }

    fn sub_form(&self, data_type: &str) -> Option<&LayoutSet> {
        self.service.definition().sub_form(&self.task, data_type)
    }

    /// The pages that a view comes to; a task to fill in that the app has drawn no pages for has one.
    pub(super) fn pages(&self, view: &FormView<'_>) -> Result<FormPages, Failure> {
        let app = self.service.definition();
        let task = app.process().task(&self.task).filter(|task| task.kind == TaskKind::Data);
        match task.filter(|task| app.layouts_of(&task.id).is_none()) {
            Some(task) => Ok(view.bare_page(task)),
            None => view.pages(),
        }
    }

    /// The forms below the task's pages, with their layouts.
    pub(super) fn all_below<'a>(
        &'a self,
        forms: &'a Forms<'a>,
    ) -> impl Iterator<Item = (&'a LayoutSet, SubForm<'a>)> {
        self.instance.elements().iter().filter_map(|element| {
            let set = self.sub_form(element.data_type())?;
            let (data_type, data) = (element.data_type(), forms.data_of(element)?);
            Some((set, SubForm { element: element.id(), data_type, data, is_wrong: false }))
        })
    }

    /// A form below the task's pages.
    pub(super) fn below<'a>(
        &'a self,
        forms: &'a Forms<'a>,
        element: Uuid,
    ) -> Option<(&'a LayoutSet, SubForm<'a>)> {
        self.all_below(forms).find(|(_, form)| form.element == element)
    }

    /// The forms below in which something must be put right.
    fn wrong_below(
        &self,
        view: &FormView<'_>,
        forms: &Forms<'_>,
        issues: &[ElementIssue],
    ) -> Result<BTreeSet<Uuid>, Failure> {
        let is_error = |found: &&ElementIssue| found.issue.severity == Severity::Error;
        let mut wrong: BTreeSet<Uuid> =
            issues.iter().filter(is_error).filter_map(|found| found.element).collect();
        for (set, form) in self.all_below(forms) {
            if !view.below(set, &form).pages()?.unmet().is_empty() {
                wrong.insert(form.element);
            }
        }
        Ok(wrong)
    }

    /// What is wrong with those elements that are meant, by the data type at whose component it stands.
    fn placed(
        &self,
        issues: Vec<ElementIssue>,
        is_meant: impl Fn(Option<Uuid>, &str) -> bool,
    ) -> Vec<(String, Issue)> {
        let placed = issues.into_iter().filter_map(|ElementIssue { element: of, mut issue }| {
            let element = of.and_then(|id| self.instance.elements().iter().find(|found| found.id() == id));
            let data_type = match element {
                Some(element) => element.data_type().to_owned(),
                // What is wrong with files, and with how many there are, stands at the component of their data type.
                None => data_type_in(&std::mem::take(&mut issue.path)),
            };
            is_meant(of, &data_type).then_some((data_type, issue))
        });
        placed.collect()
    }

    /// The pages of the task; a form that has not been begun is shown as it is given here, unless that is null.
    fn view<'a>(&'a self, forms: &'a Forms<'a>, empty: &'a Value, language: Language) -> FormView<'a> {
        let app = self.service.definition();
        let mut context = forms.of_process().with_language(language);
        let begun = |form: &str| forms.models().any(|(data_type, _)| data_type == form);
        let of_task = self.service.forms_of(&self.task).filter(|form| self.sub_form(&form.id).is_none());
        for form in of_task.filter(|form| !empty.is_null() && !begun(&form.id)) {
            context = context.with_model(&form.id, empty);
        }
        let context =
            self.allowed.iter().fold(context, |context, action| context.with_allowed_action(action));
        let reference = match language {
            Language::En => "Reference",
            _ => "Referanse",
        };
        let mut view = FormView::new(app, forms.task(), context)
            .with_today(self.today)
            .with_fact(reference, self.instance.id().guid.to_string());
        let is_form = |data_type: &str| app.metadata().data_type(data_type).is_some_and(DataType::is_form);
        for element in self.instance.elements().iter().filter(|element| !is_form(element.data_type())) {
            view = view.with_attachment(element.as_attachment());
        }
        if self.allowed.contains(&WRITE) { view } else { view.read_only() }
    }
}

/// The data type that the path of what is wrong with an element begins with.
fn data_type_in(path: &str) -> String {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    first.replace("~1", "/").replace("~0", "~")
}
