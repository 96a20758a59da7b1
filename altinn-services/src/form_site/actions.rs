//! What is done in a task beside filling in: signing, confirming, paying, and leaving it.

use altinn_auth::decision::AccessRequest;
use axum::extract::{Path, Request};
use axum::response::Response;
use uuid::Uuid;

use super::answer::{Opened, TASK, address, hidden, open, page, posted, redirect, refuse};
use super::pages::{self, Told};
use super::place::Place;
use super::receipt::listed_files;
use super::refused::words;
use super::token::FORM_TOKEN;
use super::visitor::{FormTrouble, FormVisitor};
use crate::form_page::{FormPage, Html, Press, escaped};
use crate::process::{Task, TaskKind};
use crate::submission::{ShowIssues, SubmissionError};

/// An action of a task, by a button that stands in a form of its own.
pub(super) async fn act<V: FormVisitor>(
    visitor: V,
    Path(id): Path<(i64, Uuid)>,
    request: Request,
) -> Response {
    let post = match posted(&visitor, request.into_body()).await {
        Ok(post) => post,
        Err(refused) => return refused,
    };
    let opened = match open(&visitor, id).await {
        Ok(opened) => opened,
        Err(error) => return refuse(&visitor, error),
    };
    if opened.instance.task() != Some(post.own(TASK)) {
        return visitor.trouble(FormTrouble::Late(words(&visitor).moved_on().to_owned()));
    }
    match post.press() {
        Press::Action(action) => leave(&visitor, opened, Some(action), None).await,
        _ => leave(&visitor, opened, None, None).await,
    }
}

/// Leaves the task by an action, or does an action that does not lead out of it, and shows the page again from which it was
/// done. What is wrong with the form is shown on the first page that has something wrong.
pub(super) async fn leave(
    visitor: &impl FormVisitor,
    opened: Opened,
    action: Option<&str>,
    from: Option<&str>,
) -> Response {
    let id = *opened.instance.id();
    let place = Place::of_task(id);
    match is_unfinished(visitor, &opened, action).await {
        Ok(true) => return pages::shown(visitor, &opened, place, None, Told::wrong()).await,
        Ok(false) => {}
        Err(error) => return refuse(visitor, error),
    }
    match done(visitor, &opened, action).await {
        Ok(Done::Left) => redirect(&address(&id)),
        Ok(Done::Stays) => redirect(&from.map_or_else(|| place.address(), |page| place.page(page))),
        Err(SubmissionError::Invalid(issues)) => match open(visitor, (id.owner.get(), id.guid)).await {
            Ok(opened) if has_pages(&opened) => {
                pages::shown(visitor, &opened, place, None, Told::wrong()).await
            }
            Ok(_) => refuse(visitor, SubmissionError::Invalid(issues)),
            Err(error) => refuse(visitor, error),
        },
        Err(error) => refuse(visitor, error),
    }
}

/// Whether the task is one in which a form is filled in.
pub(super) fn is_filled_in(opened: &Opened) -> bool {
    task(opened).is_some_and(|task| task.kind == TaskKind::Data)
}

fn has_pages(opened: &Opened) -> bool {
    task(opened).is_some_and(|task| {
        task.kind == TaskKind::Data || opened.service.definition().layouts_of(&task.id).is_some()
    })
}

/// Whether a task that is filled in cannot be left yet by what its pages ask for, which may be more than its schemas do.
async fn is_unfinished(
    visitor: &impl FormVisitor,
    opened: &Opened,
    action: Option<&str>,
) -> Result<bool, SubmissionError> {
    if action.is_some_and(|action| action != "write") || !is_filled_in(opened) {
        return Ok(false);
    }
    let (submissions, id) = (visitor.altinn().submissions(), opened.instance.id());
    let pages = submissions.form_pages(visitor.actor(), id, visitor.language(), ShowIssues::Yes).await?;
    Ok(pages.pages.iter().any(FormPage::is_wrong))
}

/// What an action came to.
enum Done {
    /// The task was left.
    Left,
    /// The instance stands where it stood.
    Stays,
}

