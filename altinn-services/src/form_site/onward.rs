//! Where a button of a page leads, once what was filled in is stored.

use axum::response::Response;
use uuid::Uuid;

use super::answer::{Opened, redirect, refuse};
use super::pages::{Told, shown};
use super::place::Place;
use super::visitor::FormVisitor;
use super::{actions, stateless};
use crate::form::{FormData, FormLimits};
use crate::form_page::{Content, FormPage, FormPages, PostError, Press};
use crate::submission::{DataElement, FormOf, ShowIssues, SubmissionError};

/// Does what a button of a page says.
pub(super) async fn go_on(
    visitor: &impl FormVisitor,
    opened: Opened,
    place: Place,
    name: &str,
    press: &Press,
) -> Response {
    let to = |page: &str| Ok(redirect(&place.page(page)));
    let answered = match press {
        Press::Page(page) => to(page),
        Press::Draft => Ok(redirect(&format!("{}&draft=1", place.page(name)))),
        Press::Submit | Press::Close { checked: true } if place.below.is_some() => {
            close_checked(visitor, &opened, place).await
        }
        Press::Close { .. } if place.below.is_some() => close(visitor, &opened, place).await,
        Press::Submit => return actions::leave(visitor, opened, None, Some(name)).await,
        Press::Action(action) => return actions::leave(visitor, opened, Some(action), Some(name)).await,
        Press::RemoveFile(element) => match element.parse() {
            Ok(element) => remove(visitor, place, element).await.map(|()| redirect(&place.page(name))),
            Err(_) => Err(SubmissionError::NotFound),
        },
        Press::RemoveForm(element) => {
            remove(visitor, place, *element).await.map(|()| redirect(&place.page(name)))
        }
        Press::OpenForm(element) => Ok(redirect(&Place::below(place.id, *element).address())),
        Press::AddForm(component) => begin(visitor, place, name, component).await,
        Press::Begin(button) => begin_another(visitor, &opened, place, name, button).await,
        Press::Next | Press::Previous => turn(visitor, &opened, place, name, *press == Press::Next).await,
        Press::Save | Press::Upload(_) | Press::AddRow(_) | Press::RemoveRow(..) | Press::Close { .. } => {
            to(name)
        }
    };
    answered.unwrap_or_else(|error| refuse(visitor, error))
}

async fn pages(
    visitor: &impl FormVisitor,
    place: Place,
    issues: ShowIssues,
) -> Result<FormPages, SubmissionError> {
    let (submissions, language) = (visitor.altinn().submissions(), visitor.language());
    submissions.pages_of(visitor.actor(), &place.id, place.below, language, issues, Vec::new()).await
}

/// The page before or after; the same one while something on it must be put right, where it is checked, and while nobody has
/// said what a file on it is.
async fn turn(
    visitor: &impl FormVisitor,
    opened: &Opened,
    place: Place,
    name: &str,
    is_next: bool,
) -> Result<Response, SubmissionError> {
    let plain = pages(visitor, place, ShowIssues::No).await?;
    let untagged = plain.page(name).filter(|_| is_next).map(FormPage::untagged).unwrap_or_default();
    if !untagged.is_empty() {
        return Ok(shown(visitor, opened, place, Some(name), Told::refused(untagged)).await);
    }
    if is_next && plain.page(name).is_some_and(|page| page.is_checked) {
        let told = pages(visitor, place, ShowIssues::Yes).await?;
        if told.page(name).is_some_and(FormPage::is_wrong) {
            return Ok(shown(visitor, opened, place, Some(name), Told::wrong()).await);
        }
    }
    let beside = if is_next { plain.after(name) } else { plain.before(name) };
    Ok(redirect(&place.page(beside.map_or(name, |page| &page.name))))
}

/// Begins a form below a page.
async fn begin(
    visitor: &impl FormVisitor,
    place: Place,
    name: &str,
    component: &str,
) -> Result<Response, SubmissionError> {
    let pages = pages(visitor, place, ShowIssues::No).await?;
    let items = pages.page(name).map(FormPage::all_items).unwrap_or_default();
    let list = items.iter().find(|item| item.id == component).and_then(|item| match &item.content {
        Content::SubForms(list) if list.can_add => Some(list),
        _ => None,
    });
    let list = list.ok_or(SubmissionError::Changed)?;
    let empty = FormData::parse(b"{}", FormLimits::default())?;
    let submissions = visitor.altinn().submissions();
    let of = FormOf::New(&list.data_type);
    let begun = submissions.save(visitor.actor(), &place.id, of, &empty).await?;
    Ok(redirect(&Place::below(place.id, begun.element.id()).address()))
}

/// Begins another submission for the same party, with what is filled in in this one.
async fn begin_another(
    visitor: &impl FormVisitor,
    opened: &Opened,
    place: Place,
    name: &str,
    button: &str,
) -> Result<Response, SubmissionError> {
    let pages = pages(visitor, place, ShowIssues::No).await?;
    let prefill = pages.page(name).and_then(|page| page.filled_in_by(button));
    let prefill = prefill.ok_or(PostError::UnknownButton)?;
    stateless::started(visitor, &opened.service, place.id.owner, prefill).await
}

/// The page that a form is below.
async fn close(
    visitor: &impl FormVisitor,
    opened: &Opened,
    place: Place,
) -> Result<Response, SubmissionError> {
    let own = opened.instance.elements().iter().rev().find(|element| Some(element.id()) == place.below);
    let data_type = own.map(DataElement::data_type).unwrap_or_default();
    let above = Place::of_task(place.id);
    let pages = pages(visitor, above, ShowIssues::No).await?;
    let is_above = |page: &&FormPage| {
        page.all_items()
            .iter()
            .any(|item| matches!(&item.content, Content::SubForms(list) if list.data_type == data_type))
    };
    let page = pages.pages.iter().find(is_above);
    Ok(redirect(&page.map_or_else(|| above.address(), |page| above.page(&page.name))))
}

/// The same, unless something in the form must be put right.
async fn close_checked(
    visitor: &impl FormVisitor,
    opened: &Opened,
    place: Place,
) -> Result<Response, SubmissionError> {
    let told = pages(visitor, place, ShowIssues::Yes).await?;
    if told.pages.iter().any(FormPage::is_wrong) {
        return Ok(shown(visitor, opened, place, None, Told::wrong()).await);
    }
    close(visitor, opened, place).await
}

async fn remove(visitor: &impl FormVisitor, place: Place, element: Uuid) -> Result<(), SubmissionError> {
    visitor.altinn().submissions().detach(visitor.actor(), &place.id, element).await.map(drop)
}
