//! The pages of a stateless service: filled in, and kept nowhere but in the browser.

use std::collections::BTreeMap;

use axum::response::Response;

use super::answer::{FORM_DATA, FORM_PAGE, page, refuse, with_focus};
use super::refused::words;
use super::token::FORM_TOKEN;
use super::visitor::{FormGuest, FormTrouble};
use crate::form_page::{FormPost, HtmlForm, Press};
use crate::submission::{Service, StatelessFor, StatelessPages, StatelessRequest, SubmissionError};

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
    let request = match post.own(FORM_DATA).parse() {
        Ok(form) => StatelessRequest::of(form),
        Err(_) => return visitor.trouble(FormTrouble::Wrong(words(visitor).incomplete().to_owned())),
    };
    let name = post.own(FORM_PAGE);
    match pages(visitor, of, service, &request, Some((name, post))).await {
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
        Err(error) => refuse(visitor, error),
    }
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
    let body =
        format!("{}<p class=\"hint\">{}</p>\n", with_focus(&form.to_html()), words(visitor).kept_nowhere());
    page(visitor, service, &of_form.title.to_plain(), "", &body)
}
