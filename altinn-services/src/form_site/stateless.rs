//! The pages of a stateless service: filled in, and kept nowhere but in the browser.

use std::collections::BTreeMap;

use altinn_core::PartyId;
use axum::response::Response;

use super::answer::{FORM_DATA, FORM_PAGE, address, page, redirect, refuse, with_focus};
use super::refused::words;
use super::token::FORM_TOKEN;
use super::visitor::{FormGuest, FormTrouble, FormVisitor};
use crate::form::Severity;
use crate::form_page::{FilledIn, FormPage, FormPost, HtmlForm, Notice, PostError, Press};
use crate::submission::{
    Service, StartOptions, StatelessFor, StatelessPages, StatelessRequest, SubmissionError,
};

/// The first page, with what its address says.
pub(super) async fn show(
    visitor: &impl FormGuest,
    of: StatelessFor<'_>,
    service: &Service,
    query: BTreeMap<String, String>,
) -> Response {
    let request = StatelessRequest { query, ..StatelessRequest::default() };
    match pages(visitor, of, service, &request, None).await {
        Ok(pages) => shown(visitor, service, &pages, None),
        Err(error) => refuse(visitor, error),
    }
}

/// The page that a button leads to, with what follows from what was filled in.
pub(super) async fn fill_in(
    visitor: &impl FormGuest,
    of: StatelessFor<'_>,
    service: &Service,
    post: &FormPost,
) -> Response {
    let name = post.own(FORM_PAGE);
    match filled_in(visitor, of, service, post).await {
        Ok(worked_out) => {
            let pages = &worked_out.pages;
            let to = match post.press() {
                Press::Next => pages.after(name).map_or(name, |page| &page.name),
                Press::Previous => pages.before(name).map_or(name, |page| &page.name),
                Press::Page(other) => other.as_str(),
                _ => name,
            };
            shown(visitor, service, &worked_out, Some(to))
        }
        Err(refused) => refused,
    }
}

/// Begins a submission with what was filled in, by a button of the page, unless something in it must be put right.
pub(super) async fn begin(
    visitor: &impl FormVisitor,
    of: StatelessFor<'_>,
    service: &Service,
    post: &FormPost,
    button: &str,
) -> Response {
    let name = post.own(FORM_PAGE);
    let worked_out = match filled_in(visitor, of, service, post).await {
        Ok(worked_out) => worked_out,
        Err(refused) => return refused,
    };
    let pages = &worked_out.pages;
    let is_error = |notice: &Notice| notice.severity == Severity::Error;
    let wrong = pages.pages.iter().find(|page| page.is_wrong());
    if let Some(page) = wrong.or_else(|| pages.page(name).filter(|_| pages.issues.iter().any(is_error))) {
        return shown(visitor, service, &worked_out, Some(&page.name));
    }
    let prefill = pages.page(name).and_then(|page| page.filled_in_by(button));
    let Some(prefill) = prefill else { return refuse(visitor, PostError::UnknownButton) };
    match started(visitor, service, visitor.party(), prefill).await {
        Ok(answer) => answer,
        Err(error) => refuse(visitor, error),
    }
}

/// Begins a submission in which fields are filled in, and leads to it.
pub(super) async fn started(
    visitor: &impl FormVisitor,
    service: &Service,
    party: PartyId,
    prefill: &FilledIn,
) -> Result<Response, SubmissionError> {
    let options = StartOptions { prefill: prefill.fields().clone(), ..StartOptions::default() };
    let submissions = visitor.altinn().submissions();
    let instance = submissions.start_with(visitor.actor(), service, party, &options).await?;
    Ok(redirect(&address(instance.id())))
}

/// The pages with what was sent from one of them filled in.
async fn filled_in(
    visitor: &impl FormGuest,
    of: StatelessFor<'_>,
    service: &Service,
    post: &FormPost,
) -> Result<StatelessPages, Response> {
    let request = match post.own(FORM_DATA).parse() {
        Ok(form) => StatelessRequest::of(form),
        Err(_) => return Err(visitor.trouble(FormTrouble::Wrong(words(visitor).incomplete().to_owned()))),
    };
    let sent = Some((post.own(FORM_PAGE), post));
    pages(visitor, of, service, &request, sent).await.map_err(|error| refuse(visitor, error))
}

async fn pages(
    visitor: &impl FormGuest,
    of: StatelessFor<'_>,
    service: &Service,
    request: &StatelessRequest,
    sent: Option<(&str, &FormPost)>,
) -> Result<StatelessPages, SubmissionError> {
    let submissions = visitor.altinn().submissions();
    submissions.stateless_pages_for(of, service, request, sent, visitor.language()).await
}

fn shown(
    visitor: &impl FormGuest,
    service: &Service,
    worked_out: &StatelessPages,
    name: Option<&str>,
) -> Response {
    let pages = &worked_out.pages;
    let named = name.and_then(|name| pages.page(name));
    let Some(of_form) = named.or_else(|| pages.pages.first()) else {
        return visitor.trouble(FormTrouble::NotFound);
    };
    let (action, data) = (format!("/forms/{}", service.id()), worked_out.form.data.to_string());
    let form = HtmlForm::new(pages, of_form, visitor.language(), &action)
        .with_hidden(FORM_TOKEN, visitor.form_token())
        .with_hidden(FORM_PAGE, &of_form.name)
        .with_hidden(FORM_DATA, &data);
    let words = words(visitor);
    let begins = pages.pages.iter().any(FormPage::begins);
    let kept = if begins { words.kept_when_begun() } else { words.kept_nowhere() };
    let body = format!("{}<p class=\"hint\">{kept}</p>\n", with_focus(&form.to_html()));
    page(visitor, service, &of_form.title.to_plain(), "", &body)
}