async fn done(
    visitor: &impl FormVisitor,
    opened: &Opened,
    action: Option<&str>,
) -> Result<Done, SubmissionError> {
    let (submissions, id) = (visitor.altinn().submissions(), opened.instance.id());
    let (Some(task), Some(name)) = (task(opened), opened.instance.task()) else {
        return Err(SubmissionError::Changed);
    };
    let is_of_code =
        |action: &str| task.actions.iter().any(|declared| declared.name == action && !declared.moves_process);
    match action {
        Some("pay") if task.kind == TaskKind::Payment => {
            submissions.pay(visitor.actor(), id).await.map(|_| Done::Stays)
        }
        Some(action) if is_of_code(action) => {
            submissions.user_action(visitor.actor(), id, action, None).await.map(|_| Done::Stays)
        }
        action => submissions.next_from(visitor.actor(), id, name, action).await.map(|_| Done::Left),
    }
}

fn task(opened: &Opened) -> Option<&Task> {
    let name = opened.instance.task()?;
    opened.service.definition().process().tasks().find(|task| task.id == name)
}

/// A button for each action of the task that a visitor may do.
pub(super) async fn buttons(visitor: &impl FormVisitor, opened: &Opened, name: &str) -> String {
    let words = words(visitor);
    let Some(task) = task(opened) else { return String::new() };
    if task.is_done_by_machine() {
        return format!("<p class=\"alert info\">{}</p>\n", words.waits());
    }
    let may = may_do(visitor, opened, task).await;
    if may.is_empty() {
        return format!("<p class=\"alert info\">{}</p>\n", words.others());
    }
    let at = address(opened.instance.id());
    let mut html = "<div class=\"actions\">\n".to_owned();
    for (index, action) in may.iter().enumerate() {
        html.push_str(&format!(
            "<form method=\"post\" action=\"{at}\">\n{}{}<button name=\"do\" value=\"{}\"{}>{}</button>\n</form>\n",
            hidden(FORM_TOKEN, visitor.form_token()),
            hidden(TASK, name),
            escaped(&format!("action:{action}")),
            if index > 0 { " class=\"second\"" } else { "" },
            escaped(&words.action(action))
        ));
    }
    html.push_str("</div>\n");
    html
}

/// The actions of the task that somebody may do, in the order in which they are done.
async fn may_do<'a>(visitor: &impl FormVisitor, opened: &Opened, task: &'a Task) -> Vec<&'a str> {
    let pays = task.kind == TaskKind::Payment;
    let mut may = Vec::new();
    let all = pays.then_some("pay").into_iter().chain(task.allowed_actions());
    for action in all {
        let id = *opened.instance.id();
        let request = AccessRequest::new(action, opened.service.id().clone(), id.owner);
        let request = request.on_instance(id).in_task(&task.id);
        let is_new = !may.contains(&action);
        if is_new && visitor.altinn().authorizer().decide(visitor.actor(), &request).await.is_ok() {
            may.push(action);
        }
    }
    may
}

/// A task that the app has drawn no pages for: what was filled in, what is signed, and a button for each action.
pub(super) async fn without_pages(visitor: &impl FormVisitor, opened: &Opened, name: &str) -> Response {
    let Some(task) = task(opened) else { return visitor.trouble(FormTrouble::NotFound) };
    let (words, language) = (words(visitor), visitor.language());
    let (submissions, id) = (visitor.altinn().submissions(), opened.instance.id());
    let mut html = Html::default();
    if let Ok(parts) = submissions.filled_in(visitor.actor(), id, language).await
        && !parts.is_empty()
    {
        html.put(&format!("<section class=\"altinn-summary\">\n<h2>{}</h2>\n", words.filled_in()));
        html.parts(&parts, words);
        html.put("</section>\n");
    }
    html.put(&listed_files(visitor, opened));
    if task.kind == TaskKind::Signing
        && let Ok(text) = submissions.signing_text(visitor.actor(), id).await
    {
        html.put(&format!("<p class=\"alert info\">{}</p>\n", escaped(text.in_language(language))));
    }
    html.put(&buttons(visitor, opened, name).await);
    page(visitor, &opened.service, task.name.as_deref().unwrap_or(&task.id), "", &html.text)
}
