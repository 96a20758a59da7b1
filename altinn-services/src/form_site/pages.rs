//! The pages of a task: shown, and filled in.

use axum::extract::{Path, Query, Request};
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{Opened, VERSION, address, encoded, instance_id, open, page, posted, redirect, refuse};
use super::refused::words;
use super::token::FORM_TOKEN;
use super::visitor::{FormTrouble, FormVisitor};
use super::{actions, receipt};
use crate::form_page::{Content, FormPage, FormPages, FormPost, HtmlForm, Press, Purpose};
use crate::submission::{ShowIssues, SubmissionError};

#[derive(Deserialize)]
pub(super) struct Asked {
    page: Option<String>,
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
    let id = opened.instance.id();
    // That there is no element of it in an inbox does no harm.
    let _ = visitor.altinn().inbox().read(visitor.actor(), id.owner, id.guid, true).await;
    shown(&visitor, &opened, asked.page.as_deref(), ShowIssues::No).await
}

/// The page of an instance: what is to be done now, or the receipt. With issues it is the first page on which something is
/// wrong.
pub(super) async fn shown(
    visitor: &impl FormVisitor,
    opened: &Opened,
    name: Option<&str>,
    issues: ShowIssues,
) -> Response {
    let Some(task) = opened.instance.task() else { return receipt::shown(visitor, opened).await };
    let submissions = visitor.altinn().submissions();
    let id = opened.instance.id();
    let pages = match submissions.form_pages(visitor.actor(), id, visitor.language(), issues).await {
        Ok(pages) => pages,
        Err(error) => return refuse(visitor, error),
    };
    let wrong = pages.pages.iter().find(|page| is_wrong(page)).filter(|_| issues == ShowIssues::Yes);
    let wanted = name.and_then(|name| pages.page(name)).or(wrong);
    match wanted.or_else(|| pages.pages.first()) {
        Some(of_form) => form(visitor, opened, task, &pages, of_form).await,
        None => actions::without_pages(visitor, opened, task).await,
    }
}

fn is_wrong(page: &FormPage) -> bool {
    page.all_items().iter().any(|item| match &item.content {
        Content::Field(field) => !field.issues.is_empty(),
        Content::Rows(rows) => !rows.issues.is_empty(),
        Content::Attachments(files) => !files.issues.is_empty(),
        _ => false,
    })
}

async fn form(
    visitor: &impl FormVisitor,
    opened: &Opened,
    task: &str,
    pages: &FormPages,
    of_form: &FormPage,
) -> Response {
    let words = words(visitor);
    let at = address(opened.instance.id());
    let version = opened.instance.version().to_string();
    let (action, files) = (format!("{at}/pages/{}", encoded(&of_form.name)), format!("{at}/files"));
    let form = HtmlForm::new(pages, of_form, visitor.language(), &action)
        .with_hidden(FORM_TOKEN, visitor.form_token())
        .with_hidden(VERSION, &version)
        .with_files(&files);
    let number = pages.pages.iter().position(|page| page.name == of_form.name).map_or(1, |index| index + 1);
    let of = pages.pages.len();
    let above = if of > 1 { format!(" · {}", words.page_of(number, of)) } else { String::new() };
    // The summary of what is wrong has the focus without JavaScript too.
    let mut body = form.to_html().replacen(
        "id=\"errors\" tabindex=\"-1\"",
        "id=\"errors\" tabindex=\"-1\" autofocus",
        1,
    );
    if number == of && !pages.pages.iter().any(leads_on) {
        body.push_str(&actions::buttons(visitor, opened, task).await);
    }
    body.push_str(&format!("<p class=\"hint\">{}</p>\n", words.saved()));
    page(visitor, &opened.service, &of_form.title.to_plain(), &above, &body)
}

/// Whether a page has a button that leads out of its task.
fn leads_on(page: &FormPage) -> bool {
    page.all_items().iter().any(|item| match &item.content {
        Content::Button(button) => matches!(button.purpose, Purpose::Submit | Purpose::Action(_)),
        _ => false,
    })
}

/// Stores what was filled in on a page, and does what its button says.
pub(super) async fn fill_in<V: FormVisitor>(
    visitor: V,
    Path((owner, guid, name)): Path<(i64, Uuid, String)>,
    request: Request,
) -> Response {
    let post = match posted(&visitor, request.into_body()).await {
        Ok(post) => post,
        Err(refused) => return refused,
    };
    let id = instance_id((owner, guid));
    let seen = post.own(VERSION).parse().ok();
    match visitor.altinn().submissions().fill_in_version(visitor.actor(), &id, &name, &post, seen).await {
        Ok(instance) => {
            let Some(service) = visitor.altinn().service(instance.service()) else {
                return visitor.trouble(FormTrouble::NotFound);
            };
            go_on(&visitor, Opened { instance, service }, &name, &post).await
        }
        Err(error) => refuse(&visitor, error),
    }
}

async fn go_on(visitor: &impl FormVisitor, opened: Opened, name: &str, post: &FormPost) -> Response {
    let to = |page: &str| redirect(&format!("{}?page={}", address(opened.instance.id()), encoded(page)));
    match post.press() {
        Press::Page(page) => to(page),
        Press::Submit => actions::leave(visitor, opened, None, Some(name)).await,
        Press::Action(action) => {
            let action = action.clone();
            actions::leave(visitor, opened, Some(&action), Some(name)).await
        }
        Press::RemoveFile(element) => match remove(visitor, &opened, element).await {
            Ok(()) => to(name),
            Err(error) => refuse(visitor, error),
        },
        Press::Next | Press::Previous => {
            let submissions = visitor.altinn().submissions();
            let id = opened.instance.id();
            match submissions.form_pages(visitor.actor(), id, visitor.language(), ShowIssues::No).await {
                Ok(pages) => {
                    let is_next = *post.press() == Press::Next;
                    let beside = if is_next { pages.after(name) } else { pages.before(name) };
                    to(beside.map_or(name, |page| &page.name))
                }
                Err(error) => refuse(visitor, error),
            }
        }
        Press::Save | Press::AddRow(_) | Press::RemoveRow(..) => to(name),
    }
}

async fn remove(visitor: &impl FormVisitor, opened: &Opened, element: &str) -> Result<(), SubmissionError> {
    let element = element.parse().map_err(|_| SubmissionError::NotFound)?;
    visitor.altinn().submissions().detach(visitor.actor(), opened.instance.id(), element).await.map(drop)
}
