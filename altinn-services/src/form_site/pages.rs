//! The pages of a task, and of the forms below them: shown, and filled in.

use axum::extract::{Path, Query, Request};
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{Opened, VERSION, address, instance_id, open, page, refuse, with_focus};
use super::files::sent_page;
use super::place::Place;
use super::refused::words;
use super::token::FORM_TOKEN;
use super::visitor::{FormTrouble, FormVisitor};
use super::{actions, onward, receipt};
use crate::form::Issue;
use crate::form_page::{Content, FormPage, FormPages, HtmlForm, Purpose};
use crate::submission::ShowIssues;

#[derive(Deserialize)]
pub(super) struct Asked {
    page: Option<String>,
    /// Whether a document of what is filled in so far was asked for.
    draft: Option<String>,
}

impl Asked {
    fn told(&self) -> Told {
        if cfg!(feature = "pdf") && self.draft.is_some() { Told::draft() } else { Told::nothing() }
    }
}

pub(super) async fn show<V: FormVisitor>(
    visitor: V,
    Path(id): Path<(i64, Uuid)>,
    Query(asked): Query<Asked>,
) -> Response {
    let opened = match open(&visitor, id).await {
        Ok(opened) => opened,
        Err(error) => return refuse(&visitor, error),
    };
    let id = *opened.instance.id();
    // That there is no element of it in an inbox does no harm.
    let _ = visitor.altinn().inbox().read(visitor.actor(), id.owner, id.guid, true).await;
    shown(&visitor, &opened, Place::of_task(id), asked.page.as_deref(), asked.told()).await
}

pub(super) async fn show_below<V: FormVisitor>(
    visitor: V,
    Path((owner, guid, element)): Path<(i64, Uuid, Uuid)>,
    Query(asked): Query<Asked>,
) -> Response {
    let opened = match open(&visitor, (owner, guid)).await {
        Ok(opened) => opened,
        Err(error) => return refuse(&visitor, error),
    };
    let place = Place::below(*opened.instance.id(), element);
    shown(&visitor, &opened, place, asked.page.as_deref(), asked.told()).await
}

/// What a page says beside what is filled in.
pub(super) struct Told {
    issues: ShowIssues,
    /// What is wrong beside what is stored, by data type.
    also: Vec<(String, Issue)>,
    /// That a document of what is filled in so far is ready.
    draft: bool,
}

impl Told {
    /// Nothing: the form is being filled in.
    pub(super) fn nothing() -> Self {
        Self { issues: ShowIssues::No, also: Vec::new(), draft: false }
    }

    /// All that is wrong with what is stored.
    pub(super) fn wrong() -> Self {
        Self { issues: ShowIssues::Yes, ..Self::nothing() }
    }

    /// Why something that was sent is not taken.
    pub(super) fn refused(also: Vec<(String, Issue)>) -> Self {
        Self { also, ..Self::nothing() }
    }

    /// That a document of what is filled in so far is ready.
    pub(super) fn draft() -> Self {
        Self { draft: true, ..Self::nothing() }
    }
}

/// A page of an instance: what is to be done now, or the receipt. Without a name it is the first page on which something is
/// told to be wrong.
pub(super) async fn shown(
    visitor: &impl FormVisitor,
    opened: &Opened,
    place: Place,
    name: Option<&str>,
    Told { issues, also, draft }: Told,
) -> Response {
    let Some(task) = opened.instance.task() else { return receipt::shown(visitor, opened).await };
    let (submissions, language) = (visitor.altinn().submissions(), visitor.language());
    let pages = submissions.pages_of(visitor.actor(), &place.id, place.below, language, issues, also).await;
    let pages = match pages {
        Ok(pages) => pages,
        Err(error) => return refuse(visitor, error),
    };
    let named = name.and_then(|name| pages.page(name));
    let wrong = || pages.pages.iter().find(|page| page.is_wrong());
    match named.or_else(wrong).or_else(|| pages.pages.first()) {
        Some(of_form) => {
            let above = if draft { ready_draft(visitor, &place) } else { String::new() };
            form(visitor, opened, task, place, &pages, of_form, above).await
        }
        None => actions::without_pages(visitor, opened, task).await,
    }
}

