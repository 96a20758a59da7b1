//! What form pages are worked out from.

use std::collections::BTreeMap;

use altinn_core::Language;
use chrono::NaiveDate;

use super::attachments::Attachment;
use super::model::{FormPage, FormPages, Notice};
use super::options::AskedOptions;
use super::resolve::Resolver;
use super::rich_text::RichText;
use super::signing::{OwnTurn, SigneeLine};
use super::sub_forms::SubForm;
use super::summary::SummaryPart;
use super::words::Words;
use crate::definition::{AppDefinition, Choice, LayoutSet};
use crate::expression::{Context, Failure};
use crate::form::Issue;

/// What form pages are worked out from: an app, a task of it, and what is known of the case.
///
/// The context holds the data, the layouts, the language and what the user may do, as expressions see them. Working
/// out is pure: the same view gives the same pages.
///
/// ```
/// use altinn_services::definition::AppDefinition;
/// use altinn_services::expression::Context;
/// use altinn_services::form_page::FormView;
///
/// let app = AppDefinition::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/apps/bakery-licence"))?;
/// let form = serde_json::json!({});
/// let context = Context::default().with_model("application", &form);
/// let pages = FormView::new(&app, "Task_Application", context).pages()?;
/// assert!(pages.pages.iter().flat_map(|page| page.fields()).any(|field| field.required));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct FormView<'a> {
    pub(super) app: &'a AppDefinition,
    pub(super) task: &'a str,
    pub(super) set: Option<&'a LayoutSet>,
    pub(super) context: Context<'a>,
    pub(super) issues: Vec<(String, Issue)>,
    pub(super) attachments: Vec<Attachment>,
    pub(super) facts: Vec<SummaryPart>,
    pub(super) payment: Vec<SummaryPart>,
    pub(super) sub_forms: Vec<SubForm<'a>>,
    /// What whoever signs confirms by it.
    pub(super) signing_text: Option<String>,
    pub(super) signees: Vec<SigneeLine>,
    pub(super) own_turn: OwnTurn,
    /// Lists of options that are in no file.
    pub(super) options: BTreeMap<AskedOptions, Vec<Choice>>,
    pub(super) today: Option<NaiveDate>,
    pub(super) is_read_only: bool,
    /// Whether the form is of a stateless service: there is no instance of it.
    pub(super) is_kept_nowhere: bool,
    /// The data types whose forms and files can only be read.
    pub(super) read_only: Vec<String>,
}

impl<'a> FormView<'a> {
    /// The pages of a task. Texts, options and layouts of the app are added to the context.
    pub fn new(app: &'a AppDefinition, task: &'a str, context: Context<'a>) -> Self {
        let set = app.layouts_of(task);
        let mut context = context
            .with_task(task)
            .with_texts(app.texts())
            .with_options(app.all_options())
            .with_frontend_settings(app.frontend_settings());
        if let Some(set) = set {
            context = context.with_layouts(&set.layouts);
        }
        Self {
            app,
            task,
            set,
            context,
            issues: Vec::new(),
            attachments: Vec::new(),
            facts: Vec::new(),
            payment: Vec::new(),
            sub_forms: Vec::new(),
            signing_text: None,
            signees: Vec::new(),
            own_turn: OwnTurn::default(),
            options: BTreeMap::new(),
            today: None,
            is_read_only: false,
            is_kept_nowhere: false,
            read_only: Vec::new(),
        }
    }

    /// The same view of another set of layouts.
    pub(super) fn of_set(&self, set: &'a LayoutSet) -> Self {
        let context = self.context.clone().with_layouts(&set.layouts);
        Self { set: Some(set), context, ..self.clone() }
    }

    /// With what is wrong with the form of a data type.
    #[must_use]
    pub fn with_issues(mut self, data_type: &str, issues: impl IntoIterator<Item = Issue>) -> Self {
        self.issues.extend(issues.into_iter().map(|issue| (data_type.to_owned(), issue)));
        self
    }

    /// With a file of the instance.
    #[must_use]
    pub fn with_attachment(mut self, attachment: Attachment) -> Self {
        self.attachments.push(attachment);
        self
    }

    /// With a fact of the case that is shown where the app shows them: its reference, who it is for, ...
    #[must_use]
    pub fn with_fact(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push(SummaryPart::Entry { label: label.into(), value: value.into() });
        self
    }

    /// With a line of what is paid.
    #[must_use]
    pub fn with_payment_line(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.payment.push(SummaryPart::Entry { label: label.into(), value: value.into() });
        self
    }

    /// With the options of a list that is in no file of the app: those of the agency's code, as it was asked for them.
    #[must_use]
    pub fn with_options(mut self, asked: AskedOptions, options: Vec<Choice>) -> Self {
        self.options.insert(asked, options);
        self
    }

    /// With the day that it is, for limits of dates that are said by it (`today`, `oneYearFromNow`, ...).
    #[must_use]
    pub fn with_today(mut self, today: NaiveDate) -> Self {
        self.today = Some(today);
        self
    }

    /// With fields that can only be read, as for somebody who may not write.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.is_read_only = true;
        self
    }

    /// As the pages of a stateless service: without what takes an instance.
    #[must_use]
    pub fn kept_nowhere(mut self) -> Self {
        self.is_kept_nowhere = true;
        self
    }

    /// With a form, or files, that can only be read, as for somebody who may not write that data type.
    #[must_use]
    pub fn with_read_only(mut self, data_type: impl Into<String>) -> Self {
        self.read_only.push(data_type.into());
        self
    }

    /// Whether what is of a data type can only be read.
    pub(super) fn only_reads(&self, data_type: &str) -> bool {
        self.is_read_only || self.read_only.iter().any(|name| name == data_type)
    }

    /// The pages that are shown; none where the app has no layouts for the task.
    ///
    /// # Errors
    /// A [`Failure`] when a group is bound to data that are not there, or has too many rows.
    pub fn pages(&self) -> Result<FormPages, Failure> {
        let Some(set) = self.set else { return Ok(FormPages::default()) };
        let resolver = Resolver::new(self, set);
        let mut pages = FormPages::default();
        for page in set.layouts.pages() {
            pages.pages.extend(resolver.page(page)?);
        }
        pages.issues = resolver.issues_left();
        Ok(pages)
    }

    /// The page that documents of the task show instead of the form's own (`pdfLayoutName`); none where the app has none.
    ///
    /// # Errors
    /// As [`pages`](Self::pages).
    pub fn document_page(&self) -> Result<Option<FormPage>, Failure> {
        let Some(set) = self.set else { return Ok(None) };
        let Some((layouts, page)) = set.document_page() else { return Ok(None) };
        let view = Self { context: self.context.clone().with_layouts(layouts), ..self.clone() };
        Resolver::of_layouts(&view, set, layouts).page(page)
    }

    pub(super) fn language(&self) -> Language {
        self.context.language()
    }

    pub(super) fn words(&self) -> Words {
        Words(self.language())
    }

    pub(super) fn notice(&self, issue: &Issue) -> Notice {
        // What an app's rules say may be Markdown.
        let text = RichText::markdown(issue.detail.in_language(self.language())).to_plain();
        Notice { severity: issue.severity, text }
    }
}
