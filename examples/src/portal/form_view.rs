//! The pages of an instance's task, as somebody sees them.

use std::collections::BTreeMap;

use altinn_auth::decision::AccessRequest;
use altinn_auth::register::PartyRegister as _;
use altinn_core::PartyKind;
use altinn_services::expression::{Context, InstanceSource, OwnerKind};
use altinn_services::form::Issue;
use altinn_services::form_page::{Attachment, Field, FormPage, FormPages, FormView};
use altinn_services::process::Task;
use altinn_services::submission::{DataElement, Instance, Service};
use axum::response::Response;
use minijinja::{Value, context};

use super::forms::address;
use super::trouble::Trouble;
use super::visitor::Member;

/// What the pages of a task are made from.
pub(super) struct View<'a> {
    pub(super) member: &'a Member,
    pub(super) instance: &'a Instance,
    pub(super) service: &'a Service,
    pub(super) task: &'a str,
    pub(super) forms: &'a BTreeMap<String, serde_json::Value>,
    pub(super) issues: Vec<Issue>,
}

impl View<'_> {
    /// The pages of the task.
    pub(super) async fn pages(&self) -> Result<FormPages, Trouble> {
        let actions = self.may_do().await;
        self.pages_of(self.task, &actions, false).await
    }

    async fn pages_of(&self, task: &str, actions: &[&str], read_only: bool) -> Result<FormPages, Trouble> {
        let (id, owner) = (self.instance.id().to_string(), self.instance.id().owner.to_string());
        let app_id = self.service.id().to_string();
        let source =
            InstanceSource { id: &id, app_id: &app_id, owner_party_id: &owner, owner: self.owner().await };
        let mut context = Context::default().with_language(self.member.language()).with_instance(source);
        for (data_type, form) in self.forms {
            context = context.with_model(data_type, form);
        }
        for action in actions {
            context = context.with_allowed_action(action);
        }
        for data_type in self.service.definition().metadata().data_types() {
            let elements = self.instance.elements().iter();
            let count = elements.filter(|element| element.data_type() == data_type.id).count();
            context = context.with_elements(&data_type.id, count);
        }
        let mut view = FormView::new(self.service.definition(), task, context);
        if let Some(form) = self.service.forms_of(self.task).next() {
            view = view.with_issues(&form.id, self.issues.iter().cloned());
        }
        for element in self.instance.elements() {
            view = view.with_attachment(Attachment {
                id: element.id().to_string(),
                data_type: element.data_type().to_owned(),
                name: element.file_name().unwrap_or_default().to_owned(),
                bytes: element.content().len(),
            });
        }
        if read_only {
            view = view.read_only();
        }
        view.pages().map_err(|_| Trouble::Unavailable("PORTAL-FORM-PAGES"))
    }

    async fn owner(&self) -> OwnerKind {
        let party = self.member.app().altinn.register().party(self.instance.id().owner).await.ok().flatten();
        match party.map(|party| party.kind) {
            Some(PartyKind::Person) => OwnerKind::Person,
            Some(PartyKind::SelfIdentified) => OwnerKind::SelfIdentified,
            Some(_) => OwnerKind::Organisation,
            None => OwnerKind::Unknown,
        }
    }

    fn defined(&self) -> Option<&Task> {
        self.service.definition().process().tasks().find(|task| task.id == self.task)
    }

    /// The actions of the task that somebody may do.
    async fn may_do(&self) -> Vec<&str> {
        let Some(task) = self.defined() else { return Vec::new() };
        let mut may = Vec::new();
        for action in task.allowed_actions() {
            let request = AccessRequest::new(action, self.service.id().clone(), self.instance.id().owner)
                .on_instance(*self.instance.id())
                .in_task(self.task);
            if self.member.app().altinn.authorizer().decide(&self.member.actor, &request).await.is_ok() {
                may.push(action);
            }
        }
        may
    }

    /// The first page on which something is wrong.
    pub(super) fn first_wrong<'p>(&self, pages: &'p FormPages) -> Option<&'p FormPage> {
        let is_wrong = |page: &&FormPage| page.fields().any(|field| !field.issues.is_empty());
        (!self.issues.is_empty()).then(|| pages.pages.iter().find(is_wrong)).flatten()
    }

    /// A task that the app has drawn no pages for: what was filled in, what is signed, and a button for each action.
    pub(super) async fn without_pages(&self) -> Response {
        let Some(task) = self.defined() else { return self.member.trouble(Trouble::NotFound) };
        let language = self.member.language();
        let data_task = self.service.definition().process().tasks().find(|task| task.kind.name() == "data");
        let filled_in = match data_task {
            Some(data) => self.pages_of(&data.id, &[], true).await.unwrap_or_default(),
            None => FormPages::default(),
        };
        let submissions = self.member.app().altinn.submissions();
        let text = submissions.signing_text(&self.member.actor, self.instance.id()).await.ok();
        let is_signed = task.kind.name() == "signing";
        let actions: Vec<Value> = self
            .may_do()
            .await
            .into_iter()
            .map(|action| {
                let key = format!("action.{action}");
                context! { name => action, label => self.member.visitor.text(&key) }
            })
            .collect();
        let values = context! {
            title => self.service.title(language),
            heading => task.name.as_deref().unwrap_or(&task.id),
            address => address(self.instance.id()),
            task => self.task,
            waits => task.is_done_by_machine(),
            fields => filled_in.pages.iter().flat_map(FormPage::fields).map(field).collect::<Vec<_>>(),
            text => text.filter(|_| is_signed).map(|text| text.in_language(language).to_owned()),
            files => self.instance.elements().iter().filter(|element| element.file_name().is_some()).map(values_of).collect::<Vec<_>>(),
            actions => actions,
        };
        self.member.page("task.html", values)
    }
}

/// A file of an instance, as templates take it.
pub(super) fn values_of(element: &DataElement) -> Value {
    context! {
        id => element.id().to_string(),
        name => element.file_name(),
        size => element.content().len() as u64,
    }
}

/// A field that was filled in, as templates take it.
fn field(field: &Field) -> Value {
    context! { label => field.label.to_plain(), value => field.shown.as_str() }
}