/// That a document of what is filled in so far is ready, and where.
fn ready_draft(visitor: &impl FormVisitor, place: &Place) -> String {
    let (words, at) = (words(visitor), address(&place.id));
    format!(
        "<section class=\"alert info\" tabindex=\"-1\" autofocus aria-labelledby=\"draft\">\n<p id=\"draft\">{}</p>\n\
         <p><a href=\"{at}/draft.pdf\" download>{}</a></p>\n</section>\n",
        words.draft_ready(),
        words.draft_document()
    )
}

async fn form(
    visitor: &impl FormVisitor,
    opened: &Opened,
    task: &str,
    place: Place,
    pages: &FormPages,
    of_form: &FormPage,
    mut body: String,
) -> Response {
    let words = words(visitor);
    let version = opened.instance.version().to_string();
    let (action, files) = (place.sent_to(&of_form.name), format!("{}/files", address(&place.id)));
    let mut form = HtmlForm::new(pages, of_form, visitor.language(), &action)
        .with_hidden(FORM_TOKEN, visitor.form_token())
        .with_hidden(VERSION, &version);
    // Files belong to the task.
    form = if place.below.is_some() { form.with_close() } else { form.with_files(&files) };
    let number = pages.pages.iter().position(|page| page.name == of_form.name).map_or(1, |index| index + 1);
    let of = pages.pages.len();
    let above = if of > 1 { format!(" · {}", words.page_of(number, of)) } else { String::new() };
    body.push_str(&with_focus(&form.to_html()));
    if place.below.is_none() && number == of && !pages.pages.iter().any(leads_on) {
        body.push_str(&actions::buttons(visitor, opened, task).await);
    }
    if place.below.is_some() || actions::is_filled_in(opened) {
        body.push_str(&format!("<p class=\"hint\">{}</p>\n", words.saved()));
    }
    page(visitor, &opened.service, &of_form.title.to_plain(), &above, &body)
}

/// Whether a page has a button that leads out of its task.
fn leads_on(page: &FormPage) -> bool {
    page.all_items().iter().any(|item| match &item.content {
        Content::Button(button) => matches!(button.purpose, Purpose::Submit | Purpose::Action(_)),
        _ => false,
    })
}

/// Stores what was filled in on a page of the task, and does what its button says.
pub(super) async fn fill_in<V: FormVisitor>(
    visitor: V,
    Path((owner, guid, name)): Path<(i64, Uuid, String)>,
    request: Request,
) -> Response {
    stored(&visitor, Place::of_task(instance_id((owner, guid))), &name, request).await
}

/// The same of a form below the pages of the task.
pub(super) async fn fill_in_below<V: FormVisitor>(
    visitor: V,
    Path((owner, guid, element, name)): Path<(i64, Uuid, Uuid, String)>,
    request: Request,
) -> Response {
    stored(&visitor, Place::below(instance_id((owner, guid)), element), &name, request).await
}

async fn stored(visitor: &impl FormVisitor, place: Place, name: &str, request: Request) -> Response {
    let sent = match sent_page(visitor, request).await {
        Ok(sent) => sent,
        Err(refused) => return refused,
    };
    let (submissions, id) = (visitor.altinn().submissions(), &place.id);
    let seen = sent.post.own(VERSION).parse().ok();
    let filled_in = submissions.fill_in_at(visitor.actor(), id, place.below, name, &sent.post, seen).await;
    let instance = match filled_in {
        Ok(instance) => instance,
        Err(error) => return refuse(visitor, error),
    };
    let Some(service) = visitor.altinn().service(instance.service()) else {
        return visitor.trouble(FormTrouble::NotFound);
    };
    match sent.attach(visitor, &instance).await {
        Ok(refused) if refused.is_empty() => {
            let opened = Opened { instance, service };
            onward::go_on(visitor, opened, place, name, sent.post.press()).await
        }
        Ok(refused) => match open(visitor, (id.owner.get(), id.guid)).await {
            Ok(opened) => shown(visitor, &opened, place, Some(name), Told::refused(refused)).await,
            Err(error) => refuse(visitor, error),
        },
        Err(error) => refuse(visitor, error),
    }
}
